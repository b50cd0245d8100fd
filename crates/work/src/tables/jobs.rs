//! Jobs as rows: made, listed, ended by people, and removed.

use std::time::Duration;

use jiff::Timestamp;
use model::{Actor, Fault};
use store::{Arg, Engine, Row, Session, StoreError, Tx};
use uuid::Uuid;

use super::{announce, later, locking, now, number};
use crate::job::JobId;
use crate::jobs::{Cancelling, JobFilter};
use crate::report::{JobPosition, JobReport, JobState, KindReport};

/// A job that is to be enqueued.
pub struct NewJob<'a> {
    pub kind: &'a str,
    pub payload: String,
    pub actor: &'a Actor,
    pub key: Option<&'a str>,
    pub schedule: Option<&'a str>,
    pub delay: Duration,
}

const COLUMNS: &str = "id, kind, state, exclusive_key, payload, actor, attempt, is_cancelling, problem, schedule, \
     created_at, started_at, ended_at, due_at";

pub async fn insert(tx: &mut Tx, job: NewJob<'_>) -> Result<JobId, StoreError> {
    let at = now(tx).await?;
    let created_at = at.max(after_newest(tx).await?);
    let id = Uuid::new_v4();
    let text = "INSERT INTO work_jobs (id, kind, state, exclusive_key, payload, actor, schedule, due_at, created_at) \
         VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?)";
    let arguments = vec![
        id.into(),
        job.kind.into(),
        job.key.into(),
        job.payload.into(),
        Arg::json(&job.actor.to_json())?,
        job.schedule.into(),
        later(at, job.delay).into(),
        created_at.into(),
    ];
    tx.execute(text, arguments).await?;
    announce(tx, JobId(id));
    Ok(JobId(id))
}

/// SQLite counts milliseconds, in which several jobs are made: they stay in the order in which they were enqueued.
async fn after_newest(session: &mut Session) -> Result<Timestamp, StoreError> {
    if session.engine() == Engine::Postgres {
        return Ok(Timestamp::MIN);
    }
    let row = session
        .row("SELECT max(created_at) FROM work_jobs", vec![])
        .await?;
    let newest = row.map_or(Ok(None), |row| row.maybe_time(0))?;
    Ok(newest.map_or(Timestamp::MIN, |newest| later(newest, Duration::from_micros(1))))
}

fn report(row: &Row) -> Result<JobReport, StoreError> {
    let state = row.text(2)?.parse().unwrap_or(JobState::Failed);
    let actor = Actor::from_json(&row.json(5)?).unwrap_or(Actor::system("an author that is not known here"));
    Ok(JobReport {
        id: JobId(row.uuid(0)?),
        kind: row.text(1)?,
        state,
        key: row.maybe_text(3)?,
        payload: row.json(4)?,
        actor,
        attempt: number(row.int(6)?),
        is_cancelling: row.flag(7)? && state.is_open(),
        problem: row.maybe_json::<Fault>(8)?,
        schedule: row.maybe_text(9)?,
        created_at: row.time(10)?,
        started_at: row.maybe_time(11)?,
        ended_at: row.maybe_time(12)?,
        due_at: (state == JobState::Waiting).then(|| row.time(13)).transpose()?,
    })
}

pub async fn show(session: &mut Session, id: JobId) -> Result<Option<JobReport>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM work_jobs WHERE id = ?");
    let row = session.row(text, vec![id.0.into()]).await?;
    row.as_ref().map(report).transpose()
}

pub async fn list(
    session: &mut Session,
    filter: &JobFilter,
    after: Option<JobPosition>,
    limit: usize,
) -> Result<Vec<JobReport>, StoreError> {
    let (mut conditions, mut arguments) = (vec!["1 = 1"], Vec::<Arg>::new());
    let texts = [
        ("kind = ?", filter.kind.as_deref()),
        ("state = ?", filter.state.map(JobState::as_str)),
        ("exclusive_key = ?", filter.key.as_deref()),
        ("schedule = ?", filter.schedule.as_deref()),
    ];
    for (condition, value) in texts {
        if let Some(value) = value {
            conditions.push(condition);
            arguments.push(value.into());
        }
    }
    if let Some(after) = after {
        conditions.push("(created_at, id) < (?, ?)");
        arguments.extend([after.created_at.into(), after.id.0.into()]);
    }
    arguments.push(limit.into());
    let text = format!(
        "SELECT {COLUMNS} FROM work_jobs WHERE {} ORDER BY created_at DESC, id DESC LIMIT ?",
        conditions.join(" AND ")
    );
    let rows = session.rows(text, arguments).await?;
    rows.iter().map(report).collect()
}

pub async fn kinds(session: &mut Session) -> Result<Vec<KindReport>, StoreError> {
    let text = "SELECT kind, state, count(*) FROM work_jobs GROUP BY kind, state ORDER BY kind, state";
    let rows = session.rows(text, vec![]).await?;
    let kind = |row: &Row| {
        Ok(KindReport {
            kind: row.text(0)?,
            state: row.text(1)?.parse().unwrap_or(JobState::Failed),
            jobs: u64::try_from(row.int(2)?).unwrap_or_default(),
        })
    };
    rows.iter().map(kind).collect()
}

pub async fn cancel(tx: &mut Tx, id: JobId) -> Result<Cancelling, StoreError> {
    let text = format!("SELECT state FROM work_jobs WHERE id = ?{}", locking(tx));
    let Some(row) = tx.row(text, vec![id.0.into()]).await? else {
        return Ok(Cancelling::Missing);
    };
    match row.text(0)?.as_str() {
        "waiting" => {
            end(tx, id, JobState::Cancelled).await?;
            Ok(Cancelling::Cancelled)
        }
        "running" => {
            announce(tx, id);
            let text = "UPDATE work_jobs SET is_cancelling = 1 WHERE id = ?";
            tx.execute(text, vec![id.0.into()]).await?;
            Ok(Cancelling::Asked)
        }
        _ => Ok(Cancelling::HasEnded),
    }
}

/// Ends a job whose row is locked.
pub async fn end(tx: &mut Tx, id: JobId, state: JobState) -> Result<(), StoreError> {
    announce(tx, id);
    let at = now(tx).await?;
    let text = "UPDATE work_jobs SET state = ?, holder = NULL, ended_at = ? WHERE id = ?";
    tx.execute(text, vec![state.as_str().into(), at.into(), id.0.into()])
        .await
        .map(drop)
}

pub async fn retry(tx: &mut Tx, id: JobId) -> Result<bool, StoreError> {
    announce(tx, id);
    let at = now(tx).await?;
    let text = "UPDATE work_jobs SET state = 'waiting', due_at = ?, attempt = 0, is_cancelling = 0, ended_at = NULL \
         WHERE id = ? AND state IN ('failed', 'cancelled')";
    Ok(tx.execute(text, vec![at.into(), id.0.into()]).await? > 0)
}

/// Jobs that ended before `done`, or without success before `failed`, or beyond the newest `most`; at most `limit`.
pub async fn ended_before(
    session: &mut Session,
    [done, failed]: [Timestamp; 2],
    most: usize,
    limit: usize,
) -> Result<Vec<Uuid>, StoreError> {
    let beyond =
        "SELECT ended_at FROM work_jobs WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1 OFFSET ?";
    let row = session.row(beyond, vec![most.into()]).await?;
    let beyond = row.map_or(Ok(Timestamp::MIN), |row| row.time(0))?;
    let text = "SELECT id FROM work_jobs WHERE ended_at IS NOT NULL AND (ended_at <= ? OR ended_at < ? \
         OR (state = 'done' AND ended_at < ?)) LIMIT ?";
    let arguments = vec![beyond.into(), failed.into(), done.into(), limit.into()];
    let rows = session.rows(text, arguments).await?;
    rows.iter().map(|row| row.uuid(0)).collect()
}

/// Removes jobs that have ended, with their logs.
pub async fn remove(tx: &mut Tx, ids: &[Uuid]) -> Result<u64, StoreError> {
    tx.execute_in("DELETE FROM work_log WHERE job IN {list}", ids)
        .await?;
    let text = "DELETE FROM work_jobs WHERE ended_at IS NOT NULL AND id IN {list}";
    tx.execute_in(text, ids).await
}
