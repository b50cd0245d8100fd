//! Jobs as their handlers see them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{Actor, Fault};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::StoreError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::back_off::BackOff;
use crate::checkpoint::Checkpoint;
use crate::error::WorkError;
use crate::job_log::JobLog;

/// Names a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub Uuid);

impl fmt::Display for JobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for JobId {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let id = Uuid::parse_str(text);
        id.map(Self)
            .map_err(|_| Fault::input(format!("{text:?} is no id of a job; ids are UUIDs")))
    }
}

/// How the jobs of a kind are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPolicy {
    /// Most attempts, the first included.
    pub attempts: u32,
    /// Pauses between attempts.
    pub back_off: BackOff,
    /// Longest time of one attempt.
    pub time: Duration,
    /// Most jobs of the kind at the same time, over all processes.
    pub at_once: u32,
}

impl Default for JobPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            back_off: BackOff::new(Duration::from_secs(5), Duration::from_mins(10)),
            time: Duration::from_mins(10),
            at_once: 4,
        }
    }
}

/// Does the jobs of one kind.
///
/// A job is run at least once: a process may end after the work and before the record of it. A handler therefore does
/// the same again without harm, or keeps what it has done in the job's [`Checkpoint`].
#[async_trait]
pub trait JobHandler: Send + Sync + 'static {
    /// The kind: the plugin's id and a word, for example `techdocs.build`.
    fn kind(&self) -> &str;
    /// How jobs of the kind are run.
    fn policy(&self) -> JobPolicy {
        JobPolicy::default()
    }
    /// Does a job. After `job.stop` was cancelled it has a short grace to end; what it returns then does not count as
    /// an attempt.
    async fn run(&self, job: Job) -> Result<(), JobFailure>;
}

/// One attempt at a job.
pub struct Job {
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: Arc<str>,
    /// Number of this attempt, from 1.
    pub attempt: u32,
    /// What is to be done.
    pub payload: Value,
    /// Author of the job. What it may do is decided anew when it runs.
    pub actor: Actor,
    /// Cancelled when the attempt must end.
    pub stop: CancellationToken,
    /// What people read about the job.
    pub log: JobLog,
    /// What earlier attempts have kept.
    pub checkpoint: Checkpoint,
}

impl Job {
    /// What is to be done, as a type; `what` names it in the error. A payload that cannot be read will not be read another
    /// time, so that the job is given up.
    pub fn read<T: DeserializeOwned>(&self, what: &str) -> Result<T, JobFailure> {
        T::deserialize(&self.payload)
            .map_err(|error| JobFailure::GiveUp(Fault::input(format!("The {what} cannot be read: {error}"))))
    }
}

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobFailure {
    /// Another attempt may go well.
    Retry(Fault),
    /// Every attempt would fail.
    GiveUp(Fault),
}

impl From<Fault> for JobFailure {
    fn from(fault: Fault) -> Self {
        Self::Retry(fault)
    }
}

impl From<WorkError> for JobFailure {
    fn from(error: WorkError) -> Self {
        Self::Retry(error.into())
    }
}

impl From<StoreError> for JobFailure {
    fn from(error: StoreError) -> Self {
        WorkError::from(error).into()
    }
}

/// What is said of a job beside its kind and payload.
#[derive(Debug, Clone)]
pub struct JobOptions {
    pub(crate) actor: Actor,
    pub(crate) key: Option<String>,
    pub(crate) delay: Duration,
}

impl JobOptions {
    /// A job of this author, due at once.
    pub fn of(actor: Actor) -> Self {
        Self {
            actor,
            key: None,
            delay: Duration::ZERO,
        }
    }

    /// Jobs with the same key never run at the same time, whatever their kinds. Begin it with the plugin's id.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Due after this time.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}
