//! The tables of this crate, and all statements about them.
//!
//! Times are the database's ([`now`]), so that processes whose clocks differ agree on what is due.

pub mod claims;
pub mod events;
pub mod jobs;
pub mod log;
pub mod schedules;
pub mod standing;

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use store::{Engine, Migration, Session, StoreError, Tx};

use crate::TOPIC;
use crate::job::JobId;

/// The tables, for [`store::Store::open_with`] under the id [`PLUGIN`](crate::PLUGIN).
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: include_str!("tables/0001_work.sql"),
}];

/// The database's time.
pub async fn now(session: &mut Session) -> Result<Timestamp, StoreError> {
    session.now().await
}

/// A time after another; the last one there is where that is beyond.
pub fn later(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// Waits until this is the only transaction that gives out work, so that limits hold over all processes. SQLite has
/// one writer anyway.
async fn take_turn(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.engine() == Engine::Postgres {
        tx.rows("SELECT id FROM work_turn FOR UPDATE", vec![]).await?;
    }
    Ok(())
}

/// What locks the rows that a statement reads.
/// Has open pages hear that a job changed.
fn announce(tx: &mut Tx, job: JobId) {
    tx.announce(&format!("{TOPIC}.{job}"));
}

fn locking(session: &Session) -> &'static str {
    match session.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE",
    }
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
