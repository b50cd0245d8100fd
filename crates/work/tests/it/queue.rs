//! Enqueuing, and that a job is done.

use std::sync::Arc;

use model::{Actor, Viewer};
use parking_lot::Mutex;
use serde_json::{Value, json};
use store::Lane;
use work::{JobId, JobOptions, JobState, WorkError};

use crate::fixture::{POLICY, World, doing, options};

/// Id, attempt, payload and author of a job.
type Seen = (JobId, u32, Value, Actor);

pub async fn done_once_with_what_it_was_given(world: &World) {
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let noted = seen.clone();
    let running = world.run(doing("test.echo", POLICY, move |job| {
        noted.lock().push((job.id, job.attempt, job.payload, job.actor));
        job.log.info("echoed");
        async { Ok(()) }
    }));
    let actor = Actor::caller(&Viewer::guest(), Some("4711".into()));
    let options = JobOptions::of(actor.clone()).key("test:one");
    let id = world
        .enqueue_with("test.echo", json!({"a": [1, "ü"]}), options)
        .await;
    let job = world.until(id, JobState::Done).await;
    assert_eq!(job.kind, "test.echo");
    assert_eq!(job.key.as_deref(), Some("test:one"));
    assert_eq!((job.attempt, job.actor.clone()), (1, actor.clone()));
    assert!(job.started_at >= Some(job.created_at) && job.ended_at >= job.started_at);
    assert_eq!((job.problem, job.due_at, job.schedule), (None, None, None));
    assert_eq!(world.log_of(id).await, ["echoed"]);
    running.end().await;
    assert_eq!(*seen.lock(), [(id, 1, json!({"a": [1, "ü"]}), actor)]);
}

pub async fn enqueued_exactly_if_the_transaction_is_kept(world: &World) {
    let mut tx = world.store.write_unordered(Lane::Person).await.unwrap();
    let gone = world
        .jobs
        .enqueue(&mut tx, "test.tx", &"gone", options())
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    // In the transaction of entities as well.
    let mut tx = world.store.write(Lane::Bulk).await.unwrap();
    let kept = world
        .jobs
        .enqueue(&mut tx, "test.tx", &"kept", options())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let running = world.run(doing("test.tx", POLICY, |_| async { Ok(()) }));
    world.until(kept, JobState::Done).await;
    assert_eq!(world.jobs.show(gone).await.unwrap(), None);
    running.end().await;
}

pub async fn too_large_is_refused(world: &World) {
    let large = "x".repeat(1 << 20);
    let refused = world.jobs.enqueue_alone("test.large", &large, options()).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, WorkError::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("payload of a job"), "{error}");
}
