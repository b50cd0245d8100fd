//! The queue: enqueuing, cancelling, trying again, and looking.

use std::sync::Arc;

use model::Actor;
use serde::Serialize;
use serde_json::Value;
use store::{Lane, Store, StoreError, Tx};

use crate::error::WorkError;
use crate::job::{JobId, JobOptions};
use crate::job_log::LogLevel;
use crate::report::{JobPosition, JobReport, JobState, KindReport, LogLine, ScheduleReport};
use crate::runner::Nudge;
use crate::tables::{self, jobs::NewJob};

/// Most bytes of a payload or a checkpoint.
const MOST_BYTES: usize = 1 << 20;
/// Most jobs or lines of a log in one answer.
const MOST_LISTED: usize = 500;

/// The durable jobs of a database. Clones are the same queue.
#[derive(Clone)]
pub struct Jobs {
    store: Store,
    nudge: Arc<Nudge>,
}

/// Which jobs to list; everything that is given has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of this kind.
    pub kind: Option<String>,
    /// In this state.
    pub state: Option<JobState>,
    /// With this key.
    pub key: Option<String>,
    /// Of this schedule.
    pub schedule: Option<String>,
}

/// Part of a list of jobs, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct JobPage {
    /// The jobs.
    pub jobs: Vec<JobReport>,
    /// Where the list goes on; nothing at its end.
    pub next: Option<JobPosition>,
}

/// What cancelling came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelling {
    /// The job will not be run.
    Cancelled,
    /// The job runs and was asked to end.
    Asked,
    /// The job had ended already.
    HasEnded,
    /// There is no such job.
    Missing,
}

impl Jobs {
    /// The jobs of a database that was opened with [`MIGRATIONS`](crate::MIGRATIONS).
    pub fn new(store: Store) -> Self {
        Self {
            store,
            nudge: Arc::default(),
        }
    }

    /// Enqueues a job in the caller's transaction: it is there exactly if the transaction is kept.
    ///
    /// After the commit, [`Jobs::nudge`] has it begin at once instead of within a poll.
    pub async fn enqueue(
        &self,
        tx: &mut Tx,
        kind: &str,
        payload: &impl Serialize,
        options: JobOptions,
    ) -> Result<JobId, WorkError> {
        let (_, payload) = as_json("the payload of a job", payload)?;
        let job = NewJob {
            kind,
            payload,
            actor: &options.actor,
            key: options.key.as_deref(),
            schedule: None,
            delay: options.delay,
        };
        Ok(tables::jobs::insert(tx, job).await?)
    }

    /// Enqueues a job in a transaction of its own.
    pub async fn enqueue_alone(
        &self,
        kind: &str,
        payload: &impl Serialize,
        options: JobOptions,
    ) -> Result<JobId, WorkError> {
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        let id = self.enqueue(&mut tx, kind, payload, options).await?;
        tx.commit().await?;
        self.nudge();
        Ok(id)
    }

    /// Has the runner of this process claim due jobs at once.
    pub fn nudge(&self) {
        self.nudge.due();
    }

    /// Begins a transaction for [`Jobs::cancel`] and [`Jobs::retry`], in which the caller keeps more, such as who
    /// asked for it.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.store.write_unordered(Lane::Person).await
    }

    /// Ends a job: one that waits at once, one that runs as soon as it hears of it. Both once the transaction is kept.
    pub async fn cancel(&self, tx: &mut Tx, id: JobId, actor: &Actor) -> Result<Cancelling, StoreError> {
        let cancelling = tables::jobs::cancel(tx, id).await?;
        if matches!(cancelling, Cancelling::Cancelled | Cancelling::Asked) {
            let text = format!("cancelled by {}", actor.name());
            tables::log::append(tx, id, &[(LogLevel::Warning, text)]).await?;
            let nudge = self.nudge.clone();
            tx.after_commit(move || nudge.ending());
        }
        Ok(cancelling)
    }

    /// Has a job that failed or was cancelled done again, with its checkpoint and all its attempts, once the
    /// transaction is kept; whether it was one.
    pub async fn retry(&self, tx: &mut Tx, id: JobId, actor: &Actor) -> Result<bool, StoreError> {
        let is_waiting = tables::jobs::retry(tx, id).await?;
        if is_waiting {
            let text = format!("to be done again, says {}", actor.name());
            tables::log::append(tx, id, &[(LogLevel::Info, text)]).await?;
            let nudge = self.nudge.clone();
            tx.after_commit(move || nudge.due());
        }
        Ok(is_waiting)
    }

    /// A part of the list of jobs, newest first, after `after`.
    pub async fn list(
        &self,
        filter: &JobFilter,
        after: Option<JobPosition>,
        limit: usize,
    ) -> Result<JobPage, StoreError> {
        let limit = limit.clamp(1, MOST_LISTED);
        let mut session = self.store.read().await?;
        let mut jobs = tables::jobs::list(&mut session, filter, after, limit + 1).await?;
        let has_more = jobs.len() > limit;
        jobs.truncate(limit);
        let next = jobs.last().filter(|_| has_more).map(|last| JobPosition {
            created_at: last.created_at,
            id: last.id,
        });
        Ok(JobPage { jobs, next })
    }

    /// A job, if there is one.
    pub async fn show(&self, id: JobId) -> Result<Option<JobReport>, StoreError> {
        tables::jobs::show(&mut self.store.read().await?, id).await
    }

    /// Lines of a job's log, oldest first, after the one with this number.
    pub async fn log(&self, id: JobId, after: u32, limit: usize) -> Result<Vec<LogLine>, StoreError> {
        let limit = limit.clamp(1, MOST_LISTED);
        tables::log::lines(&mut self.store.read().await?, id, after, limit).await
    }

    /// The last lines of a job's log, oldest first.
    pub async fn last_lines(&self, id: JobId, limit: usize) -> Result<Vec<LogLine>, StoreError> {
        let mut session = self.store.read().await?;
        let count = tables::log::count(&mut session, id).await?;
        let before = count.saturating_sub(u32::try_from(limit).unwrap_or(u32::MAX));
        tables::log::lines(&mut session, id, before, limit.clamp(1, MOST_LISTED)).await
    }

    /// How many jobs there are of each kind in each state.
    pub async fn kinds(&self) -> Result<Vec<KindReport>, StoreError> {
        tables::jobs::kinds(&mut self.store.read().await?).await
    }

    /// All schedules by name.
    pub async fn schedules(&self) -> Result<Vec<ScheduleReport>, StoreError> {
        tables::schedules::list(&mut self.store.read().await?).await
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn nudged(&self) -> &Arc<Nudge> {
        &self.nudge
    }
}

/// A value with its text, if it is not too large to keep.
pub(crate) fn as_json(what: &'static str, value: &impl Serialize) -> Result<(Value, String), WorkError> {
    let refused = |reason: serde_json::Error| WorkError::NotJson {
        what,
        reason: reason.to_string(),
    };
    let value = serde_json::to_value(value).map_err(refused)?;
    let text = value.to_string();
    if text.len() > MOST_BYTES {
        return Err(WorkError::TooLarge {
            what,
            bytes: text.len(),
            most: MOST_BYTES,
        });
    }
    Ok((value, text))
}
