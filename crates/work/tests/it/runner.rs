//! The runner alone, on claims that a test gives out.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use store::StoreError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use work::{Claim, Claims, Ending, Pace, Runner};

const PACE: Pace = Pace {
    at_once: 4,
    poll: Duration::from_millis(10),
    hold: Duration::from_millis(80),
    grace: Duration::from_millis(50),
};

#[derive(Default)]
struct Table {
    due: Mutex<VecDeque<Claim<&'static str>>>,
    is_down: Mutex<bool>,
    lost: Mutex<Vec<Claim<&'static str>>>,
    settled: Mutex<Vec<(Claim<&'static str>, Ending)>>,
    /// What happened, in order: claims and parts of the work between them.
    steps: Mutex<Vec<&'static str>>,
    /// Parts of the work between that are left.
    parts: Mutex<u32>,
}

impl Table {
    fn check(&self) -> Result<(), StoreError> {
        if !*self.is_down.lock() {
            return Ok(());
        }
        Err(StoreError::Unavailable {
            reason: "down".to_owned(),
        })
    }
}

struct Given(Arc<Table>);

#[async_trait]
impl Claims for Given {
    type Key = &'static str;
    type Task = ();

    async fn claim_due(&self, limit: usize) -> Result<Vec<(Claim<&'static str>, ())>, StoreError> {
        self.0.check()?;
        let mut due = self.0.due.lock();
        let count = limit.min(due.len());
        self.0
            .steps
            .lock()
            .extend(due.iter().take(count).map(|claim| claim.key));
        Ok(due.drain(..count).map(|claim| (claim, ())).collect())
    }

    async fn renew(&self, claims: &[Claim<&'static str>]) -> Result<Vec<Claim<&'static str>>, StoreError> {
        self.0.check()?;
        let lost = self.0.lost.lock();
        Ok(claims
            .iter()
            .filter(|claim| lost.contains(claim))
            .cloned()
            .collect())
    }

    async fn settle(&self, claim: &Claim<&'static str>, ending: &Ending) -> Result<(), StoreError> {
        self.0.check()?;
        self.0.settled.lock().push((claim.clone(), ending.clone()));
        Ok(())
    }

    async fn between(&self) -> Result<bool, StoreError> {
        let mut parts = self.0.parts.lock();
        if *parts == 0 {
            return Ok(false);
        }
        *parts -= 1;
        self.0.steps.lock().push("part");
        Ok(*parts > 0)
    }
}

fn claim(key: &'static str, number: i64) -> Claim<&'static str> {
    Claim { key, number }
}

/// A runner whose runs report their begin, and end with the word they are sent or when they are asked to.
struct Bench {
    table: Arc<Table>,
    begun: UnboundedReceiver<(Claim<&'static str>, CancellationToken)>,
    go: UnboundedSender<()>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

fn bench(due: &[Claim<&'static str>]) -> Bench {
    let table = Arc::new(Table::default());
    table.due.lock().extend(due.iter().cloned());
    let (begins, begun) = unbounded_channel();
    let (go, going) = unbounded_channel::<()>();
    let going = Arc::new(tokio::sync::Mutex::new(going));
    let stop = CancellationToken::new();
    let (runner, stopped) = (Runner::new(Given(table.clone()), PACE), stop.clone());
    let work = move |claim, (), stop: CancellationToken| {
        let (begins, going) = (begins.clone(), going.clone());
        async move {
            begins.send((claim, stop.clone())).unwrap();
            tokio::select! {
                _ = async { going.lock().await.recv().await } => Ending::Done,
                () = stop.cancelled() => Ending::Stopped,
            }
        }
    };
    let task = tokio::spawn(async move { runner.run(work, &stopped).await });
    Bench {
        table,
        begun,
        go,
        stop,
        task,
    }
}

impl Bench {
    async fn begun(&mut self) -> (Claim<&'static str>, CancellationToken) {
        let begun = tokio::time::timeout(Duration::from_secs(10), self.begun.recv());
        begun.await.expect("it begins in time").unwrap()
    }

    async fn end(self) -> Vec<(Claim<&'static str>, Ending)> {
        self.stop.cancel();
        self.task.await.unwrap();
        self.table.settled.lock().clone()
    }
}

#[tokio::test]
async fn a_database_that_is_away_ends_no_run() {
    let mut bench = bench(&[claim("a", 1)]);
    let (_, stop) = bench.begun().await;
    *bench.table.is_down.lock() = true;
    tokio::time::sleep(PACE.hold * 3).await;
    assert!(!stop.is_cancelled());
    // How it ends is recorded when the database is back.
    bench.go.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(bench.table.settled.lock().is_empty());
    *bench.table.is_down.lock() = false;
    bench.table.due.lock().push_back(claim("b", 1));
    bench.begun().await;
    while bench.table.settled.lock().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let settled = bench.end().await;
    assert_eq!(settled[0], (claim("a", 1), Ending::Done));
    assert_eq!(settled[1], (claim("b", 1), Ending::Stopped));
}

#[tokio::test]
async fn a_lost_claim_ends_its_run_alone() {
    let mut bench = bench(&[claim("a", 1), claim("b", 1)]);
    let (first, second) = (bench.begun().await, bench.begun().await);
    bench.table.lost.lock().push(first.0.clone());
    tokio::time::timeout(Duration::from_secs(10), first.1.cancelled())
        .await
        .unwrap();
    tokio::time::sleep(PACE.hold).await;
    assert!(!second.1.is_cancelled());
    bench.end().await;
}

#[tokio::test]
async fn work_between_takes_turns_with_what_is_due() {
    let table = Arc::new(Table::default());
    *table.parts.lock() = 3;
    table.due.lock().extend([claim("a", 1), claim("b", 1)]);
    let pace = Pace { at_once: 1, ..PACE };
    let runner = Runner::new(Given(table.clone()), pace);
    let work = |_, (), _| async { Ending::Done };
    let runs = runner.run_until_idle(work, &CancellationToken::new()).await;
    assert_eq!(runs.unwrap(), 2, "it ends when nothing is due and nothing runs");
    let steps = table.steps.lock().clone();
    assert_eq!(
        steps.iter().filter(|step| **step == "part").count(),
        3,
        "{steps:?}"
    );
    assert_eq!(steps[..2], ["a", "part"], "what was claimed has begun before");
}

#[tokio::test]
async fn until_idle_fails_when_nothing_can_be_claimed() {
    let table = Arc::new(Table::default());
    *table.is_down.lock() = true;
    let runner = Runner::new(Given(table), PACE);
    let work = |_, (), _| async { Ending::Done };
    let runs = runner.run_until_idle(work, &CancellationToken::new()).await;
    assert!(runs.is_err());
}

/// The claim ran out and was given to the same process again: the old run ends before the new one begins.
#[tokio::test]
async fn equal_keys_never_overlap_in_a_process() {
    let mut bench = bench(&[claim("a", 1)]);
    let (_, old) = bench.begun().await;
    bench.table.due.lock().push_back(claim("a", 2));
    let (new, _) = bench.begun().await;
    assert_eq!(new, claim("a", 2));
    assert!(old.is_cancelled());
    assert_eq!(bench.table.settled.lock()[0], (claim("a", 1), Ending::Stopped));
    bench.end().await;
}

#[tokio::test]
async fn a_run_that_does_not_end_is_dropped_after_the_grace() {
    let table = Arc::new(Table::default());
    table.due.lock().push_back(claim("deaf", 1));
    let runner = Runner::new(Given(table.clone()), PACE);
    let (stop, (begins, mut begun)) = (CancellationToken::new(), unbounded_channel());
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let work = move |_, (), _| {
            begins.send(()).unwrap();
            std::future::pending()
        };
        runner.run(work, &stopped).await;
    });
    begun.recv().await.unwrap();
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), task)
        .await
        .expect("a stop has an end")
        .unwrap();
    assert_eq!(*table.settled.lock(), [(claim("deaf", 1), Ending::Stopped)]);
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let table = Arc::new(Table::default());
    table.due.lock().push_back(claim("a", 1));
    let runner = Runner::new(Given(table.clone()), PACE);
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let task = tokio::spawn(async move {
        let work = |claim: Claim<&'static str>, (), _| async move {
            assert_ne!(claim.key, "a", "bad luck");
            Ending::Done
        };
        runner.run(work, &stopped).await;
    });
    while table.settled.lock().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ending = table.settled.lock()[0].1.clone();
    let Ending::Retry(fault) = ending else {
        panic!("{ending:?}");
    };
    assert!(fault.message.contains("the work panicked"), "{fault}");
    stop.cancel();
    task.await.unwrap();
}

#[test]
fn kinds_and_names_are_checked_before_anything_runs() {
    use crate::fixture::{POLICY, doing};
    use work::{JobRunner, Jobs, Schedule, Subscription};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = crate::fixture::open(&store::Database::SqliteMemory).await;
        let builder = || {
            let handler = doing("test.a", POLICY, |_| async { Ok(()) });
            JobRunner::builder(Jobs::new(store.clone())).handler(handler)
        };
        let again = doing("test.a", POLICY, |_| async { Ok(()) });
        let hour = Duration::from_hours(1);
        let twice = |kind| Schedule::every("test.s", hour, kind);
        for (builder, expected) in [
            (
                builder().handler(again),
                "two handlers do jobs of the kind \"test.a\"",
            ),
            (
                builder().schedule(twice("test.b")),
                "the schedule \"test.s\" enqueues jobs of the kind \"test.b\"",
            ),
            (
                builder().subscription(Subscription::new("test.t", "test.c")),
                "the subscription to \"test.t\" enqueues jobs of the kind \"test.c\"",
            ),
            (
                builder().schedule(twice("test.a")).schedule(twice("test.a")),
                "two schedules have the name \"test.s\"",
            ),
        ] {
            let message = builder.build().err().unwrap().message;
            assert!(message.starts_with(expected), "{message}");
        }
        assert!(builder().schedule(twice("test.a")).build().is_ok());
    });
}
