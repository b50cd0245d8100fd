//! The webhook of the notification controller (`Provider` of the type `generic-hmac`). The endpoint of all webhooks checks and
//! publishes it; here it is kept for the history of its object, and open pages look again.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{Clock, Fault, SystemClock};
use store::{Lane, Store, StoreError};
use work::{Job, JobFailure, JobHandler};

use crate::engine::Pushed;
use crate::tables;

/// The topic of the configuration (`events.modules.flux.webhookSecret`), and the last word of the address.
pub(crate) const TOPIC: &str = "flux";
/// The kind of the jobs.
pub(crate) const KIND: &str = "flux.event";
/// The topic that open pages follow.
pub(crate) const LIVE: &str = "flux.event";
/// How long what was told is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The job for each webhook.
pub(crate) struct Told(pub Store);

#[async_trait]
impl JobHandler for Told {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let Some(told) = Pushed::read(&job.payload["eventPayload"]) else {
            job.log.info("the webhook is about no object of Flux".to_owned());
            return Ok(());
        };
        let kept = keep(&self.0, &told, SystemClock.now()).await;
        kept.map_err(|error| JobFailure::from(Fault::error(error.to_string())))?;
        let object = format!("{} {}/{}", told.kind, told.namespace, told.name);
        job.log.info(format!("{} of {object} is kept", told.reason));
        Ok(())
    }
}

async fn keep(store: &Store, told: &Pushed, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.write_unordered(Lane::Person).await?;
    tables::forget(&mut tx, now - KEPT).await?;
    tables::insert(&mut tx, told).await?;
    tx.announce(LIVE);
    tx.commit().await
}

/// What was told of an object, newest first. Where the database does not answer, nothing is.
pub(crate) async fn of_object(
    store: &Store,
    cluster: &str,
    object: (&str, &str, &str),
    limit: usize,
) -> Vec<Pushed> {
    let found = async {
        let mut session = store.read().await?;
        tables::of_object(&mut session, cluster, object, limit).await
    };
    match found.await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(
                "what Flux told of {} {}/{} is not shown: {error}",
                object.0,
                object.1,
                object.2
            );
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use store::Database;

    use super::*;

    fn told(name: &str, cluster: &str, at: &str) -> Pushed {
        Pushed {
            at: at.parse().unwrap(),
            cluster: cluster.to_owned(),
            kind: "Kustomization".to_owned(),
            namespace: "flux-system".to_owned(),
            name: name.to_owned(),
            is_error: true,
            reason: "BuildFailed".to_owned(),
            message: "no such path".to_owned(),
            revision: "main@sha1:464990e9".to_owned(),
        }
    }

    #[tokio::test]
    async fn what_was_told_is_kept_once_and_forgotten_after_a_while() {
        let tables = [("flux", tables::MIGRATIONS)];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let now: Timestamp = "2026-11-24T09:30:00Z".parse().unwrap();
        let new = told("apps", "", "2026-11-24T09:00:00Z");
        for one in [
            &told("apps", "north", "2026-08-01T09:00:00Z"),
            &new,
            &new,
            &told("apps", "south", "2026-11-24T08:00:00Z"),
            &told("other", "", "2026-11-24T08:00:00Z"),
        ] {
            keep(&store, one, now).await.unwrap();
        }
        let of = async |cluster: &str| {
            let object = ("Kustomization", "flux-system", "apps");
            let found = of_object(&store, cluster, object, 10).await;
            found.iter().map(|one| one.at.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(of("north").await, ["2026-11-24T09:00:00Z"]);
        assert_eq!(
            of("south").await,
            ["2026-11-24T09:00:00Z", "2026-11-24T08:00:00Z"]
        );
        let all = of_object(&store, "north", ("Kustomization", "flux-system", "apps"), 10).await;
        assert_eq!(all, [new]);
    }
}
