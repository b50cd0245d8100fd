//! The job for each push: what the catalog reads from the branch is read again at once.

use async_trait::async_trait;
use catalog::Catalog;
use scm::Push;
use work::{Job, JobFailure, JobHandler};

/// The kind of the jobs.
pub(crate) const KIND: &str = "events.refresh";

/// Has the sources looked at that a push concerns.
pub(crate) struct Refresh(pub Catalog);

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let push: Push = job.read("push")?;
        let Push { repository, name, .. } = &push;
        let found = self.0.refresh_addresses(|address| push.concerns(address)).await?;
        if found == 0 {
            job.log.info(format!(
                "the catalog reads nothing from {name} of {repository}; if it should, the address of its location begins \
                 otherwise than the address that the Git host has of itself"
            ));
        } else {
            job.log.info(format!(
                "{found} sources and files of {name} of {repository} are read again"
            ));
        }
        Ok(())
    }
}
