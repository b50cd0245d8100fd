//! `/metrics` in the Prometheus text format, and who may read it.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use config::{Config, ListenAddress};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use plugin::{Rows, Rule};

use crate::access::{Access, StaticToken, bearer};
use crate::api::ApiError;
use crate::guest;
use crate::peer::Peer;

const BUCKETS_SECONDS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0,
];

const REFUSED: &str = "Metrics are shown to the guest, to services of backend.auth.externalAccess and for the token \
                       portal.metrics.token; portal.metrics.listen gives them an address of their own.\n";

/// Who may read the metrics.
#[derive(Debug, Clone, Default)]
pub struct MetricsAccess {
    /// The token for metrics alone.
    pub token: Option<StaticToken>,
    /// Their own address; then the portal's own has none.
    pub listen: Option<ListenAddress>,
}

impl MetricsAccess {
    /// Reads `portal.metrics`.
    pub fn from_config(config: &Config) -> Self {
        let metrics = &config.portal().metrics;
        let token = metrics.token.as_ref();
        Self {
            token: token.map(|token| StaticToken::new(token.expose(), "metrics")),
            // What cannot be parsed was refused when the configuration was read.
            listen: metrics.listen.as_ref().and_then(|listen| listen.try_into().ok()),
        }
    }
}

/// The row on the portal's own address, unless metrics have an address of their own. Its rule leaves the decision to
/// the handler, because the token for metrics is good for nothing else.
pub(crate) fn rows(metrics: &MetricsAccess, access: &Access) -> Rows {
    install();
    if metrics.listen.is_some() {
        return Rows::new();
    }
    Rows::new()
        .get("/metrics", Rule::anyone(), guarded)
        .with_state(&Arc::new((metrics.token.clone(), access.clone())))
}

/// Metrics and nothing else, for an address of their own.
pub fn metrics_router() -> Router {
    install();
    Router::new().route("/metrics", get(|| async { render() }))
}

async fn guarded(State(state): State<Arc<(Option<StaticToken>, Access)>>, request: Request) -> Response {
    let (token, access) = &*state;
    let given = bearer(request.headers());
    let is_reader = token
        .as_ref()
        .zip(given)
        .is_some_and(|(token, given)| token.is(given));
    if is_reader {
        return render();
    }
    let peer = Peer::of(request.extensions());
    let service = given.map(|token| {
        let known = access.service(token, peer);
        known.unwrap_or_else(|| Err(access.unknown_token(peer)))
    });
    match service.unwrap_or_else(|| access.guest(&request)) {
        Ok(viewer) if viewer.is_service() && viewer.only_plugins().is_empty() => render(),
        Ok(viewer) if !viewer.is_service() && !guest::is_of_another_origin(&request) => render(),
        Ok(_) => StatusCode::FORBIDDEN.into_response(),
        Err(fault) => (ApiError::new(fault).status(), REFUSED).into_response(),
    }
}

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts collecting; further calls change nothing.
fn install() {
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

fn render() -> Response {
    if let Some(bytes) = resident_bytes() {
        #[expect(clippy::cast_precision_loss, reason = "metrics are floating point")]
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    let text = HANDLE.get().map(|handle| {
        handle.run_upkeep();
        handle.render()
    });
    let headers = [
        (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text.unwrap_or_default()).into_response()
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
