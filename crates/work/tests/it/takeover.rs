//! How soon the work of a process that died goes on, with the pace of the portal, in simulated time.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use store::StoreError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use work::{Claim, Claims, Ending, Pace, Runner};

const PACE: Pace = Pace::of_jobs();

/// One thing that is due for ever, in a database that answers at once.
#[derive(Clone, Default)]
struct One(Arc<Mutex<Row>>);

#[derive(Default)]
struct Row {
    number: i64,
    held_until: Option<Instant>,
    /// When each claim began.
    begun: Vec<Instant>,
}

#[async_trait]
impl Claims for One {
    type Key = ();
    type Task = ();

    async fn claim_due(&self, _: usize) -> Result<Vec<(Claim<()>, ())>, StoreError> {
        let mut row = self.0.lock();
        let now = Instant::now();
        if row.held_until.is_some_and(|until| until > now) {
            return Ok(Vec::new());
        }
        row.number += 1;
        row.held_until = Some(now + PACE.hold);
        row.begun.push(now);
        let number = row.number;
        Ok(vec![(Claim { key: (), number }, ())])
    }

    async fn renew(&self, claims: &[Claim<()>]) -> Result<Vec<Claim<()>>, StoreError> {
        let mut row = self.0.lock();
        let is_held = |claim: &&Claim<()>| claim.number == row.number;
        let (kept, lost): (Vec<_>, Vec<_>) = claims.iter().partition(is_held);
        if !kept.is_empty() {
            row.held_until = Some(Instant::now() + PACE.hold);
        }
        Ok(lost.into_iter().cloned().collect())
    }

    async fn settle(&self, _: &Claim<()>, _: &Ending) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A process that works until it is killed.
fn process(one: &One) -> tokio::task::JoinHandle<()> {
    let runner = Runner::new(one.clone(), PACE);
    tokio::spawn(async move {
        let work = |_, (), _| std::future::pending::<Ending>();
        runner.run(work, &CancellationToken::new()).await;
    })
}

/// Whenever the process is killed, and whether another one is there already, starts at once or later.
#[tokio::test(start_paused = true)]
async fn the_work_of_a_killed_process_goes_on_within_its_bound() {
    for killed_after in (0..8).map(|step| Duration::from_millis(20_000 + step * 400)) {
        for waits in [Duration::ZERO, Duration::from_millis(300), Duration::from_secs(5)] {
            for is_there_before in [true, false] {
                let one = One::default();
                let first = process(&one);
                tokio::time::sleep(Duration::from_millis(10)).await;
                let early = is_there_before.then(|| process(&one));
                tokio::time::sleep(killed_after).await;
                assert_eq!(one.0.lock().begun.len(), 1, "a process that lives keeps its work");
                first.abort();
                let killed = Instant::now();
                tokio::time::sleep(waits).await;
                let next = early.unwrap_or_else(|| process(&one));
                tokio::time::sleep(PACE.taken_over_within() * 2).await;
                let begun = one.0.lock().begun[1];
                let most = PACE.taken_over_within().max(waits);
                assert!(
                    begun - killed <= most,
                    "{:?} after {killed_after:?}",
                    begun - killed
                );
                next.abort();
            }
        }
    }
}

/// A start takes about a second beside.
#[test]
fn a_person_waits_less_than_ten_seconds_for_the_work_of_a_dead_process() {
    assert!(PACE.taken_over_within() <= Duration::from_secs(8));
}
