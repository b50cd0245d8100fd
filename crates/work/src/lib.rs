//! Work that lasts: claimed by one process at a time, renewed while it runs, tried again when it fails.
//!
//! [`Runner`] is the mechanism. It runs anything that can be claimed ([`Claims`]): one task for each claim, never the
//! same key twice at once. On it stand:
//!
//! - **Durable jobs** ([`Jobs`], [`JobHandler`], [`JobRunner`]): enqueued in the caller's transaction, with attempts,
//!   back-off, a checkpoint, a log, an actor and cancelling; **schedules** ([`Schedule`]), each run by one process; and
//!   **events** ([`Events`]), of which every [`Subscription`] gets a job.
//! - **Standing work** ([`Standing`]): named work without an end, in one process at a time.
//!
//! Every claim has a number that grows. What a run writes under an old number is refused, so a process that slept
//! through the end of its claim changes nothing. All times are those of the database: clocks of processes may differ.

mod back_off;
mod checkpoint;
mod claim;
mod error;
mod events;
mod job;
mod job_log;
mod job_runner;
mod jobs;
mod measures;
mod panics;
mod report;
mod retention;
mod runner;
mod schedule;
mod standing;
mod tables;

pub use back_off::BackOff;
pub use checkpoint::Checkpoint;
pub use claim::{Claim, Claims, Ending};
pub use error::WorkError;
pub use events::{Events, Subscription};
pub use job::{Job, JobFailure, JobHandler, JobId, JobOptions, JobPolicy};
pub use job_log::{JobLog, LogLevel};
pub use job_runner::{JobRunner, JobRunnerBuilder};
pub use jobs::{Cancelling, JobFilter, JobPage, Jobs};
pub use panics::caught;
pub use report::{JobPosition, JobReport, JobState, KindReport, LogLine, ScheduleReport};
pub use retention::Retention;
pub use runner::{Nudge, Pace, Runner};
pub use schedule::Schedule;
pub use standing::Standing;
pub use tables::MIGRATIONS;

/// What is announced when a job changes; below it, with its id, that one job changes.
pub const TOPIC: &str = "work.job";
/// The id under which the store keeps the tables of this crate.
pub const PLUGIN: &str = "work";
