//! The job for each push: documentation of the branch is read again by the next reader, and can be found.

use async_trait::async_trait;
use catalog::Sight;
use catalog::query::ListRequest;
use model::{EntityRef, Fault, Filter};
use scm::Push;
use work::{Job, JobFailure, JobHandler};

use crate::source::Source;
use crate::{Docs, REF};

/// The kind of the jobs.
pub(crate) const KIND: &str = "techdocs.refresh";
/// Entities that are gone through at a time.
const BATCH: usize = 500;

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
        let view = docs.catalog.seen_by(&sight);
        let filter = Filter::Exists {
            key: format!("metadata.annotations.{REF}"),
        };
        let mut concerned = Vec::new();
        let mut offset = 0;
        loop {
            let listing = view
                .listing(&ListRequest::for_people(filter.clone()).page(offset, BATCH))
                .await?;
            for value in &listing.entities {
                if let Some(Ok(Source::Url(url))) = Source::of(value, docs.library.integrations())
                    && push.concerns(&url)
                {
                    concerned.extend(EntityRef::of(value));
                }
            }
            match listing.next {
                Some(next) => offset = next,
                None => return Ok(concerned),
            }
        }
    }
}
