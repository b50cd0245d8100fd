//! Several handles to one database: opening, waiting, waking.

use std::time::Duration;

use secrecy::ExposeSecret;
use store::{Announced, Announcements, ChangeWake, Database, Lane, Store, StoreError};
use testkit::ChaosProxy;
use tokio::task::JoinSet;

use crate::fixture::{Place, append, change, node, put, time};

pub async fn eight_open_an_empty_database(place: &Place) {
    let mut opening = JoinSet::new();
    for number in 0..8 {
        let database = place.database.clone();
        opening.spawn(async move {
            let store = Store::open(&database).await.unwrap();
            put(&store, &[node(&format!("component:default/n{number}"))]).await;
            store
        });
    }
    let stores = opening.join_all().await;
    for store in &stores {
        store.ping().await.unwrap();
        assert_eq!(store.size().await.unwrap().nodes, 8);
    }
    stores[0].close().await;
    assert!(stores[0].ping().await.unwrap_err().is_retryable());
}

pub async fn newer_tables_are_refused(place: &Place) {
    place.open().await.close().await;
    let newer = "INSERT INTO plugin_migrations (plugin, version, digest) VALUES ('catalog', 999, '')";
    place.run(newer.to_owned()).await;
    let error = Store::open(&place.database).await.err().unwrap();
    assert!(matches!(error, StoreError::TooNew { found: 999, .. }), "{error}");
}

pub async fn readers_do_not_wait_for_writers(place: &Place) {
    let store = place.open().await;
    let tx = store.write(Lane::Bulk).await.unwrap();
    let mut waiting = JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        waiting.spawn(async move { append(&store, &[change(&format!("{number}"), time(0))]).await });
    }
    // Lets each of them get as far as it can.
    for _ in 0..100 {
        tokio::task::yield_now().await;
        store.ping().await.unwrap();
    }
    assert_eq!(store.last_seq().await.unwrap(), 0);
    drop(tx);
    let mut numbers = waiting.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

pub async fn a_dropped_transaction_leaves_no_trace(place: &Place) {
    let store = place.open().await;
    let mut wake = store.changes_woken();
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.upsert_nodes(&[node("a")]).await.unwrap();
    tx.append_changes(&[change("a", time(0))]).await.unwrap();
    assert_eq!(
        store.node("a").await.unwrap(),
        None,
        "nobody sees it before the commit"
    );
    drop(tx);
    assert_eq!(append(&store, &[change("b", time(0))]).await, 1);
    assert_eq!(store.node("a").await.unwrap(), None);
    assert!(wake.woken().await);
}

/// Waits until a follower that reads only when woken has seen the entry.
async fn follow(store: &Store, wake: &mut ChangeWake, seq: i64) {
    while store.last_seq().await.unwrap() < seq {
        assert!(wake.woken().await);
    }
}

pub async fn commits_wake_followers(place: &Place) {
    let store = place.open().await;
    let mut wake = store.changes_woken();
    let follower = tokio::spawn({
        let store = store.clone();
        async move {
            for seq in 1..=3 {
                follow(&store, &mut wake, seq).await;
            }
            wake
        }
    });
    for _ in 0..3 {
        append(&store, &[change("a", time(0))]).await;
    }
    let mut wake = follower.await.unwrap();
    drop(store);
    while wake.woken().await {}
}

pub async fn commits_wake_followers_elsewhere(place: &Place) {
    let (store, elsewhere) = (place.open().await, place.open().await);
    let mut wake = elsewhere.changes_woken();
    // Beginning to listen wakes once without need; without NOTIFY the second round would never end.
    for seq in 1..=4 {
        append(&store, &[change("a", time(0))]).await;
        assert!(wake.woken().await);
        assert_eq!(elsewhere.changes_since(seq - 1, 9).await.unwrap().len(), 1);
    }
}

/// The next topic, whatever may have been missed before.
async fn next_topic(announcements: &mut Announcements) -> String {
    loop {
        match announcements.next().await {
            Some(Announced::Topic(topic)) => return topic.to_string(),
            Some(Announced::Missed) => {}
            None => panic!("the store is open"),
        }
    }
}

async fn announce(store: &Store, topics: &[&str], is_kept: bool) {
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    for topic in topics {
        tx.announce(topic);
    }
    if is_kept {
        tx.commit().await.unwrap();
    } else {
        tx.rollback().await.unwrap();
    }
}

pub async fn announcements_are_heard_once_they_are_kept(place: &Place) {
    let store = place.open().await;
    let mut heard = store.announcements();
    announce(&store, &["lost"], false).await;
    announce(&store, &["b", "a", "a"], true).await;
    let long = "é".repeat(1_000);
    announce(&store, &[&long], true).await;
    assert_eq!(next_topic(&mut heard).await, "a");
    let mut topics = vec![next_topic(&mut heard).await];
    while topics.last().is_some_and(|topic| topic.len() <= 1) {
        topics.push(next_topic(&mut heard).await);
    }
    assert!(topics.contains(&"b".to_owned()), "{topics:?}");
    assert!(long.starts_with(topics.last().unwrap().as_str()));
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.announce("with entities");
    tx.commit().await.unwrap();
    while next_topic(&mut heard).await != "with entities" {}
}

pub async fn announcements_are_heard_elsewhere(place: &Place) {
    let (store, elsewhere) = (place.open().await, place.open().await);
    let mut heard = elsewhere.announcements();
    // Until the other one listens nothing is heard; it may begin before or after it is asked what it hears, and says in
    // the latter case that something may have been missed.
    let announcing = async {
        loop {
            announce(&store, &["lost"], false).await;
            announce(&store, &["kept"], true).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let hearing = async {
        let mut first = heard.next().await;
        if first == Some(Announced::Missed) {
            first = heard.next().await;
        }
        assert_eq!(first, Some(Announced::Topic("kept".into())));
    };
    tokio::select! {
        () = announcing => {}
        () = hearing => {}
    }
}

pub async fn database_gone_and_back(place: &Place) {
    let Database::Postgres { url, .. } = &place.database else {
        unreachable!("called with PostgreSQL")
    };
    let proxy = ChaosProxy::before(url.expose_secret()).await.unwrap();
    let store = Store::open(&Database::postgres(proxy.url())).await.unwrap();
    append(&store, &[change("a", time(0))]).await;
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let mut wake = store.changes_woken();
    proxy.cut();
    let lost = tx.append_changes(&[change("lost", time(0))]).await.unwrap_err();
    assert!(lost.is_retryable(), "{lost:?}");
    drop(tx);
    let gone = store.last_seq().await.unwrap_err();
    assert!(gone.is_retryable(), "{gone:?}");
    proxy.restore();
    while let Err(error) = store.last_seq().await {
        assert!(error.is_retryable(), "{error:?}");
    }
    // Whoever follows is told that it may have missed something, and hears of other processes again.
    assert!(wake.woken().await);
    append(&place.open().await, &[change("b", time(0))]).await;
    follow(&store, &mut wake, 2).await;
    assert_eq!(append(&store, &[change("c", time(0))]).await, 3);
}
