//! Processes that are killed, and processes that sleep through the end of their claims.
//!
//! A killed process is this test program again; its environment says what it does.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use store::{Database, Lane};
use work::{Job, JobPolicy, JobState, WorkError};

use crate::fixture::{POLICY, QUICK, Running, World, doing, opened, options, soon};

const DATABASE: &str = "WORK_TEST_DATABASE";
const FIRST: JobPolicy = JobPolicy {
    attempts: 2,
    ..POLICY
};

struct Other(Child);

impl Other {
    fn start(database: &Database) -> Self {
        let address = match database {
            Database::Sqlite(path) => path.display().to_string(),
            Database::Postgres { url, .. } => url.expose_secret().to_owned(),
            Database::SqliteMemory => unreachable!("no other process can open it"),
        };
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::other_process"])
            .env(DATABASE, address)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Other {
    /// Kills it, as `kill -9` does.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not a test by itself: what the other process does until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_process() {
    let Ok(address) = std::env::var(DATABASE) else {
        return;
    };
    let database = if address.starts_with("postgres://") {
        Database::postgres(address)
    } else {
        Database::Sqlite(address.into())
    };
    let world = opened(database).await;
    let running = world.run(doing("test.killed", FIRST, |job: Job| async move {
        job.checkpoint.save(&json!({"steps": ["one"]})).await?;
        std::future::pending().await
    }));
    running.end_never().await;
}

async fn killed_in(world: &World, id: work::JobId, attempt: u32) {
    let other = Other::start(&world.database);
    soon("the other process works", async || {
        let job = world.job(id).await;
        let is_begun = job.state == JobState::Running && job.attempt == attempt;
        (is_begun && checkpoint(world, id).await.is_some()).then_some(())
    })
    .await;
    drop(other);
}

async fn checkpoint(world: &World, id: work::JobId) -> Option<Value> {
    let mut session = world.store.read().await.unwrap();
    let text = format!("{} checkpoint FROM work_jobs WHERE id = ?", "SELECT");
    let row = session.row(text, vec![id.0.into()]).await.unwrap().unwrap();
    row.maybe_json(0).unwrap()
}

pub async fn the_jobs_of_a_killed_process_are_taken_over(world: &World) {
    let id = world.enqueue("test.killed", Value::Null).await;
    killed_in(world, id, 1).await;
    let began = Instant::now();
    let running = world.run(doing("test.killed", FIRST, |job| async move {
        assert_eq!(job.checkpoint.get(), Some(json!({"steps": ["one"]})));
        Ok(())
    }));
    let job = world.until(id, JobState::Done).await;
    assert_eq!(job.attempt, 2);
    // A loaded machine may be slow with the rest.
    let most = QUICK.taken_over_within() + Duration::from_secs(2);
    assert!(began.elapsed() <= most, "{:?}", began.elapsed());
    running.end().await;
}

pub async fn a_job_that_kills_its_process_is_not_run_for_ever(world: &World) {
    let id = world.enqueue("test.killed", Value::Null).await;
    killed_in(world, id, 1).await;
    killed_in(world, id, 2).await;
    let running = world.run(doing("test.killed", FIRST, |_| async { Ok(()) }));
    let job = world.until(id, JobState::Failed).await;
    assert_eq!(job.attempt, 2);
    let problem = job.problem.unwrap().message;
    assert!(problem.contains("the process that ran it ended"), "{problem}");
    running.end().await;
}

/// The first runner is frozen until its claim has run out and another one has done the job. Then it wakes, and can
/// neither keep a checkpoint nor end the job nor write into its log.
pub async fn what_a_sleeper_writes_is_refused(world: &World) {
    let kept: Arc<Mutex<Option<Job>>> = Arc::default();
    let keeping = kept.clone();
    let sleeper = world.run(doing("test.sleep", POLICY, move |job: Job| {
        *keeping.lock() = Some(job);
        std::future::pending()
    }));
    let id = world.enqueue("test.sleep", Value::Null).await;
    let job = soon("it is run", async || kept.lock().take()).await;
    sleeper.kill().await;

    let other = world.elsewhere().await;
    let running = other.run(doing("test.sleep", POLICY, |job: Job| async move {
        job.checkpoint.save(&"mine").await?;
        job.stop.cancelled().await;
        Ok(())
    }));
    soon("it is taken over", async || checkpoint(world, id).await).await;
    let refused = job.checkpoint.save(&"old").await.unwrap_err();
    assert!(matches!(refused, WorkError::Lost), "{refused}");
    // Nor together with other data.
    let mut tx = world.store.write_unordered(Lane::Bulk).await.unwrap();
    let refused = job.checkpoint.save_in(&mut tx, &"old").await.unwrap_err();
    assert!(matches!(refused, WorkError::Lost), "{refused}");
    drop(tx);
    assert_eq!(checkpoint(world, id).await, Some(json!("mine")));
    running.stop.cancel();
    world.until(id, JobState::Done).await;
    running.end().await;
}

/// The writer is held up for longer than the claim holds, when the process is about to claim another job.
pub async fn a_process_does_not_take_its_own_work_after_a_stall(world: &World) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let long = doing("test.long", POLICY, move |job: Job| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            job.stop.cancelled().await;
            Ok(())
        }
    });
    let running = Running::start(world.runner().handler(long).handler(doing(
        "test.short",
        POLICY,
        |_| async { Ok(()) },
    )));
    let id = world.enqueue("test.long", Value::Null).await;
    world.until(id, JobState::Running).await;
    let later = options().after(Duration::from_millis(40));
    let other = world.enqueue_with("test.short", Value::Null, later).await;
    let stall = world.store.write_unordered(Lane::Bulk).await.unwrap();
    tokio::time::sleep(QUICK.hold * 2).await;
    drop(stall);
    world.until(other, JobState::Done).await;
    let job = world.job(id).await;
    assert_eq!((job.state, job.attempt), (JobState::Running, 1));
    assert_eq!(runs.load(Ordering::SeqCst), 1, "it was not begun anew");
    running.end().await;
}

impl Running {
    async fn end_never(self) {
        tokio::time::sleep(Duration::from_mins(1)).await;
        self.end().await;
    }
}
