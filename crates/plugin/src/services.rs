//! What the portal does for every plugin.

use std::sync::Arc;

use outside::OutsideCalls;
use store::Store;
use work::Jobs;

use crate::search::SearchFeed;

/// What the portal does for every plugin. A plugin is opened with it and keeps what it needs; clones do the same.
#[derive(Clone)]
pub struct Services {
    /// The database with the plugin's tables.
    pub store: Store,
    /// Calls to other servers: the one client of the process.
    pub outside: OutsideCalls,
    /// Durable jobs.
    pub jobs: Jobs,
    /// Takes note of documents that changed without a change of the catalog.
    pub search: Arc<dyn SearchFeed>,
}
