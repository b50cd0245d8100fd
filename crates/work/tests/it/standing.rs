//! Named work without an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use model::Fault;
use parking_lot::Mutex;
use store::{Lane, Store};
use tokio_util::sync::CancellationToken;
use work::{BackOff, Claim, Claims as _, Ending, Runner, Standing};

use crate::fixture::{QUICK, World, soon};

const BACK_OFF: BackOff = BackOff::new(Duration::from_millis(100), Duration::from_mins(1));

async fn standing(store: &Store, good: Duration) -> Standing {
    let names = vec!["provider:a".to_owned(), "provider:b".to_owned()];
    let standing = Standing::new(store.clone(), names, &QUICK, BACK_OFF, good);
    standing.declare().await.unwrap();
    standing
}

async fn is_held(store: &Store, claim: &Claim<String>) -> bool {
    let mut tx = store.write_unordered(Lane::Bulk).await.unwrap();
    Standing::is_held(&mut tx, claim).await.unwrap()
}

pub async fn one_process_at_a_time(world: &World) {
    let (begun, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
    let mut tasks = Vec::new();
    for world in [world, &world.elsewhere().await] {
        let runner = Runner::new(standing(&world.store, Duration::from_mins(10)).await, QUICK);
        let (begun, stop) = (begun.clone(), stop.clone());
        tasks.push(tokio::spawn(async move {
            let work = move |_, (), stop: CancellationToken| {
                begun.fetch_add(1, Ordering::SeqCst);
                async move {
                    stop.cancelled().await;
                    Ending::Stopped
                }
            };
            runner.run(work, &stop).await;
        }));
    }
    // Longer than a claim lasts: they are renewed.
    tokio::time::sleep(QUICK.hold * 2).await;
    assert_eq!(begun.load(Ordering::SeqCst), 2, "two names, each once");
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
}

pub async fn taken_over_and_fenced(world: &World) {
    let ours = standing(&world.store, Duration::from_mins(10)).await;
    let theirs = standing(&world.elsewhere().await.store, Duration::from_mins(10)).await;
    let (old, ()) = ours.claim_due(1).await.unwrap().remove(0);
    assert!(is_held(&world.store, &old).await);
    let new = soon("the claim runs out", async || {
        let claimed = theirs.claim_due(2).await.unwrap();
        claimed
            .into_iter()
            .map(|(claim, ())| claim)
            .find(|claim| claim.key == old.key)
    })
    .await;
    assert!(new.number > old.number);
    assert!(!is_held(&world.store, &old).await);
    let lost = ours.renew(std::slice::from_ref(&old)).await.unwrap();
    assert_eq!(lost, std::slice::from_ref(&old));
    // What the sleeper says of its end changes nothing.
    ours.settle(&old, &Ending::Stopped).await.unwrap();
    assert!(is_held(&world.store, &new).await);
    theirs.settle(&new, &Ending::Stopped).await.unwrap();
    assert!(!is_held(&world.store, &new).await);
    assert!(!ours.claim_due(2).await.unwrap().is_empty(), "due again at once");
}

/// Six failures in a row make long pauses; after a good run a failure counts as the first.
pub async fn a_good_run_forgives_failures(world: &World) {
    let pause_after = async |good: Duration| {
        let standing = standing(&world.store, good).await;
        let claim = soon("it is due", async || {
            let mut claimed = standing.claim_due(1).await.unwrap();
            claimed.pop().map(|(claim, ())| claim)
        })
        .await;
        let failure = Ending::Retry(Fault::error("no answer"));
        standing.settle(&claim, &failure).await.unwrap();
        let began = std::time::Instant::now();
        let name = claim.key;
        soon("it is due again", async || {
            let claimed = standing.claim_due(2).await.unwrap();
            let found = claimed.into_iter().find(|(claim, ())| claim.key == name);
            if let Some((claim, ())) = &found {
                standing.settle(claim, &Ending::Stopped).await.unwrap();
            }
            found.map(drop)
        })
        .await;
        began.elapsed()
    };
    let pauses: Arc<Mutex<Vec<Duration>>> = Arc::default();
    for good in [
        Duration::MAX,
        Duration::MAX,
        Duration::MAX,
        Duration::MAX,
        Duration::ZERO,
    ] {
        let pause = pause_after(good).await;
        pauses.lock().push(pause);
    }
    let pauses = pauses.lock().clone();
    assert!(pauses[3] >= Duration::from_millis(600), "{pauses:?}");
    assert!(pauses[4] < Duration::from_millis(600), "{pauses:?}");
}

/// Work that cannot go on now is due after its pause, which is no failure.
pub async fn put_off_for_a_while(world: &World) {
    let standing = standing(&world.store, Duration::MAX).await;
    for (claim, ()) in standing.claim_due(2).await.unwrap() {
        let later = Ending::Later(Duration::from_secs(1));
        standing.settle(&claim, &later).await.unwrap();
        assert!(!is_held(&world.store, &claim).await);
    }
    assert!(standing.claim_due(2).await.unwrap().is_empty());
    soon("it is due again", async || {
        let due = standing.claim_due(2).await.unwrap();
        (!due.is_empty()).then_some(())
    })
    .await;
}
