//! The server from start to stop.

use crate::portal::Portal;
use crate::process::fixtures;

#[test]
fn serves_and_stops_when_told() {
    let mut portal = Portal::start(&fixtures().join("config"));
    let readiness = portal.get("/.backstage/health/v1/readiness");
    assert!(
        readiness.starts_with("HTTP/1.1 200") && readiness.contains(r#"{"status":"ok"}"#),
        "{readiness}"
    );
    let missing = portal.get("/no-such-page");
    assert!(
        missing.starts_with("HTTP/1.1 404") && missing.contains("Page not found"),
        "{missing}"
    );
    assert!(portal.stop(), "{}", portal.log());
}
