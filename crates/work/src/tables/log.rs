//! Lines of the logs of jobs.

use store::{Row, Session, StoreError, Tx};

use super::{announce, now, number};
use crate::claim::Claim;
use crate::job::JobId;
use crate::job_log::{LogLevel, MOST_LINES};
use crate::report::LogLine;

type Line = (LogLevel, String);

/// Adds lines to the log of a job that this claim still holds; whether it does.
pub async fn append_claimed(tx: &mut Tx, claim: &Claim<JobId>, lines: &[Line]) -> Result<bool, StoreError> {
    let text = "UPDATE work_jobs SET log_lines = log_lines + ? WHERE id = ? AND claim = ? AND state = 'running' \
         RETURNING log_lines";
    let arguments = vec![lines.len().into(), claim.key.0.into(), claim.number.into()];
    match tx.row(text, arguments).await? {
        None => Ok(false),
        Some(row) => insert(tx, claim.key, row.int(0)?, lines).await.map(|()| true),
    }
}

/// Adds lines to the log of a job, whoever holds it.
pub async fn append(tx: &mut Tx, job: JobId, lines: &[Line]) -> Result<(), StoreError> {
    let text = "UPDATE work_jobs SET log_lines = log_lines + ? WHERE id = ? RETURNING log_lines";
    let row = tx.row(text, vec![lines.len().into(), job.0.into()]).await?;
    match row {
        None => Ok(()),
        Some(row) => insert(tx, job, row.int(0)?, lines).await,
    }
}

/// `last` is the number of the last of the lines.
async fn insert(tx: &mut Tx, job: JobId, last: i64, lines: &[Line]) -> Result<(), StoreError> {
    announce(tx, job);
    let at = now(tx).await?;
    let before = last - i64::try_from(lines.len()).unwrap_or_default();
    let numbered: Vec<(i64, &Line)> = (before + 1..).zip(lines).collect();
    let head = "INSERT INTO work_log (job, line, at, level, text) VALUES";
    tx.insert(head, "", &numbered, |(number, (level, text))| {
        Ok(vec![
            job.0.into(),
            (*number).into(),
            at.into(),
            level.as_str().into(),
            text.into(),
        ])
    })
    .await?;
    let oldest = last - i64::try_from(MOST_LINES).unwrap_or_default();
    if oldest > 0 {
        let text = "DELETE FROM work_log WHERE job = ? AND line <= ?";
        tx.execute(text, vec![job.0.into(), oldest.into()]).await?;
    }
    Ok(())
}

pub async fn lines(
    session: &mut Session,
    job: JobId,
    after: u32,
    limit: usize,
) -> Result<Vec<LogLine>, StoreError> {
    let text = "SELECT line, at, level, text FROM work_log WHERE job = ? AND line > ? ORDER BY line LIMIT ?";
    let rows = session
        .rows(text, vec![job.0.into(), after.into(), limit.into()])
        .await?;
    let line = |row: &Row| {
        Ok(LogLine {
            number: number(row.int(0)?),
            at: row.time(1)?,
            level: LogLevel::of(&row.text(2)?),
            text: row.text(3)?,
        })
    };
    rows.iter().map(line).collect()
}

/// Number of the last line.
pub async fn count(session: &mut Session, job: JobId) -> Result<u32, StoreError> {
    let text = "SELECT log_lines FROM work_jobs WHERE id = ?";
    let row = session.row(text, vec![job.0.into()]).await?;
    row.map_or(Ok(0), |row| row.int(0).map(number))
}
