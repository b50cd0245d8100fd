//! What the portal does for every plugin.

use outside::OutsideCalls;
use work::Jobs;

/// What the portal does for every plugin. A plugin is opened with it and keeps what it needs; clones do the same.
#[derive(Clone)]
pub struct Services {
    /// Calls to other servers: the one client of the process.
    pub outside: OutsideCalls,
    /// Durable jobs.
    pub jobs: Jobs,
}
