//! The job for each push: documentation of the branch is read again by the next reader, and can be found.

use async_trait::async_trait;
use catalog::Sight;
use model::{EntityRef, Fault};
use scm::Push;
use work::{Job, JobFailure, JobHandler};

use crate::source::Source;
use crate::{Docs, documented};

/// The kind of the jobs.
pub(crate) const KIND: &str = "techdocs.refresh";

/// Finds the documentation that a push concerns.
pub(crate) struct Refresh(pub Docs);

#[async_trait]
impl JobHandler for Refresh {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let push: Push = job.read("push")?;
        let docs = &self.0;
        docs.library.mark(|url| push.concerns(url)).await;
        let concerned = self.concerned(&push).await?;
        if !concerned.is_empty() {
            docs.library.changed(&concerned).await?;
            job.log.info(format!(
                "documentation of {} entities is read again",
                concerned.len()
            ));
        }
        Ok(())
    }
}

impl Refresh {
    async fn concerned(&self, push: &Push) -> Result<Vec<EntityRef>, Fault> {
        let docs = &self.0;
        let sight = Sight::system("documentation that a push concerns");
        let mut concerned = Vec::new();
        let mut offset = 0;
        loop {
            let (entities, next) = documented::batch(docs, &sight, offset).await?;
            for value in &entities {
                if let Some(Ok(Source::Url(url))) = docs.library.source_of(value)
                    && push.concerns(&url)
                {
                    concerned.extend(EntityRef::of(value));
                }
            }
            match next {
                Some(next) => offset = next,
                None => return Ok(concerned),
            }
        }
    }
}
