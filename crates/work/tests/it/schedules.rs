//! Schedules.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use work::{JobFilter, JobState, Schedule, ScheduleReport};

use crate::fixture::{POLICY, Running, World, doing, soon};

async fn report(world: &World, name: &str) -> ScheduleReport {
    soon("the schedule is stored", async || {
        let all = world.jobs.schedules().await.unwrap();
        all.into_iter().find(|one| one.name == name)
    })
    .await
}

pub async fn run_once_by_two_processes(world: &World) {
    let (runs, other) = (Arc::new(AtomicU32::new(0)), world.elsewhere().await);
    let start = |world: &World| {
        let runs = runs.clone();
        let handler = doing("test.tick", POLICY, move |job| {
            assert_eq!(job.payload, json!({"scope": "all"}));
            runs.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        });
        let hourly = Schedule::every("test.hourly", Duration::from_hours(1), "test.tick");
        let schedule = hourly.payload(json!({"scope": "all"}));
        Running::start(world.runner().handler(handler).schedule(schedule))
    };
    let both = [start(world), start(&other)];
    let done = soon("its job is done", async || {
        let found = report(world, "test.hourly").await;
        let is_done = found.last_job.is_some_and(|job| job.1 == Some(JobState::Done));
        is_done.then_some(found)
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(report(world, "test.hourly").await, done);
    let last_at = done.last_at.unwrap();
    let until_next = done.next_at.duration_since(last_at).as_secs();
    assert!((3_590..=3_600).contains(&until_next), "{until_next} s");
    for running in both {
        running.end().await;
    }
}

pub async fn no_second_job_while_one_is_open(world: &World) {
    let handler = doing("test.tick", POLICY, |job| async move {
        job.stop.cancelled().await;
        Ok(())
    });
    let schedule = Schedule::every("test.often", Duration::from_millis(100), "test.tick");
    let running = Running::start(world.runner().handler(handler).schedule(schedule));
    let first = soon("it begins", async || report(world, "test.often").await.last_job).await;
    let next_at = report(world, "test.often").await.next_at;
    soon("some periods pass", async || {
        let later = report(world, "test.often").await.next_at;
        (later.duration_since(next_at).as_millis() >= 400).then_some(())
    })
    .await;
    let filter = JobFilter {
        schedule: Some("test.often".to_owned()),
        ..JobFilter::default()
    };
    let jobs = world.jobs.list(&filter, None, 10).await.unwrap().jobs;
    assert_eq!(jobs.iter().map(|job| job.id).collect::<Vec<_>>(), [first.0]);
    running.end().await;
}
