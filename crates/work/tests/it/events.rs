//! Events.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Actor, Viewer};
use parking_lot::Mutex;
use serde_json::json;
use store::Lane;
use work::{Events, JobFailure, JobHandler, JobRunnerBuilder, Subscription};

use crate::fixture::{POLICY, Running, World, doing, soon};

/// Payloads by kind of job.
type Seen = Arc<Mutex<BTreeMap<String, Vec<String>>>>;

fn noting(kind: &'static str, seen: &Seen) -> Arc<dyn JobHandler> {
    let seen = seen.clone();
    doing(kind, POLICY, move |job| {
        let seen = seen.clone();
        async move {
            // At least once: the first attempt fails.
            if job.attempt == 1 {
                return Err(JobFailure::Retry(model::Fault::error("not now")));
            }
            let line = format!("{} by {}", job.payload, job.actor.name());
            seen.lock().entry(job.kind.to_string()).or_default().push(line);
            Ok(())
        }
    })
}

fn subscribed(world: &World, seen: &Seen) -> JobRunnerBuilder {
    let runner = world.runner();
    let runner = runner
        .handler(noting("test.index", seen))
        .handler(noting("test.build", seen));
    runner
        .subscription(Subscription::new("test.push", "test.index"))
        .subscription(Subscription::new("test.push", "test.build"))
        .subscription(Subscription::new("test.other", "test.build"))
}

async fn publish(world: &World, topic: &str, payload: &str, is_kept: bool) {
    let mut tx = world.store.write_unordered(Lane::Person).await.unwrap();
    let actor = Actor::caller(&Viewer::guest(), None);
    Events.publish(&mut tx, topic, &payload, &actor).await.unwrap();
    if is_kept {
        tx.commit().await.unwrap();
    }
}

pub async fn one_job_for_every_subscription(world: &World) {
    let (seen, other) = (Seen::default(), world.elsewhere().await);
    publish(world, "test.push", "one", true).await;
    let both = [
        Running::start(subscribed(world, &seen)),
        Running::start(subscribed(&other, &seen)),
    ];
    publish(world, "test.push", "two", true).await;
    publish(world, "test.unknown", "three", true).await;
    soon("all are handled", async || {
        let seen = seen.lock();
        (seen.values().map(Vec::len).sum::<usize>() >= 4).then_some(())
    })
    .await;
    for running in both {
        running.end().await;
    }
    let mut seen = std::mem::take(&mut *seen.lock());
    for lines in seen.values_mut() {
        lines.sort();
    }
    let lines = vec!["\"one\" by guest".to_owned(), "\"two\" by guest".to_owned()];
    let expected = [("test.build", lines.clone()), ("test.index", lines)];
    assert_eq!(
        seen,
        BTreeMap::from(expected.map(|(kind, lines)| (kind.to_owned(), lines)))
    );
}

pub async fn published_exactly_if_the_transaction_is_kept(world: &World) {
    let seen = Seen::default();
    publish(world, "test.other", "dropped", false).await;
    publish(world, "test.other", "kept", true).await;
    let running = Running::start(subscribed(world, &seen));
    soon("it is handled", async || {
        seen.lock().contains_key("test.build").then_some(())
    })
    .await;
    running.end().await;
    assert_eq!(json!(*seen.lock()), json!({"test.build": ["\"kept\" by guest"]}));
}
