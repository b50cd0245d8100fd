//! The bounds for calls to one host.

use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;

use crate::host_trust::HostTrust;

/// The bounds for calls to one host.
#[derive(Clone)]
pub struct HostPolicy {
    /// Most calls at the same time. A call counts until its answer is read.
    pub concurrency: usize,
    /// Longest wait for a place while the most calls are under way.
    pub queue_time: Duration,
    /// Longest wait for a connection.
    pub connect_time: Duration,
    /// Longest time from the request to the end of the answer. In a stream it bounds the answer's head, and then the wait
    /// for each part.
    pub answer_time: Duration,
    /// Largest answer in bytes, after decompression.
    pub max_answer_bytes: u64,
    /// When calls are stopped because the host fails. Nothing: calls are never stopped.
    pub breaker: Option<BreakerPolicy>,
    /// Finds the addresses of names. A host with a resolver of its own is never called through a proxy.
    pub resolver: Option<Arc<dyn Resolve>>,
    /// How this host proves who it is, and how the portal does. Nothing: as the configuration says for all hosts.
    pub trust: Option<HostTrust>,
}

impl Default for HostPolicy {
    /// For a server of the same company that answers a page's questions.
    fn default() -> Self {
        Self {
            concurrency: 8,
            queue_time: Duration::from_secs(5),
            connect_time: Duration::from_secs(3),
            answer_time: Duration::from_secs(10),
            max_answer_bytes: 8 << 20,
            breaker: Some(BreakerPolicy::default()),
            resolver: None,
            trust: None,
        }
    }
}

/// When a host is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failed calls in a row after which the host is left alone. A host that refuses a request has answered.
    pub failures: u32,
    /// The first pause. It doubles with each failed probe.
    pub first_pause: Duration,
    /// The longest pause, also of one that the host asks for by `Retry-After`.
    pub longest_pause: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_mins(5),
        }
    }
}
