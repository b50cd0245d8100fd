//! Claims on jobs: given out by one process at a time, prolonged, and settled under their number.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use model::{Actor, Fault};
use serde_json::Value;
use store::{Arg, Row, Session, StoreError, Tx};
use uuid::Uuid;

use super::{announce, jobs, later, locking, log, now, number, take_turn};
use crate::claim::{Claim, Ending};
use crate::job::{JobId, JobPolicy};
use crate::job_log::{LogLevel, line};
use crate::report::JobState;

/// A job as its run needs it.
pub struct ClaimedJob {
    pub kind: String,
    pub payload: Value,
    pub actor: Actor,
    pub attempt: u32,
    pub checkpoint: Option<Value>,
}

/// Who claims, and for how long.
pub struct Holding<'a> {
    pub holder: &'a str,
    pub hold: Duration,
}

/// Whether a job of the kind may be claimed, unless limits or keys forbid it.
pub async fn is_due(session: &mut Session, kind: &str, at: Timestamp) -> Result<bool, StoreError> {
    let text =
        "SELECT id FROM work_jobs WHERE kind = ? AND state IN ('waiting', 'running') AND due_at <= ? LIMIT 1";
    let row = session.row(text, vec![kind.into(), at.into()]).await?;
    Ok(row.is_some())
}

/// Claims due jobs of these kinds, at most `limit`, in the order of the kinds. `held` is what this process works on. It is prolonged
/// first: while the disk was stalled it may have run out, and would be taken by the process from itself, or not be
/// counted where a kind or a key has its limit.
pub async fn claim(
    tx: &mut Tx,
    kinds: &[(&str, JobPolicy)],
    holding: &Holding<'_>,
    held: &[Claim<JobId>],
    limit: usize,
) -> Result<Vec<(Claim<JobId>, ClaimedJob)>, StoreError> {
    take_turn(tx).await?;
    for claim in held {
        renew(tx, claim, holding.hold).await?;
    }
    let at = now(tx).await?;
    let mut claimed = Vec::new();
    let mut keys = HashSet::new();
    for (kind, policy) in kinds {
        let room = room(tx, kind, policy, at).await?.min(limit - claimed.len());
        for due in candidates(tx, kind, at, room).await? {
            if due.is_spent(policy) {
                give_up_on_dead(tx, &due).await?;
            } else if due.key.clone().is_none_or(|key| keys.insert(key)) {
                claimed.extend(take(tx, due.id, at, holding).await?);
            }
        }
    }
    Ok(claimed)
}

/// How many more jobs of the kind may run.
async fn room(tx: &mut Tx, kind: &str, policy: &JobPolicy, at: Timestamp) -> Result<usize, StoreError> {
    let text = "SELECT count(*) FROM work_jobs WHERE kind = ? AND state = 'running' AND due_at > ?";
    let row = tx.row(text, vec![kind.into(), at.into()]).await?;
    let running = row.map_or(Ok(0), |row| row.int(0))?;
    let room = i64::from(policy.at_once) - running;
    Ok(usize::try_from(room).unwrap_or_default())
}

struct Due {
    id: Uuid,
    key: Option<String>,
    /// The process that claimed it last did not end the attempt.
    is_abandoned: bool,
    is_cancelling: bool,
    attempt: u32,
}

impl Due {
    /// Whether the processes that ran it have ended with it as often as it may be tried.
    fn is_spent(&self, policy: &JobPolicy) -> bool {
        self.is_abandoned && (self.is_cancelling || self.attempt >= policy.attempts)
    }
}

async fn candidates(
    session: &mut Session,
    kind: &str,
    at: Timestamp,
    limit: usize,
) -> Result<Vec<Due>, StoreError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let text = "SELECT job.id, job.exclusive_key, job.state, job.is_cancelling, job.attempt FROM work_jobs job \
         WHERE job.kind = ? AND job.state IN ('waiting', 'running') AND job.due_at <= ? AND (job.exclusive_key IS NULL \
         OR NOT EXISTS (SELECT 1 FROM work_jobs other WHERE other.exclusive_key = job.exclusive_key \
         AND other.state = 'running' AND other.due_at > ?)) ORDER BY job.due_at, job.created_at, job.id LIMIT ?";
    let arguments = vec![kind.into(), at.into(), at.into(), limit.into()];
    let rows = session.rows(text, arguments).await?;
    let due = |row: &Row| {
        Ok(Due {
            id: row.uuid(0)?,
            key: row.maybe_text(1)?,
            is_abandoned: row.text(2)? == "running",
            is_cancelling: row.flag(3)?,
            attempt: number(row.int(4)?),
        })
    };
    rows.iter().map(due).collect()
}

async fn take(
    tx: &mut Tx,
    id: Uuid,
    at: Timestamp,
    holding: &Holding<'_>,
) -> Result<Option<(Claim<JobId>, ClaimedJob)>, StoreError> {
    // Its state may have changed since it was found due.
    let text = "UPDATE work_jobs SET state = 'running', claim = claim + 1, holder = ?, attempt = attempt + 1, due_at = ?, \
         started_at = ? WHERE id = ? AND state IN ('waiting', 'running') AND due_at <= ? \
         RETURNING claim, kind, payload, actor, attempt, checkpoint";
    let arguments = vec![
        holding.holder.into(),
        later(at, holding.hold).into(),
        at.into(),
        id.into(),
        at.into(),
    ];
    let Some(row) = tx.row(text, arguments).await? else {
        return Ok(None);
    };
    announce(tx, JobId(id));
    let claim = Claim {
        key: JobId(id),
        number: row.int(0)?,
    };
    let actor = Actor::from_json(&row.json(3)?).unwrap_or(Actor::system("an author that is not known here"));
    let job = ClaimedJob {
        kind: row.text(1)?,
        payload: row.json(2)?,
        actor,
        attempt: number(row.int(4)?),
        checkpoint: row.maybe_json(5)?,
    };
    Ok(Some((claim, job)))
}

async fn give_up_on_dead(tx: &mut Tx, due: &Due) -> Result<(), StoreError> {
    let id = JobId(due.id);
    if due.is_cancelling {
        return jobs::end(tx, id, JobState::Cancelled).await;
    }
    let message = format!(
        "the process that ran it ended before the job did, in attempt {}, the last one",
        due.attempt
    );
    log::append(tx, id, &[(LogLevel::Error, message.clone())]).await?;
    note_problem(tx, id, Some(&Fault::error(message))).await?;
    jobs::end(tx, id, JobState::Failed).await
}

/// Prolongs a claim; whether its run may go on.
pub async fn renew(tx: &mut Tx, claim: &Claim<JobId>, hold: Duration) -> Result<bool, StoreError> {
    let until = later(now(tx).await?, hold);
    let text = "UPDATE work_jobs SET due_at = ? WHERE id = ? AND claim = ? AND state = 'running' RETURNING is_cancelling";
    let row = tx
        .row(text, vec![until.into(), claim.key.0.into(), claim.number.into()])
        .await?;
    row.map_or(Ok(false), |row| row.flag(0).map(|is_cancelling| !is_cancelling))
}

pub async fn keep_checkpoint(tx: &mut Tx, claim: &Claim<JobId>, text: String) -> Result<bool, StoreError> {
    let statement = "UPDATE work_jobs SET checkpoint = ? WHERE id = ? AND claim = ? AND state = 'running'";
    let arguments = vec![text.into(), claim.key.0.into(), claim.number.into()];
    Ok(tx.execute(statement, arguments).await? > 0)
}

/// Records how an attempt ended; the job's new state, or nothing when the claim was lost.
pub async fn settle(
    tx: &mut Tx,
    claim: &Claim<JobId>,
    ending: &Ending,
    policy_of: impl FnOnce(&str) -> JobPolicy,
) -> Result<Option<JobState>, StoreError> {
    let text = format!(
        "SELECT is_cancelling, attempt, kind FROM work_jobs WHERE id = ? AND claim = ? AND state = 'running'{}",
        locking(tx)
    );
    let row = tx
        .row(text, vec![claim.key.0.into(), claim.number.into()])
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let (is_cancelling, attempt) = (row.flag(0)?, number(row.int(1)?));
    let policy = policy_of(&row.text(2)?);
    let state = match ending {
        Ending::Done => JobState::Done,
        _ if is_cancelling => JobState::Cancelled,
        Ending::Stopped | Ending::Later(_) => JobState::Waiting,
        Ending::Retry(_) if attempt < policy.attempts => JobState::Waiting,
        Ending::Retry(_) | Ending::GiveUp(_) => JobState::Failed,
    };
    let fault = match ending {
        Ending::Retry(fault) | Ending::GiveUp(fault) => Some(fault),
        Ending::Done | Ending::Stopped | Ending::Later(_) => None,
    };
    if !matches!(ending, Ending::Stopped | Ending::Later(_)) {
        note_problem(tx, claim.key, fault).await?;
    }
    let pause = policy.back_off.pause(attempt);
    match (state, ending) {
        (JobState::Waiting, Ending::Stopped) => wait(tx, claim.key, Duration::ZERO, -1).await?,
        (JobState::Waiting, Ending::Later(pause)) => wait(tx, claim.key, *pause, -1).await?,
        (JobState::Waiting, _) => wait(tx, claim.key, pause, 0).await?,
        _ => jobs::end(tx, claim.key, state).await?,
    }
    if let Some(fault) = fault {
        let next = match state {
            JobState::Waiting => format!("; tried again in {:.1} s", pause.as_secs_f64()),
            _ => String::new(),
        };
        let text = line(&format!("attempt {attempt} failed: {}{next}", fault.describe()));
        log::append(tx, claim.key, &[(LogLevel::Error, text)]).await?;
    }
    Ok(Some(state))
}

/// `attempts` is what the attempt that ended counts less.
async fn wait(tx: &mut Tx, id: JobId, pause: Duration, attempts: i64) -> Result<(), StoreError> {
    announce(tx, id);
    let due_at = later(now(tx).await?, pause);
    let text = "UPDATE work_jobs SET state = 'waiting', holder = NULL, due_at = ?, attempt = attempt + ? WHERE id = ?";
    tx.execute(text, vec![due_at.into(), attempts.into(), id.0.into()])
        .await
        .map(drop)
}

async fn note_problem(tx: &mut Tx, id: JobId, fault: Option<&Fault>) -> Result<(), StoreError> {
    let problem = fault
        .map(bounded)
        .as_ref()
        .map_or(Ok(Arg::Text(None)), Arg::json)?;
    let text = "UPDATE work_jobs SET problem = ? WHERE id = ?";
    tx.execute(text, vec![problem, id.0.into()]).await.map(drop)
}

/// A fault as it is kept: one sentence, however long its chain of causes is.
fn bounded(fault: &Fault) -> Fault {
    Fault::new(line(&fault.name), line(&fault.describe()))
}
