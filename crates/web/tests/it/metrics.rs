//! `/metrics`, and who may read it.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::site::{ask, ask_from, router_with};

const AWAY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

#[tokio::test]
async fn metrics_tell_requests_and_memory() {
    let router = router_with(json!({}));
    ask(&router, "GET /api/catalog/entities", &[], "").await;
    let metrics = ask(&router, "GET /metrics", &[], "").await.text;
    for name in [
        "http_requests_total{",
        "http_request_duration_seconds_bucket{",
        "process_resident_memory_bytes",
        "backstage_build_info{",
    ] {
        assert!(metrics.contains(name), "{name} in {metrics}");
    }
}

#[tokio::test]
async fn strangers_read_no_metrics() {
    let external = json!([{ "type": "static", "options": { "token": "service-token" } }]);
    let router = router_with(json!({
        "backend": { "listen": ":7007", "auth": { "externalAccess": external } },
        "portal": { "metrics": { "token": "metrics-token" } },
    }));
    let status = async |peer, headers: &[(&str, &str)]| {
        ask_from(&router, peer, "GET /metrics", headers, "").await.status
    };
    assert_eq!(status(AWAY, &[]).await, 401);
    // Every peer behind a sidecar comes from this machine.
    assert_eq!(status(Ipv4Addr::new(127, 0, 0, 6), &[]).await, 401);
    assert_eq!(
        status(AWAY, &[("authorization", "Bearer wrong-token")]).await,
        401
    );
    assert_eq!(
        status(AWAY, &[("authorization", "Bearer metrics-token")]).await,
        200
    );
    assert_eq!(
        status(AWAY, &[("authorization", "Bearer service-token")]).await,
        200
    );
    let refused = ask_from(&router, AWAY, "GET /metrics", &[], "").await.text;
    assert!(refused.contains("portal.metrics.token"), "{refused}");
    // The token is for nothing else.
    let header = ("authorization", "Bearer metrics-token");
    let api = ask_from(&router, AWAY, "GET /api/catalog/who", &[header], "").await;
    assert_eq!(api.status, 401);
}

#[tokio::test]
async fn metrics_with_an_address_of_their_own_are_nowhere_else() {
    let router = router_with(json!({ "portal": { "metrics": { "listen": "127.0.0.1:0" } } }));
    assert_eq!(ask(&router, "GET /metrics", &[], "").await.status, 404);
    let own = ask_from(&web::metrics_router(), AWAY, "GET /metrics", &[], "").await;
    assert!(own.text.contains("backstage_build_info{"), "{}", own.text);
}
