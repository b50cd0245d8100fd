//! When sources are due and who works on them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{Fault, Problem};
use store::{Lane, SourceKey, SourceState, Store};

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

async fn claim(store: &Store, now: i64, limit: usize) -> Vec<SourceKey> {
    store
        .due_sources(time(now), limit, "me", time(now + 60))
        .await
        .unwrap()
}

pub async fn claimed_once(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    for (name, due) in [("late", 30), ("early", 10), ("middle", 20), ("future", 500)] {
        store.mark_due(&[key(name)], time(due)).await.unwrap();
    }
    assert_eq!(store.next_due(time(0)).await.unwrap(), Some(time(10)));
    assert_eq!(claim(&store, 9, 10).await, []);
    assert_eq!(claim(&store, 100, 2).await, [key("early"), key("middle")]);
    assert_eq!(claim(&store, 100, 2).await, [key("late")]);
    assert_eq!(store.next_due(time(100)).await.unwrap(), Some(time(160)));

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
    assert_eq!(claim(&store, 0, 10).await, [key("a")]);
    assert_eq!(claim(&store, 59, 10).await, []);
    assert_eq!(claim(&store, 60, 10).await, [key("a")]);
    store.release_sources("somebody").await.unwrap();
    assert_eq!(claim(&store, 61, 10).await, []);
    store.release_sources("me").await.unwrap();
    assert_eq!(claim(&store, 61, 10).await, [key("a")]);
    finish(&store, state("a", Some(time(90)))).await;
    assert_eq!(claim(&store, 89, 10).await, []);
    assert_eq!(claim(&store, 90, 10).await, [key("a")]);
    finish(&store, state("a", None)).await;
    assert_eq!(store.next_due(time(0)).await.unwrap(), None);
    assert_eq!(claim(&store, 9_000, 10).await, []);
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
