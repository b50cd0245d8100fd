//! The daily job that removes old notifications. What somebody saved stays.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use store::Lane;
use work::{Job, JobFailure, JobHandler, Schedule};

use crate::inbox::Inbox;
use crate::tables::{self, REMOVED_AT_ONCE};

/// The kind of the job, and the name of its schedule.
pub const KIND: &str = "notifications.retention";
const PERIOD: Duration = Duration::from_hours(24);

/// Removes what is older than it is kept.
pub struct Retention {
    pub(crate) inbox: Inbox,
    /// How long notifications are kept; nothing for ever.
    pub(crate) kept: Option<Duration>,
}

impl Retention {
    /// Removes the old notifications of an inbox.
    pub fn new(inbox: Inbox, kept: Option<Duration>) -> Self {
        Self { inbox, kept }
    }

    /// Removes what is old now; how many.
    pub async fn remove(&self) -> Result<usize, store::StoreError> {
        let Some(kept) = self.kept.and_then(|kept| SignedDuration::try_from(kept).ok()) else {
            return Ok(0);
        };
        let Ok(before) = self.inbox.now().checked_sub(kept) else {
            return Ok(0);
        };
        let mut all = 0;
        loop {
            let mut tx = self.inbox.store().write_unordered(Lane::Bulk).await?;
            let removed = tables::forget(&mut tx, before).await?;
            tx.commit().await?;
            all += removed;
            if removed < REMOVED_AT_ONCE {
                return Ok(all);
            }
        }
    }
}

/// When it is done.
pub(crate) fn schedule() -> Schedule {
    Schedule::every(KIND, PERIOD, KIND)
}

#[async_trait]
impl JobHandler for Retention {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let removed = self.remove().await?;
        if removed > 0 {
            job.log.info(format!("{removed} notifications removed"));
        }
        Ok(())
    }
}
