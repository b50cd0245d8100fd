//! A server that does not answer makes the check say so.

use std::sync::Arc;

use model::SystemClock;
use outside::{HostPolicy, OutsideCalls, Settings};
use plugin::Health;

#[tokio::test]
async fn a_server_that_is_away_is_named() {
    let calls = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    let mut contributions = connections::contributions(&calls);
    let check = contributions.health_checks.remove(0);
    let host = calls.host("grafana", &HostPolicy::default()).unwrap();
    assert_eq!(check.check().await, Health::Ok, "it was not called yet");
    let called = host.get("http://127.0.0.1:1/".parse().unwrap()).send().await;
    assert!(called.is_err());
    let told = check.check().await;
    assert_eq!(
        told,
        Health::Degraded("no answer from grafana; see /connections".to_owned())
    );
}
