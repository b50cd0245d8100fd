//! When sources are due and who works on them.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use model::{Fault, Problem};
use store::{Lane, SourceClaim, SourceKey, SourceState, Store};

use crate::fixture::{Place, time};

fn key(name: &str) -> SourceKey {
    SourceKey::Provider(name.to_owned())
}

fn state(name: &str, next: Option<Timestamp>) -> SourceState {
    SourceState {
        key: key(name),
        etag: Some("e".to_owned()),
        content_hash: Some("h".to_owned()),
        checked_at: Some(time(1)),
        changed_at: None,
        problems: vec![Problem::error(Fault::not_found("no file"))],
        next_check_at: next,
        duration_ms: 12,
        entities: 3,
    }
}

async fn finish(store: &Store, state: SourceState) {
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.set_source_state(&[state]).await.unwrap();
    assert_eq!(
        tx.commit().await.unwrap(),
        None,
        "checks are no changes of entities"
    );
}

const MINUTE: Duration = Duration::from_mins(1);

async fn claims(store: &Store, due: i64, limit: usize, hold: Duration) -> Vec<SourceClaim> {
    store.claim_sources(time(due), limit, "me", hold).await.unwrap()
}

async fn claim(store: &Store, due: i64, limit: usize) -> Vec<SourceKey> {
    let claimed = claims(store, due, limit, MINUTE).await;
    claimed.into_iter().map(|claim| claim.key).collect()
}

async fn held(store: &Store, claims: &[SourceClaim]) -> HashSet<SourceClaim> {
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.sources_held(claims).await.unwrap()
}

async fn give_back(store: &Store, claim: &SourceClaim, next: Option<Timestamp>) {
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.give_back_source(claim, next).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn claimed_once(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    for (name, due) in [("late", 30), ("early", 10), ("middle", 20), ("future", 500)] {
        store.mark_due(&[key(name)], time(due)).await.unwrap();
    }
    assert_eq!(claim(&store, 9, 10).await, []);
    assert_eq!(claim(&store, 100, 2).await, [key("early"), key("middle")]);
    assert_eq!(claim(&store, 100, 2).await, [key("late")]);

    let many: Vec<SourceKey> = (0..40).map(|n| key(&format!("n{n}"))).collect();
    store.mark_due(&many, time(100)).await.unwrap();
    let mut claims = Vec::new();
    for handle in [&store, &other, &store, &other] {
        let handle = handle.clone();
        claims.push(tokio::spawn(async move { claim(&handle, 100, 15).await }));
    }
    let mut seen = Vec::new();
    for claim in claims {
        seen.extend(claim.await.unwrap());
    }
    assert_eq!(seen.len(), 40);
    assert_eq!(BTreeSet::from_iter(seen), BTreeSet::from_iter(many));
}

pub async fn claims_expire(place: &Place) {
    let store = place.open().await;
    store.mark_due(&[key("a")], time(0)).await.unwrap();
    let old = claims(&store, 0, 10, Duration::ZERO).await.remove(0);
    let new = claims(&store, 0, 10, MINUTE).await.remove(0);
    assert!(new.number > old.number, "{old:?} {new:?}");
    assert_eq!(
        claim(&store, 9_000, 10).await,
        [],
        "it holds by the database's time"
    );
    let both = [old.clone(), new.clone()];
    assert_eq!(held(&store, &both).await, HashSet::from([new.clone()]));
    assert_eq!(
        store.renew_sources("me", &both, MINUTE).await.unwrap(),
        std::slice::from_ref(&old)
    );
    give_back(&store, &old, None).await;
    assert_eq!(
        claim(&store, 9_000, 10).await,
        [],
        "an old claim gives nothing back"
    );
    give_back(&store, &new, None).await;
    assert!(held(&store, &both).await.is_empty());
    let again = claims(&store, 0, 10, MINUTE).await.remove(0);
    give_back(&store, &again, Some(time(50))).await;
    assert_eq!(claim(&store, 49, 10).await, []);
    assert_eq!(claim(&store, 50, 10).await, [key("a")]);
    finish(&store, state("a", Some(time(90)))).await;
    assert_eq!(claim(&store, 89, 10).await, []);
    assert_eq!(claim(&store, 90, 10).await, [key("a")]);
    finish(&store, state("a", None)).await;
    assert_eq!(claim(&store, 9_000, 10).await, []);
}

/// A source that was forgotten and is found again has no claim with a number that an older run still holds.
pub async fn numbers_outlive_their_source(place: &Place) {
    let store = place.open().await;
    let mut numbers = Vec::new();
    for _ in 0..3 {
        store.mark_due(&[key("a")], time(0)).await.unwrap();
        let claim = claims(&store, 0, 1, MINUTE).await.remove(0);
        numbers.push(claim.number);
        let mut tx = store.write(Lane::Bulk).await.unwrap();
        tx.delete_source_state(&[key("a")]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(held(&store, &[claim]).await.is_empty());
        // Numbers are times, and SQLite's clock has milliseconds.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
}

pub async fn marked_while_claimed(place: &Place) {
    let store = place.open().await;
    store.mark_due(&[key("a")], time(0)).await.unwrap();
    assert_eq!(claim(&store, 0, 10).await, [key("a")]);
    store.mark_due(&[key("a")], time(5)).await.unwrap();
    assert_eq!(claim(&store, 6, 10).await, [], "one process at a time");
    finish(&store, state("a", Some(time(1_000)))).await;
    assert_eq!(
        claim(&store, 6, 10).await,
        [key("a")],
        "the mark outlives the claim"
    );
    finish(&store, state("a", Some(time(1_000)))).await;
    assert_eq!(claim(&store, 7, 10).await, [], "and counts once");
}

pub async fn state_is_kept(place: &Place) {
    let store = place.open().await;
    let (first, second) = (state("a", Some(time(9))), state("b", None));
    finish(&store, second.clone()).await;
    finish(&store, first.clone()).await;
    assert_eq!(store.sources().await.unwrap(), [first.clone(), second]);
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    assert_eq!(
        tx.source_state(&[key("a"), key("none")]).await.unwrap(),
        std::slice::from_ref(&first)
    );
    tx.forget_content(&[key("a")]).await.unwrap();
    let forgotten = SourceState {
        etag: None,
        content_hash: None,
        ..first
    };
    assert_eq!(tx.source_state(&[key("a")]).await.unwrap(), [forgotten]);
}
