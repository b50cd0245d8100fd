//! Changes of jobs that callers ask for, each kept together with its audit event.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::FromRef;
use model::{Actor, Fault};
use plugin::{AuditEvent, AuditLog, AuditOutcome};
use work::{Cancelling, JobId, JobReport, Jobs, WorkError};

/// The jobs, and where it is kept who changed them.
#[derive(Clone)]
pub(crate) struct Desk {
    jobs: Jobs,
    audit: Arc<dyn AuditLog>,
}

/// Handlers that only show jobs take the jobs alone.
impl FromRef<Desk> for Jobs {
    fn from_ref(desk: &Desk) -> Self {
        desk.jobs.clone()
    }
}

impl Desk {
    pub(crate) fn new(jobs: Jobs, audit: Arc<dyn AuditLog>) -> Self {
        Self { jobs, audit }
    }

    /// Ends a job that has not ended, by the id of an address; gives its id.
    pub(crate) async fn cancel(&self, id: &str, actor: &Actor) -> Result<JobId, Fault> {
        let done = self.cancel_job(id, actor).await;
        self.attempted("work.job.cancel", id, actor, done).await
    }

    async fn cancel_job(&self, id: &str, actor: &Actor) -> Result<JobId, Fault> {
        let id = job(&self.jobs, id).await?.id;
        let mut tx = self.jobs.begin().await.map_err(fault)?;
        match self.jobs.cancel(&mut tx, id, actor).await.map_err(fault)? {
            Cancelling::Cancelled | Cancelling::Asked => {}
            Cancelling::HasEnded => return Err(Fault::conflict(format!("The job {id} has ended already."))),
            Cancelling::Missing => return Err(Fault::not_found(format!("There is no job {id}."))),
        }
        let event = event("work.job.cancel", &id.to_string(), actor, AuditOutcome::Done);
        self.audit.record(&mut tx, event).await.map_err(fault)?;
        tx.commit().await.map_err(fault)?;
        Ok(id)
    }

    /// Has a job done again that did not end well, by the id of an address; gives its id.
    pub(crate) async fn retry(&self, id: &str, actor: &Actor) -> Result<JobId, Fault> {
        let done = self.retry_job(id, actor).await;
        self.attempted("work.job.retry", id, actor, done).await
    }

    async fn retry_job(&self, id: &str, actor: &Actor) -> Result<JobId, Fault> {
        let id = job(&self.jobs, id).await?.id;
        let mut tx = self.jobs.begin().await.map_err(fault)?;
        if !self.jobs.retry(&mut tx, id, actor).await.map_err(fault)? {
            return Err(Fault::conflict(format!(
                "The job {id} is not one that failed or was cancelled, so it cannot be done again."
            )));
        }
        let event = event("work.job.retry", &id.to_string(), actor, AuditOutcome::Done);
        self.audit.record(&mut tx, event).await.map_err(fault)?;
        tx.commit().await.map_err(fault)?;
        Ok(id)
    }

    /// Keeps an attempt that changed nothing, and hands its outcome on.
    async fn attempted<T>(
        &self,
        action: &'static str,
        id: &str,
        actor: &Actor,
        outcome: Result<T, Fault>,
    ) -> Result<T, Fault> {
        if outcome.is_err() {
            let event = event(action, id, actor, AuditOutcome::of(&outcome));
            self.audit.record_attempt(event).await;
        }
        outcome
    }
}

fn event(action: &'static str, id: &str, actor: &Actor, outcome: AuditOutcome) -> AuditEvent {
    AuditEvent {
        actor: actor.clone(),
        action: action.into(),
        subject: format!("job:{id}"),
        outcome,
    }
}

/// A job by the id of an address.
pub(crate) async fn job(jobs: &Jobs, id: &str) -> Result<JobReport, Fault> {
    let found = match JobId::from_str(id) {
        Ok(id) => jobs.show(id).await.map_err(fault)?,
        Err(_) => None,
    };
    found.ok_or_else(|| {
        Fault::not_found(format!(
            "There is no job {id:?}. Jobs that have ended are kept for some time only."
        ))
    })
}

pub(crate) fn fault(error: impl Into<WorkError>) -> Fault {
    error.into().into()
}
