//! The readiness endpoint and the checks behind it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use plugin::{Health, HealthCheck, HealthScope};
use serde_json::json;

use crate::site::{Answer, ask, site_with};

enum Behaviour {
    Works,
    Fails,
    Panics,
    Hangs,
}

struct Check(&'static str, HealthScope, Behaviour);

#[async_trait]
impl HealthCheck for Check {
    fn name(&self) -> &'static str {
        self.0
    }

    fn scope(&self) -> HealthScope {
        self.1
    }

    async fn check(&self) -> Health {
        match self.2 {
            Behaviour::Works => Health::Ok,
            Behaviour::Fails => Health::Failed("is broken".to_owned()),
            Behaviour::Panics => panic!("as the test wants it"),
            Behaviour::Hangs => std::future::pending().await,
        }
    }
}

async fn readiness(checks: Vec<Check>) -> Answer {
    let mut site = site_with(json!({}));
    site.health_checks = checks
        .into_iter()
        .map(|check| Arc::new(check) as Arc<dyn HealthCheck>)
        .collect();
    ask(
        &site.into_router(),
        "GET /.backstage/health/v1/readiness",
        &[],
        "",
    )
    .await
}

#[tokio::test]
async fn only_checks_of_the_portal_decide() {
    use Behaviour::{Fails, Hangs, Panics, Works};
    let begun = Instant::now();
    let answer = readiness(vec![
        Check("broken", HealthScope::Plugin, Fails),
        Check("panicking", HealthScope::Plugin, Panics),
        Check("hanging", HealthScope::Plugin, Hangs),
        Check("database", HealthScope::Portal, Works),
    ])
    .await;
    assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"status":"ok"}"#));
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "plugins are not waited for"
    );
}

#[tokio::test]
async fn a_panic_and_a_failure_are_that_checks_own() {
    let failed = readiness(vec![Check("database", HealthScope::Portal, Behaviour::Fails)]).await;
    assert_eq!(
        (failed.status, failed.json()["message"].as_str()),
        (503, Some("database: is broken"))
    );
    let panicked = readiness(vec![
        Check("works", HealthScope::Portal, Behaviour::Works),
        Check("database", HealthScope::Portal, Behaviour::Panics),
    ])
    .await;
    assert_eq!(
        (panicked.status, panicked.json()["message"].as_str()),
        (503, Some("database: the check panicked; the log says where"))
    );
}

#[tokio::test]
async fn all_checks_have_two_seconds_together() {
    let begun = Instant::now();
    let answer = readiness(vec![
        Check("one", HealthScope::Portal, Behaviour::Hangs),
        Check("two", HealthScope::Portal, Behaviour::Hangs),
        Check("three", HealthScope::Portal, Behaviour::Hangs),
    ])
    .await;
    assert_eq!(
        (answer.status, answer.json()["message"].as_str()),
        (503, Some("one: no answer within 2 s"))
    );
    assert!(
        begun.elapsed() < Duration::from_millis(3_900),
        "{:?}",
        begun.elapsed()
    );
}
