//! How long jobs that have ended are kept; the removal is a job itself.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use store::Lane;

use crate::job::{Job, JobFailure, JobHandler, JobPolicy};
use crate::jobs::Jobs;
use crate::schedule::Schedule;
use crate::tables;

/// The kind of the job, and the name of its schedule.
const KIND: &str = "work.retention";
const PERIOD: Duration = Duration::from_hours(1);
/// Jobs removed in one transaction, so that a person waits for none of them.
const AT_ONCE: usize = 200;
/// A schedule that was due so long ago belongs to a plugin that is gone.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How long jobs are kept that have ended, with their logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Jobs that went well.
    pub done: Duration,
    /// Jobs that failed or were cancelled.
    pub failed: Duration,
    /// Most of them, whatever their age.
    pub most: usize,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            done: Duration::from_hours(24 * 7),
            failed: Duration::from_hours(24 * 30),
            most: 10_000,
        }
    }
}

/// Removes jobs that are kept no longer.
pub(crate) struct Removal {
    pub(crate) jobs: Jobs,
    pub(crate) retention: Retention,
}

impl Removal {
    pub(crate) fn schedule() -> Schedule {
        Schedule::every(KIND, PERIOD, KIND)
    }
}

#[async_trait]
impl JobHandler for Removal {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            at_once: 1,
            ..JobPolicy::default()
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let store = self.jobs.store();
        let before = |now: Timestamp, age: Duration| {
            let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
            now.saturating_sub(age).unwrap_or(Timestamp::MIN)
        };
        let mut removed = 0;
        while !job.stop.is_cancelled() {
            let mut session = store.read().await?;
            let now = tables::now(&mut session).await?;
            let ends = [
                before(now, self.retention.done),
                before(now, self.retention.failed),
            ];
            let ids = tables::jobs::ended_before(&mut session, ends, self.retention.most, AT_ONCE).await?;
            drop(session);
            if ids.is_empty() {
                break;
            }
            let mut tx = store.write_unordered(Lane::Bulk).await?;
            removed += tables::jobs::remove(&mut tx, &ids).await?;
            tx.commit().await?;
        }
        let mut tx = store.write_unordered(Lane::Bulk).await?;
        let now = tables::now(&mut tx).await?;
        let forgotten = now.saturating_sub(FORGOTTEN).unwrap_or(Timestamp::MIN);
        tables::schedules::forget(&mut tx, forgotten).await?;
        tx.commit().await?;
        job.log.info(format!("{removed} jobs removed"));
        Ok(())
    }
}
