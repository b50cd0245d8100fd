//! The job for each event of a Git host: what the catalog reads from the branch or the repository is read again at once.

use async_trait::async_trait;
use catalog::Catalog;
use model::Fault;
use scm::{HostEvent, Push};
use serde_json::Value;
use work::{Job, JobFailure, JobHandler};

/// The kind of the jobs.
pub(crate) const KIND: &str = "events.refresh";

/// Has the sources read again that an event concerns.
pub(crate) struct Refresh(pub Catalog);

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let event = read(job.payload).map_err(JobFailure::GiveUp)?;
        let found = self
            .0
            .refresh_addresses(|address| event.concerns(address))
            .await?;
        let of = of(&event);
        if found > 0 {
            job.log
                .info(format!("{found} sources and files of {of} are read again"));
            return Ok(());
        }
        let hint = if names_files(&event) {
            "of the files that were pushed"
        } else {
            "of it; if it should, the address of its location begins otherwise than the address that the Git host has of itself"
        };
        job.log.info(format!("{of}: the catalog reads nothing {hint}"));
        Ok(())
    }
}

/// An event as it was published.
fn read(payload: Value) -> Result<HostEvent, Fault> {
    // A push that an older version published says nothing but the push.
    let event = if payload.get("event").is_some() {
        serde_json::from_value(payload)
    } else {
        serde_json::from_value(payload).map(HostEvent::Push)
    };
    event.map_err(|error| Fault::input(format!("The event cannot be read: {error}")))
}

fn names_files(event: &HostEvent) -> bool {
    matches!(event, HostEvent::Push(Push { files: Some(_), .. }))
}

/// What an event is about, for the log.
fn of(event: &HostEvent) -> String {
    match event.name() {
        Some(name) => format!("{name} of {}", event.repository()),
        None => event.repository().to_owned(),
    }
}
