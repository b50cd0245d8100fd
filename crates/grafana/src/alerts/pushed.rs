//! The job for what Grafana's contact point sends: alerts are asked for at once.
//!
//! What was sent is not read: it says that something changed, and the answer to the question says what.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use work::{BackOff, Job, JobFailure, JobHandler, JobPolicy};

use super::refresh::Refresh;

/// The kind of the jobs.
pub(crate) const KIND: &str = "grafana.pushed";
/// The topic of the webhooks, under `events.modules`.
pub(crate) const WEBHOOKS: &str = "grafana";

/// Asks for alerts as soon as Grafana says that one changed.
pub(crate) struct Pushed(pub(crate) Arc<Refresh>);

#[async_trait]
impl JobHandler for Pushed {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            attempts: 3,
            back_off: BackOff::new(Duration::from_secs(1), Duration::from_secs(10)),
            time: Duration::from_mins(3),
            at_once: 1,
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let round = self.0.ask_all().await;
        for line in round.map_err(|error| Fault::error(error.to_string()))?.lines {
            job.log.info(line);
        }
        Ok(())
    }
}
