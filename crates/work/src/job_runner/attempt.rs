//! One attempt at a job: within its time, with its log stored on the way.

use std::time::{Duration, Instant};

use model::Fault;
use store::{Lane, StoreError};
use tokio_util::sync::CancellationToken;

use super::Parts;
use crate::checkpoint::Checkpoint;
use crate::claim::{Claim, Ending};
use crate::job::{Job, JobFailure, JobHandler, JobId};
use crate::job_log::JobLog;
use crate::measures;
use crate::panics::caught;
use crate::tables::{claims::ClaimedJob, log};

/// How often lines of the log are stored.
const STORED: Duration = Duration::from_millis(500);

/// Runs the handler; how the attempt ended.
pub(super) async fn attempt(
    parts: &Parts,
    claim: Claim<JobId>,
    claimed: ClaimedJob,
    stop: CancellationToken,
) -> Ending {
    let kind = claimed.kind;
    let Some(handler) = parts.handlers.get(&kind) else {
        return Ending::Stopped;
    };
    let (began, log) = (Instant::now(), JobLog::default());
    let stop_job = stop.child_token();
    let job = Job {
        id: claim.key,
        kind: kind.as_str().into(),
        attempt: claimed.attempt,
        payload: claimed.payload,
        actor: claimed.actor,
        stop: stop_job.clone(),
        log: log.clone(),
        checkpoint: Checkpoint::of_job(parts.jobs.store().clone(), claim.clone(), claimed.checkpoint),
    };
    let ended = CancellationToken::new();
    let running = async {
        let ending = within_time(&**handler, job, stop_job, parts.grace).await;
        ended.cancel();
        ending
    };
    let (ending, ()) = tokio::join!(running, keep_log(parts, &claim, &log, &ended));
    let outcome = match &ending {
        Ending::Done => "done",
        Ending::Retry(_) | Ending::GiveUp(_) => "failed",
        Ending::Stopped | Ending::Later(_) => "stopped",
    };
    measures::attempt(&kind, outcome, began.elapsed());
    if let Ending::Retry(fault) | Ending::GiveUp(fault) = &ending {
        tracing::warn!(job = %claim.key, kind, attempt = claimed.attempt, %fault, "a job failed");
    }
    ending
}

/// Runs the handler for the time of its policy; then it is asked to end, and dropped after the grace.
async fn within_time(handler: &dyn JobHandler, job: Job, stop: CancellationToken, grace: Duration) -> Ending {
    let limit = handler.policy().time;
    let mut running = std::pin::pin!(caught(handler.run(job)));
    if let Ok(end) = tokio::time::timeout(limit, &mut running).await {
        return ending(end);
    }
    stop.cancel();
    let _ = tokio::time::timeout(grace, running).await;
    let seconds = limit.as_secs_f64();
    Ending::Retry(Fault::error(format!(
        "the job took longer than the {seconds} s that its kind allows"
    )))
}

fn ending(end: Result<Result<(), JobFailure>, Fault>) -> Ending {
    match end {
        Ok(Ok(())) => Ending::Done,
        Ok(Err(JobFailure::Retry(fault))) | Err(fault) => Ending::Retry(fault),
        Ok(Err(JobFailure::GiveUp(fault))) => Ending::GiveUp(fault),
    }
}

/// Stores lines now and then, and at the end.
async fn keep_log(parts: &Parts, claim: &Claim<JobId>, job_log: &JobLog, ended: &CancellationToken) {
    while tokio::time::timeout(STORED, ended.cancelled()).await.is_err() {
        store_log(parts, claim, job_log).await;
    }
    store_log(parts, claim, job_log).await;
}

/// Stores the lines that wait. Those that cannot be stored are left out: the job is more than its log.
async fn store_log(parts: &Parts, claim: &Claim<JobId>, job_log: &JobLog) {
    let lines = job_log.take();
    if lines.is_empty() {
        return;
    }
    let stored: Result<(), StoreError> = async {
        let mut tx = parts.jobs.store().write_unordered(Lane::Bulk).await?;
        log::append_claimed(&mut tx, claim, &lines).await?;
        tx.commit().await
    }
    .await;
    if let Err(error) = stored {
        tracing::warn!(job = %claim.key, lines = lines.len(), %error, "lines of a job's log are lost");
    }
}
