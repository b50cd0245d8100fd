//! `/metrics` in the Prometheus text format.

use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const BUCKETS_SECONDS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts collecting; further calls change nothing.
pub(crate) fn install() {
    HANDLE.get_or_init(|| {
        let matcher = Matcher::Suffix("_duration_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(matcher, &BUCKETS_SECONDS);
        let recorder = builder.expect("the buckets are not empty").build_recorder();
        let handle = recorder.handle();
        // A process has one recorder; one that a test installed before stays.
        let _ = metrics::set_global_recorder(recorder);
        metrics::gauge!("backstage_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        handle
    });
}

pub(crate) async fn render() -> impl IntoResponse {
    if let Some(bytes) = resident_bytes() {
        #[expect(clippy::cast_precision_loss, reason = "metrics are floating point")]
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    let text = HANDLE.get().map(|handle| {
        handle.run_upkeep();
        handle.render()
    });
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text.unwrap_or_default(),
    )
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim()
        .strip_suffix(" kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024)
}
