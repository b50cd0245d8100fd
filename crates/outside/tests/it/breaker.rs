//! A host that fails is left alone, probed, and called again; status and metrics say so.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusBuilder;
use model::Clock;
use outside::BreakerState;

use crate::server::Scene;

#[tokio::test]
async fn opens_probes_and_closes() {
    let scene = Scene::start().await;
    scene.seen.failing.store(4, Ordering::SeqCst);
    let failed = "grafana (/flaky) answered 503 Service Unavailable";
    let paused =
        |seconds| format!("grafana (/flaky) is left alone after failures; it is tried again in {seconds} s");
    for _ in 0..3 {
        assert_eq!(scene.failure("/flaky").await, failed);
    }
    assert_eq!(scene.failure("/flaky").await, paused(10));
    scene.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(scene.failure("/flaky").await, failed);
    assert_eq!(scene.failure("/flaky").await, paused(20));
    assert_eq!(scene.seen.flaky.load(Ordering::SeqCst), 4);

    let until = scene.clock.now() + SignedDuration::from_secs(20);
    let status = scene.calls.status().remove(0);
    assert_eq!(status.breaker, BreakerState::Open { until });
    assert_eq!((status.last_success, status.age), (None, None));
    let failure = status.last_failure.unwrap();
    assert_eq!(
        (failure.at, failure.reason.contains("503")),
        (scene.clock.now(), true)
    );

    scene.clock.advance(SignedDuration::from_secs(20));
    assert_eq!(scene.text("/flaky").await.unwrap(), "back");
    let back = scene.clock.now();
    scene.clock.advance(SignedDuration::from_secs(5));
    let status = scene.host.status();
    assert_eq!(status.breaker, BreakerState::Closed);
    assert_eq!(
        (status.last_success, status.age),
        (Some(back), Some(Duration::from_secs(5)))
    );
}

#[tokio::test]
async fn a_probe_that_is_given_up_leaves_the_next_one_to_try() {
    let scene = Scene::start().await;
    for _ in 0..3 {
        scene.failure("/gateway").await;
    }
    scene.clock.advance(SignedDuration::from_secs(10));
    let probe = scene.text("/hang-long");
    let other = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        scene.failure("/json").await
    };
    tokio::select! {
        probed = probe => panic!("ended first: {probed:?}"),
        told = other => assert_eq!(
            told,
            "grafana (/json) is left alone after failures; one call finds out now whether it is back"
        ),
    }
    assert_eq!(scene.text("/json").await.unwrap(), r#"{"ok":true}"#);
}

#[tokio::test]
async fn a_host_that_asks_for_rest_gets_it() {
    let scene = Scene::start().await;
    assert_eq!(
        scene.failure("/busy").await,
        "grafana (/busy) answered 429 Too Many Requests"
    );
    scene.clock.advance(SignedDuration::from_secs(29));
    let told = scene.failure("/json").await;
    assert!(told.ends_with("it is tried again in 1 s"), "{told}");
    scene.clock.advance(SignedDuration::from_secs(1));
    scene.text("/json").await.unwrap();
}

#[tokio::test]
async fn a_host_that_says_no_is_well() {
    let scene = Scene::start().await;
    for path in ["/missing", "/denied", "/protected", "/large"].repeat(3) {
        scene.failure(path).await;
    }
    assert_eq!(scene.host.status().breaker, BreakerState::Closed);
}

#[tokio::test]
async fn metrics() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _here = metrics::set_default_local_recorder(&recorder);
    let scene = Scene::start().await;
    scene.text("/json").await.unwrap();
    scene.failure("/missing").await;
    for _ in 0..4 {
        scene.failure("/gateway").await;
    }
    let text = recorder.handle().render();
    for line in [
        r#"outside_calls_total{host="grafana",outcome="ok"} 1"#,
        r#"outside_calls_total{host="grafana",outcome="client_error"} 1"#,
        r#"outside_calls_total{host="grafana",outcome="server_error"} 3"#,
        r#"outside_calls_total{host="grafana",outcome="paused"} 1"#,
        r#"outside_breaker_open{host="grafana"} 1"#,
        r#"outside_call_duration_seconds_count{host="grafana"} 5"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}
