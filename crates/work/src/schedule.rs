//! Work that is to be done again and again.

use std::time::Duration;

use serde_json::Value;

/// Shortest period of a schedule.
const SHORTEST: Duration = Duration::from_millis(100);

/// A job that is enqueued every period, by one of all processes. While the job of a schedule has not ended, no other
/// one is enqueued; periods in which no process ran are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub(crate) name: String,
    pub(crate) period: Duration,
    pub(crate) kind: String,
    pub(crate) payload: Value,
}

impl Schedule {
    /// A job of this kind every `period`, the first one at once. The name begins with the plugin's id.
    pub fn every(name: impl Into<String>, period: Duration, kind: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            period: period.max(SHORTEST),
            kind: kind.into(),
            payload: Value::Null,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets the input of its jobs.
    pub fn payload(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }
}
