//! The job that finds out which sites another program has published anew, so that they can be found by their new words. People
//! who open a page see what is new in any case.

use std::time::Duration;

use async_trait::async_trait;
use catalog::Sight;
use jiff::{SignedDuration, Timestamp};
use model::EntityRef;
use work::{Job, JobFailure, JobHandler, Schedule};

use crate::source::Source;
use crate::{Docs, documented};

/// The kind of the job, and the name of its schedule.
pub(crate) const KIND: &str = "techdocs.republished";
/// How often it is done.
const PERIOD: Duration = Duration::from_mins(10);
/// How long ago a site may have been published that counts as new: two periods, so that one that was missed does not matter.
const LATELY: SignedDuration = SignedDuration::from_mins(20);

/// Finds sites that were published lately.
pub(crate) struct Republished(pub(crate) Docs);

/// When it is done.
pub(crate) fn schedule() -> Schedule {
    Schedule::every(KIND, PERIOD, KIND)
}

#[async_trait]
impl JobHandler for Republished {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let docs = &self.0;
        let Some(published) = docs.library.published() else {
            return Ok(());
        };
        let sight = Sight::system("documentation that was published anew");
        let since = Timestamp::now() - LATELY;
        let (mut offset, mut new) = (Some(0), Vec::new());
        while let Some(from) = offset {
            let (entities, next) = documented::batch(docs, &sight, from).await?;
            offset = next;
            for value in &entities {
                let Some(Source::Published(folder)) = docs.library.published_source(value) else {
                    continue;
                };
                // A storage that is away is asked again the next time.
                let at = published.published_at(&folder).await?;
                if at.is_some_and(|at| at > since) {
                    new.extend(EntityRef::of(value));
                }
            }
        }
        if !new.is_empty() {
            docs.library.changed(&new).await?;
            job.log.info(format!("{} sites were published lately", new.len()));
        }
        Ok(())
    }
}
