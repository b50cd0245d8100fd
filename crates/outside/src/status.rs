//! How a host is, for pages and `doctor`.

use std::time::Duration;

use jiff::Timestamp;

use crate::breaker::BreakerState;

/// How a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostStatus {
    /// Its name.
    pub host: String,
    /// Calls that ended, those given up included. Calls that were not made because the host is left alone do not count.
    pub calls: u64,
    /// Those of them that failed.
    pub failures: u64,
    /// When it began to fail, if it has not answered since.
    pub failing_since: Option<Timestamp>,
    /// When it last gave what it was asked for.
    pub last_success: Option<Timestamp>,
    /// The last call that failed.
    pub last_failure: Option<Failure>,
    /// Whether it is called.
    pub breaker: BreakerState,
    /// Time since the last success: how old anything kept from this host is at least.
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
