//! The state of a host, for pages and health checks.

use std::time::Duration;

use jiff::Timestamp;

use crate::breaker::BreakerState;

/// The state of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostStatus {
    /// Its name.
    pub host: String,
    /// Calls that ended, including those that the caller gave up. A call that the breaker refused does not count.
    pub calls: u64,
    /// Calls that failed.
    pub failures: u64,
    /// When the host stopped answering; nothing while it answers.
    pub failing_since: Option<Timestamp>,
    /// When a call last succeeded.
    pub last_success: Option<Timestamp>,
    /// The last call that failed.
    pub last_failure: Option<Failure>,
    /// The state of the circuit breaker.
    pub breaker: BreakerState,
    /// Time since the last success. Anything kept from this host is at least that old.
    pub age: Option<Duration>,
    /// Calls under way.
    pub under_way: usize,
}

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When it failed.
    pub at: Timestamp,
    /// Why, in a sentence without secrets.
    pub reason: String,
}
