//! How much runs at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use work::{JobFilter, JobHandler, JobPolicy, JobState};

use crate::fixture::{POLICY, Running, World, doing, options, soon};

/// Counts how many run at once.
#[derive(Default)]
struct Crowd {
    now: AtomicI64,
    most: AtomicI64,
    runs: AtomicU32,
}

fn crowding(kind: &'static str, at_once: u32, crowd: &Arc<Crowd>) -> Arc<dyn JobHandler> {
    let crowd = crowd.clone();
    doing(kind, JobPolicy { at_once, ..POLICY }, move |_| {
        let crowd = crowd.clone();
        async move {
            let now = crowd.now.fetch_add(1, Ordering::SeqCst) + 1;
            crowd.most.fetch_max(now, Ordering::SeqCst);
            crowd.runs.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(40)).await;
            crowd.now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        }
    })
}

async fn until_all_done(world: &World, jobs: usize) {
    soon("all jobs are done", async || {
        let filter = JobFilter {
            state: Some(JobState::Done),
            kind: Some("test.crowd".to_owned()),
            ..JobFilter::default()
        };
        let done = world.jobs.list(&filter, None, 100).await.unwrap();
        (done.jobs.len() == jobs).then_some(())
    })
    .await;
}

pub async fn a_kind_runs_as_often_as_it_may_over_two_runners(world: &World) {
    let (crowd, other) = (Arc::new(Crowd::default()), world.elsewhere().await);
    let both = [
        world.run(crowding("test.crowd", 3, &crowd)),
        other.run(crowding("test.crowd", 3, &crowd)),
    ];
    for _ in 0..15 {
        world.enqueue("test.crowd", Value::Null).await;
    }
    until_all_done(world, 15).await;
    assert_eq!(crowd.most.load(Ordering::SeqCst), 3);
    assert_eq!(crowd.runs.load(Ordering::SeqCst), 15);
    for running in both {
        running.end().await;
    }
}

pub async fn equal_keys_never_overlap(world: &World) {
    let (crowd, other) = (Arc::new(Crowd::default()), world.elsewhere().await);
    let both = [
        world.run(crowding("test.crowd", 8, &crowd)),
        other.run(crowding("test.crowd", 8, &crowd)),
    ];
    for _ in 0..8 {
        world
            .enqueue_with("test.crowd", Value::Null, options().key("test:same"))
            .await;
    }
    until_all_done(world, 8).await;
    assert_eq!(crowd.most.load(Ordering::SeqCst), 1);
    assert_eq!(crowd.runs.load(Ordering::SeqCst), 8);
    for running in both {
        running.end().await;
    }
}

pub async fn a_kind_with_a_queue_holds_up_no_other(world: &World) {
    let stuck = JobPolicy { at_once: 2, ..POLICY };
    let runner = world
        .runner()
        .handler(doing("test.stuck", stuck, |job| async move {
            job.stop.cancelled().await;
            Ok(())
        }))
        .handler(doing("test.other", POLICY, |_| async { Ok(()) }));
    for number in 0..20 {
        world.enqueue("test.stuck", json!(number)).await;
    }
    let running = Running::start(runner);
    let id = world.enqueue("test.other", Value::Null).await;
    world.until(id, JobState::Done).await;
    running.end().await;
}
