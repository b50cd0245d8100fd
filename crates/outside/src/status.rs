//! How a host is, for pages and `doctor`.

use std::time::Duration;

use jiff::Timestamp;

use crate::breaker::BreakerState;

/// How a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostStatus {
    /// Its name.
    pub host: String,
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
