//! Schedules, and the jobs that they enqueue.

use std::time::Duration;

use jiff::Timestamp;
use model::Actor;
use store::{Row, Session, StoreError, Tx};

use super::jobs::{self, NewJob};
use super::{later, microseconds, now, take_turn};
use crate::job::JobId;
use crate::report::ScheduleReport;
use crate::schedule::Schedule;

/// Keeps a schedule; a period that became shorter counts from now.
pub async fn declare(tx: &mut Tx, schedule: &Schedule) -> Result<(), StoreError> {
    let at = now(tx).await?;
    let text = "INSERT INTO work_schedules (name, period, kind, payload, next_at) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (name) DO UPDATE SET period = excluded.period, kind = excluded.kind, payload = excluded.payload, \
         next_at = CASE WHEN work_schedules.next_at > ? THEN ? ELSE work_schedules.next_at END";
    let latest = later(at, schedule.period);
    let arguments = vec![
        (&schedule.name).into(),
        microseconds(schedule.period).into(),
        (&schedule.kind).into(),
        schedule.payload.to_string().into(),
        at.into(),
        latest.into(),
        latest.into(),
    ];
    tx.execute(text, arguments).await.map(drop)
}

/// Removes schedules that no process has run for so long that none knows them any more.
pub async fn forget(tx: &mut Tx, overdue_since: Timestamp) -> Result<u64, StoreError> {
    let text = "DELETE FROM work_schedules WHERE next_at < ?";
    tx.execute(text, vec![overdue_since.into()]).await
}

pub async fn is_any_due(session: &mut Session, at: Timestamp) -> Result<bool, StoreError> {
    let text = "SELECT name FROM work_schedules WHERE next_at <= ? LIMIT 1";
    Ok(session.row(text, vec![at.into()]).await?.is_some())
}

/// Enqueues the jobs of those of these schedules that are due.
pub async fn hand_out(tx: &mut Tx, known: &[Schedule]) -> Result<(), StoreError> {
    take_turn(tx).await?;
    let at = now(tx).await?;
    let text = "SELECT name, next_at FROM work_schedules WHERE next_at <= ?";
    for row in tx.rows(text, vec![at.into()]).await? {
        let name = row.text(0)?;
        if let Some(schedule) = known.iter().find(|schedule| schedule.name == name) {
            let next_at = next(row.time(1)?, schedule.period, at);
            enqueue(tx, schedule, at, next_at).await?;
        }
    }
    Ok(())
}

async fn enqueue(
    tx: &mut Tx,
    schedule: &Schedule,
    at: Timestamp,
    next_at: Timestamp,
) -> Result<(), StoreError> {
    let text = "SELECT id FROM work_jobs WHERE schedule = ? AND state IN ('waiting', 'running') LIMIT 1";
    if tx.row(text, vec![(&schedule.name).into()]).await?.is_some() {
        let text = "UPDATE work_schedules SET next_at = ? WHERE name = ?";
        return tx
            .execute(text, vec![next_at.into(), (&schedule.name).into()])
            .await
            .map(drop);
    }
    let job = NewJob {
        kind: &schedule.kind,
        payload: schedule.payload.to_string(),
        actor: &Actor::system("schedule"),
        key: None,
        schedule: Some(&schedule.name),
        delay: Duration::ZERO,
    };
    let id = jobs::insert(tx, job).await?;
    let text = "UPDATE work_schedules SET next_at = ?, last_at = ?, last_job = ? WHERE name = ?";
    let arguments = vec![next_at.into(), at.into(), id.0.into(), (&schedule.name).into()];
    tx.execute(text, arguments).await.map(drop)
}

/// The first time after `at` in the rhythm of the schedule.
fn next(due: Timestamp, period: Duration, at: Timestamp) -> Timestamp {
    let period = microseconds(period).max(1);
    let late = at.as_microsecond().saturating_sub(due.as_microsecond()).max(0);
    let next = (late / period + 1)
        .saturating_mul(period)
        .saturating_add(due.as_microsecond());
    Timestamp::from_microsecond(next).unwrap_or(Timestamp::MAX)
}

pub async fn list(session: &mut Session) -> Result<Vec<ScheduleReport>, StoreError> {
    let text = "SELECT schedule.name, schedule.period, schedule.kind, schedule.next_at, schedule.last_at, \
         schedule.last_job, job.state FROM work_schedules schedule LEFT JOIN work_jobs job \
         ON job.id = schedule.last_job ORDER BY schedule.name LIMIT 500";
    let rows = session.rows(text, vec![]).await?;
    let schedule = |row: &Row| {
        let state = row.maybe_text(6)?.and_then(|word| word.parse().ok());
        Ok(ScheduleReport {
            name: row.text(0)?,
            period: Duration::from_micros(u64::try_from(row.int(1)?).unwrap_or_default()),
            kind: row.text(2)?,
            next_at: row.time(3)?,
            last_at: row.maybe_time(4)?,
            last_job: row.maybe_uuid(5)?.map(|id| (JobId(id), state)),
        })
    };
    rows.iter().map(schedule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_without_anybody_are_left_out() {
        let at = |microseconds| Timestamp::from_microsecond(microseconds).unwrap();
        let period = Duration::from_micros(10);
        for (due, now, expected) in [(100, 100, 110), (100, 109, 110), (100, 110, 120), (100, 175, 180)] {
            assert_eq!(
                next(at(due), period, at(now)),
                at(expected),
                "due {due}, now {now}"
            );
        }
        assert_eq!(next(at(0), Duration::MAX, at(5)), Timestamp::MAX);
    }
}
