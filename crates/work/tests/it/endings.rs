//! How attempts and jobs end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use model::{Actor, Fault};
use serde_json::{Value, json};
use work::{Cancelling, JobFailure, JobPolicy, JobState};

use crate::fixture::{POLICY, World, doing, soon};

fn failing(text: &str) -> Result<(), JobFailure> {
    Err(JobFailure::Retry(Fault::error(text)))
}

pub async fn tried_again_until_it_goes_well(world: &World) {
    let running = world.run(doing("test.flaky", POLICY, |job| async move {
        match job.attempt {
            3 => Ok(()),
            _ => failing("not yet"),
        }
    }));
    let id = world.enqueue("test.flaky", Value::Null).await;
    let job = world.until(id, JobState::Done).await;
    assert_eq!((job.attempt, job.problem), (3, None));
    let log = world.log_of(id).await;
    assert_eq!(log.len(), 2);
    assert!(
        log[0].starts_with("attempt 1 failed: not yet; tried again in 0."),
        "{log:?}"
    );
    running.end().await;
}

pub async fn failed_after_the_last_attempt(world: &World) {
    let running = world.run(doing("test.broken", POLICY, |_| async move { failing("never") }));
    let id = world.enqueue("test.broken", Value::Null).await;
    let job = world.until(id, JobState::Failed).await;
    assert_eq!((job.attempt, job.problem), (3, Some(Fault::error("never"))));
    assert_eq!(
        world.log_of(id).await.last().map(String::as_str),
        Some("attempt 3 failed: never")
    );
    running.end().await;
}

pub async fn given_up_at_once(world: &World) {
    let running = world.run(doing("test.hopeless", POLICY, |_| async move {
        Err(JobFailure::GiveUp(Fault::input("no such template")))
    }));
    let id = world.enqueue("test.hopeless", Value::Null).await;
    let job = world.until(id, JobState::Failed).await;
    assert_eq!(
        (job.attempt, job.problem),
        (1, Some(Fault::input("no such template")))
    );
    running.end().await;
}

pub async fn a_panic_is_a_failed_attempt(world: &World) {
    let running = world.run(doing("test.panic", POLICY, |job| async move {
        job.log.info("about to go wrong");
        assert!(job.attempt > 1, "out of luck");
        Ok(())
    }));
    let id = world.enqueue("test.panic", Value::Null).await;
    let job = world.until(id, JobState::Done).await;
    assert_eq!(job.attempt, 2);
    let log = world.log_of(id).await;
    assert_eq!(log[0], "about to go wrong");
    assert!(log[1].contains("the work panicked: out of luck"), "{log:?}");
    running.end().await;
}

pub async fn slow_jobs_are_ended(world: &World) {
    let policy = JobPolicy {
        attempts: 1,
        time: Duration::from_millis(50),
        ..POLICY
    };
    let running = world.run(doing("test.slow", policy, |_| async move {
        std::future::pending().await
    }));
    let id = world.enqueue("test.slow", Value::Null).await;
    let job = world.until(id, JobState::Failed).await;
    let problem = job.problem.unwrap().message;
    assert!(problem.contains("longer than the 0.05 s"), "{problem}");
    running.end().await;
}

pub async fn cancelled_while_it_waits(world: &World) {
    let id = world.enqueue("test.nobody", Value::Null).await;
    let actor = Actor::system("test");
    assert_eq!(world.cancel(id, &actor).await, Cancelling::Cancelled);
    let job = world.job(id).await;
    assert_eq!((job.state, job.attempt), (JobState::Cancelled, 0));
    assert!(job.ended_at.is_some());
    assert_eq!(world.cancel(id, &actor).await, Cancelling::HasEnded);
    assert_eq!(world.log_of(id).await, ["cancelled by system"]);
    let unknown = work::JobId(uuid::Uuid::nil());
    assert_eq!(world.cancel(unknown, &actor).await, Cancelling::Missing);
}

/// Once the job ends by itself when it is asked to, once it has to be dropped; asked here and in another process.
pub async fn cancelled_while_it_runs(world: &World) {
    let running = world.run(doing("test.long", POLICY, |job| async move {
        if job.payload == json!("polite") {
            job.stop.cancelled().await;
            return failing("interrupted");
        }
        std::future::pending().await
    }));
    let elsewhere = world.elsewhere().await;
    for (payload, asking) in [("polite", world), ("deaf", world), ("polite", &elsewhere)] {
        let id = world.enqueue("test.long", json!(payload)).await;
        world.until(id, JobState::Running).await;
        let cancelling = asking.cancel(id, &Actor::system("test")).await;
        assert_eq!(cancelling, Cancelling::Asked);
        let job = world.until(id, JobState::Cancelled).await;
        assert_eq!((job.attempt, job.is_cancelling), (1, false));
    }
    running.end().await;
}

pub async fn done_again_when_a_person_says_so(world: &World) {
    let mended = Arc::new(AtomicU32::new(0));
    let is_mended = mended.clone();
    let policy = JobPolicy {
        attempts: 1,
        ..POLICY
    };
    let running = world.run(doing("test.again", policy, move |job| {
        let is_mended = is_mended.load(Ordering::SeqCst) == 1;
        async move {
            if is_mended {
                assert_eq!(job.checkpoint.get(), Some(json!({"step": 1})));
                return Ok(());
            }
            job.checkpoint.save(&json!({"step": 1})).await?;
            failing("not mended")
        }
    }));
    let id = world.enqueue("test.again", Value::Null).await;
    world.until(id, JobState::Failed).await;
    mended.store(1, Ordering::SeqCst);
    let actor = Actor::system("test");
    assert!(world.retry(id, &actor).await);
    let job = world.until(id, JobState::Done).await;
    assert_eq!((job.attempt, job.problem), (1, None));
    assert!(!world.retry(id, &actor).await, "it is done");
    running.end().await;
}

pub async fn a_stop_gives_jobs_back_and_counts_no_attempt(world: &World) {
    let handler = || {
        doing("test.stopped", POLICY, |job| async move {
            if job.payload == json!("polite") {
                job.stop.cancelled().await;
                return failing("interrupted");
            }
            std::future::pending().await
        })
    };
    let running = world.run(handler());
    let polite = world.enqueue("test.stopped", json!("polite")).await;
    let deaf = world.enqueue("test.stopped", json!("deaf")).await;
    for id in [polite, deaf] {
        world.until(id, JobState::Running).await;
    }
    running.end().await;
    for id in [polite, deaf] {
        let job = world.job(id).await;
        assert_eq!(
            (job.state, job.attempt, job.problem),
            (JobState::Waiting, 0, None)
        );
    }
    // Another process goes on at once.
    let running = world.run(handler());
    soon("both run again", async || {
        let states = [world.job(polite).await.state, world.job(deaf).await.state];
        (states == [JobState::Running; 2]).then_some(())
    })
    .await;
    running.end().await;
}
