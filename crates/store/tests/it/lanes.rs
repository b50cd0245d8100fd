//! Who waits for whom when several write.

use std::time::Duration;

use serde_json::json;
use store::{Lane, SettingKey, Store};

use crate::fixture::{Place, append, change, time};

fn key(name: &str) -> SettingKey {
    SettingKey {
        user: "user:default/guest".to_owned(),
        bucket: "test".to_owned(),
        key: name.to_owned(),
    }
}

/// Writes as soon as it has its turn; says which when.
fn writer(store: &Store, lane: Lane, done: &tokio::sync::mpsc::UnboundedSender<Lane>) {
    let (store, done) = (store.clone(), done.clone());
    tokio::spawn(async move {
        let mut tx = store.write(lane).await.unwrap();
        tx.append_changes(&[change("a", time(0))]).await.unwrap();
        tx.commit().await.unwrap();
        done.send(lane).unwrap();
    });
}

pub async fn people_overtake_bulk_work(place: &Place) {
    let store = place.open().await;
    let first = store.write(Lane::Bulk).await.unwrap();
    let (sender, mut done) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..3 {
        writer(&store, Lane::Bulk, &sender);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    writer(&store, Lane::Person, &sender);
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(first);
    assert_eq!(done.recv().await, Some(Lane::Person));
    for _ in 0..3 {
        assert_eq!(done.recv().await, Some(Lane::Bulk));
    }
    assert_eq!(store.last_seq().await.unwrap(), 4);
}

/// `SQLite` has one writer, whatever is written; there it only has to get on afterwards.
pub async fn unordered_writes_wait_for_no_writer_of_another_process(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    let writing = other.write(Lane::Bulk).await.unwrap();
    let (name, value) = (key("theme"), json!("dark"));
    let put = store.setting_put(&name, &value);
    let mut put = std::pin::pin!(tokio::time::timeout(Duration::from_secs(10), put));
    if writing.engine() == store::Engine::Postgres {
        put.await.expect("it waits for nobody").unwrap();
        drop(writing);
    } else {
        assert!(futures::poll!(&mut put).is_pending());
        drop(writing);
        put.await.unwrap().unwrap();
    }
    assert_eq!(
        store.setting_get(&key("theme")).await.unwrap(),
        Some(json!("dark"))
    );
    assert_eq!(append(&store, &[change("a", time(0))]).await, 1);
}
