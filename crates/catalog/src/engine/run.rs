//! How a run of a source or provider ends, and the report of it.

use jiff::Timestamp;
use model::Problem;
use store::Seq;

use super::coverage::Coverage;
use super::refusals::Refusals;

/// How a run ended.
pub(crate) struct RunEnd {
    /// When it began.
    pub started_at: Timestamp,
    /// Nothing is wrong with the source.
    pub is_complete: bool,
    /// Which of the entities that were not emitted are gone.
    pub coverage: Coverage,
    /// Children that are gone whatever the run has covered.
    pub removed: Vec<String>,
    /// Problems of entities that the run does not name are still those of the source.
    pub keeps_problems: bool,
    /// Problems shown on the location's own entity; `None` for providers.
    pub location_problems: Option<Vec<Problem>>,
    pub etag: Option<String>,
    pub content_hash: Option<String>,
    pub next_check_at: Option<Timestamp>,
}

impl RunEnd {
    /// The end of a provider's delivery: it is never due by itself.
    pub fn of_provider(started_at: Timestamp, coverage: Coverage) -> Self {
        Self {
            started_at,
            is_complete: true,
            coverage,
            removed: Vec::new(),
            keeps_problems: false,
            location_problems: None,
            etag: None,
            content_hash: None,
            next_check_at: None,
        }
    }
}

/// The report of a run.
#[derive(Debug)]
pub(crate) struct RunReport {
    /// Last entry of the change log that it wrote.
    pub seq: Option<Seq>,
    pub emitted: usize,
    pub removed: usize,
    /// Entities that the catalog has as the run declared them.
    pub accepted: usize,
    pub refusals: Refusals,
    /// Some of it is not yet joined.
    pub has_deferred: bool,
}
