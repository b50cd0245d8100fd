//! Jobs and schedules as people see them.

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use model::{Actor, Fault};
use serde_json::Value;

use crate::job::JobId;
use crate::job_log::LogLevel;

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Due now or later.
    Waiting,
    /// A process works on it.
    Running,
    /// It went well.
    Done,
    /// It will not be tried again by itself.
    Failed,
    /// A person ended it.
    Cancelled,
}

impl JobState {
    /// All of them, in the order of a job's life.
    pub const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word that is stored and served.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether something will happen to the job by itself.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

impl FromStr for JobState {
    type Err = Fault;

    fn from_str(word: &str) -> Result<Self, Fault> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == word);
        state.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            Fault::input(format!("{word:?} is no state of a job; states are {known}"))
        })
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct JobReport {
    /// The job.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Where it is in its life.
    pub state: JobState,
    /// Jobs with the same key never run at the same time.
    pub key: Option<String>,
    /// Its input.
    pub payload: Value,
    /// Its author.
    pub actor: Actor,
    /// Attempts so far.
    pub attempt: u32,
    /// Whether a person has asked it to end.
    pub is_cancelling: bool,
    /// Why the last attempt failed.
    pub problem: Option<Fault>,
    /// The schedule that it belongs to.
    pub schedule: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// Begin of the last attempt.
    pub started_at: Option<Timestamp>,
    /// End of the job.
    pub ended_at: Option<Timestamp>,
    /// When it is due, while it waits.
    pub due_at: Option<Timestamp>,
}

/// A place in a list of jobs, which begins with the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobPosition {
    pub(crate) created_at: Timestamp,
    pub(crate) id: JobId,
}

impl JobPosition {
    /// The place as a word of an address.
    pub fn to_word(&self) -> String {
        format!("{}-{}", self.created_at.as_microsecond(), self.id.0.simple())
    }
}

impl FromStr for JobPosition {
    type Err = Fault;

    fn from_str(word: &str) -> Result<Self, Fault> {
        let refused = || {
            Fault::input(format!(
                "{word:?} is no place in the list of jobs; use the one of an answer"
            ))
        };
        let (time, id) = word.rsplit_once('-').ok_or_else(refused)?;
        let microseconds = time.parse().map_err(|_| refused())?;
        Ok(Self {
            created_at: Timestamp::from_microsecond(microseconds).map_err(|_| refused())?,
            id: id.parse().map_err(|_| refused())?,
        })
    }
}

/// A line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Its number within the job, from 1.
    pub number: u32,
    /// When it was stored.
    pub at: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// The text.
    pub text: String,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleReport {
    /// Its name.
    pub name: String,
    /// Time between two jobs.
    pub period: Duration,
    /// Kind of its jobs.
    pub kind: String,
    /// When the next job is enqueued.
    pub next_at: Timestamp,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
    /// The last job, and where it is in its life unless it is gone.
    pub last_job: Option<(JobId, Option<JobState>)>,
}

/// Jobs of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindReport {
    /// The kind.
    pub kind: String,
    /// The state.
    pub state: JobState,
    /// How many there are.
    pub jobs: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back() {
        for microseconds in [0, 1_767_225_600_000_001, -5] {
            let position = JobPosition {
                created_at: Timestamp::from_microsecond(microseconds).unwrap(),
                id: JobId(uuid::Uuid::from_u128(7)),
            };
            assert_eq!(position.to_word().parse(), Ok(position));
        }
        for word in ["", "-", "x-1", "1-x", "9999999999999999999-0"] {
            assert!(word.parse::<JobPosition>().is_err(), "{word}");
        }
    }
}
