//! Samples of the page in its states, for the snapshot test.

use jiff::Timestamp;
use maud::Markup;
use outside::{BreakerState, Failure, HostStatus};

use super::view::hosts;

/// The page with its states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<(&'static str, Markup)> {
    let now = at("09:30");
    vec![
        ("connections", hosts(&all(), now)),
        ("connections-empty", hosts(&[], now)),
    ]
}

fn all() -> Vec<HostStatus> {
    let well = |name: &str| HostStatus {
        host: name.to_owned(),
        calls: 1_204,
        failures: 0,
        failing_since: None,
        last_success: Some(at("09:29")),
        last_failure: None,
        breaker: BreakerState::Closed,
        age: None,
        under_way: 1,
    };
    let failure = |reason: &str| {
        Some(Failure {
            at: at("09:28"),
            reason: reason.to_owned(),
        })
    };
    vec![
        well("gitea.example.com"),
        HostStatus {
            failures: 3,
            failing_since: Some(at("09:12")),
            last_failure: failure(
                "gitlab.example.com (https://gitlab.example.com/api/v4/projects) is too slow: no complete answer within 30 s",
            ),
            ..well("gitlab.example.com")
        },
        HostStatus {
            failures: 9,
            failing_since: Some(at("09:12")),
            last_failure: failure(
                "grafana (https://grafana.example.com/api) is away: nothing listens at its address",
            ),
            breaker: BreakerState::Open { until: at("09:31") },
            ..well("grafana")
        },
        HostStatus {
            failing_since: Some(at("09:12")),
            breaker: BreakerState::Probing,
            ..well("prometheus")
        },
        HostStatus {
            calls: 0,
            last_success: None,
            under_way: 0,
            ..well("redirects of Git hosts")
        },
    ]
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}:00Z").parse().expect("a valid time")
}
