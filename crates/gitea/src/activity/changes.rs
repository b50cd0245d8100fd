//! What the server says by webhooks: a push, a pull request, an issue, a release, a status, a run. One process gets the webhook,
//! and every process hears of it.

use std::sync::Weak;

use async_trait::async_trait;
use model::Fault;
use serde_json::Value;
use store::{Announced, Lane, Store};
use work::{Job, JobFailure, JobHandler};

use super::{Activity, Inner};

/// The kind of the jobs.
pub(crate) const KIND: &str = "gitea.activity";
/// Announced for all processes, with the page of the repository behind it.
const CHANGED: &str = "gitea.repository ";

/// The job for each push and each webhook.
pub(crate) struct Changed(pub Store);

#[async_trait]
impl JobHandler for Changed {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let Some(page) = repository(&job.payload) else {
            job.log.info("the event is about no repository".to_owned());
            return Ok(());
        };
        let announced = announce(&self.0, page).await;
        announced.map_err(|error| JobFailure::from(Fault::error(error.to_string())))?;
        job.log.info(format!("pages about {page} are made anew"));
        Ok(())
    }
}

async fn announce(store: &Store, page: &str) -> Result<(), store::StoreError> {
    let mut tx = store.write_unordered(Lane::Person).await?;
    tx.announce(&format!("{CHANGED}{page}"));
    tx.commit().await
}

/// The page of the repository that an event is about: of a push ([`scm::Push`]), or of a webhook.
fn repository(event: &Value) -> Option<&str> {
    let push = event.get("repository").and_then(Value::as_str);
    let webhook = || event.pointer("/eventPayload/repository/html_url")?.as_str();
    push.or_else(webhook)
}

/// Hears what the jobs of all processes announce, as long as the store and the pages are there.
pub(crate) fn follow(activity: &Activity, store: &Store) {
    let known: Weak<Inner> = std::sync::Arc::downgrade(&activity.0);
    let mut announcements = store.announcements();
    tokio::spawn(async move {
        while let Some(announced) = announcements.next().await {
            let Some(activity) = known.upgrade().map(Activity) else {
                return;
            };
            match announced {
                Announced::Missed => activity.all_changed(),
                Announced::Topic(topic) => {
                    if let Some(page) = topic.strip_prefix(CHANGED) {
                        activity.changed(page);
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::repository;

    #[test]
    fn pushes_and_webhooks_name_the_repository() {
        let page = "https://git.example.com/shop/orders";
        let push = json!({"repository": page, "name": "main"});
        let webhook =
            json!({"topic": "gitea", "eventPayload": {"action": "opened", "repository": {"html_url": page}}});
        assert_eq!(repository(&push), Some(page));
        assert_eq!(repository(&webhook), Some(page));
        assert_eq!(repository(&json!({"eventPayload": "no JSON"})), None);
    }
}
