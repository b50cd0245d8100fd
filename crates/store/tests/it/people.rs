//! Registered locations, leases and what people keep.

use serde_json::json;
use store::{Lane, Location, SettingKey, StoreError};
use uuid::Uuid;

use crate::fixture::{Place, time};

fn location(target: &str) -> Location {
    Location {
        id: Uuid::new_v4(),
        kind: "url".to_owned(),
        target: target.to_owned(),
        entity_ref: format!("location:default/{target}"),
    }
}

pub async fn locations(place: &Place) {
    let store = place.open().await;
    let (first, second) = (location("a"), location("b"));
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    tx.location_insert(&first).await.unwrap();
    tx.location_insert(&second).await.unwrap();
    assert_eq!(tx.location_find("url", "a").await.unwrap(), Some(first.clone()));
    assert_eq!(tx.location_find("file", "a").await.unwrap(), None);
    tx.commit().await.unwrap();

    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let error = tx.location_insert(&location("a")).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    tx.rollback().await.unwrap();

    let moved = Location {
        target: "c".to_owned(),
        ..first.clone()
    };
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    assert!(tx.location_update(&moved).await.unwrap());
    assert!(!tx.location_update(&location("d")).await.unwrap());
    assert!(tx.location_delete(second.id).await.unwrap());
    assert!(!tx.location_delete(second.id).await.unwrap());
    tx.commit().await.unwrap();
    let all = store.location_list().await.unwrap();
    assert_eq!(all, std::slice::from_ref(&moved));
    assert_eq!(store.location_by_id(first.id).await.unwrap(), Some(moved.clone()));
    assert_eq!(store.location_by_id(second.id).await.unwrap(), None);
    let found = store.location_by_ref("location:default/a").await.unwrap();
    assert_eq!(found, Some(moved));
}

pub async fn leases(place: &Place) {
    let store = place.open().await;
    let acquire = async |holder: &str, now: i64| {
        store
            .lease_acquire("prune", holder, time(now), time(now + 10))
            .await
            .unwrap()
    };
    assert!(acquire("a", 0).await);
    assert!(!acquire("b", 9).await);
    assert!(acquire("a", 9).await, "the holder renews");
    assert!(!acquire("b", 18).await);
    assert!(acquire("b", 19).await, "an expired lease is free");
    store.lease_release("prune", "a").await.unwrap();
    assert!(!acquire("a", 20).await, "only the holder gives back");
    store.lease_release("prune", "b").await.unwrap();
    assert!(acquire("a", 20).await);
    let elsewhere =
        async |holder: &str, now: i64| store.is_leased_elsewhere("pru", holder, time(now)).await.unwrap();
    assert!(elsewhere("b", 29).await);
    assert!(!elsewhere("a", 29).await, "it is its own");
    assert!(!elsewhere("b", 30).await, "it ran out");
}

pub async fn settings(place: &Place) {
    let store = place.open().await;
    let key = |user: &str, key: &str| SettingKey {
        user: user.to_owned(),
        bucket: "home".to_owned(),
        key: key.to_owned(),
    };
    let (mine, other) = (key("user:default/a", "stars"), key("user:default/b", "stars"));
    assert_eq!(store.setting_get(&mine).await.unwrap(), None);
    for value in [json!(["x", 1.5, null]), json!(null), json!({ "b": 1, "a": 2 })] {
        store.setting_put(&mine, &value).await.unwrap();
        assert_eq!(store.setting_get(&mine).await.unwrap(), Some(value));
    }
    assert_eq!(store.setting_get(&other).await.unwrap(), None);
    store.setting_put(&other, &json!(1)).await.unwrap();
    store.setting_delete(&mine).await.unwrap();
    store.setting_delete(&mine).await.unwrap();
    assert_eq!(store.setting_get(&mine).await.unwrap(), None);
    assert_eq!(store.setting_get(&other).await.unwrap(), Some(json!(1)));
    let count =
        |known: Option<serde_json::Value>| json!(known.and_then(|value| value.as_i64()).unwrap_or(0) + 1);
    let changes = (0..10).map(|_| store.setting_change(&mine, count));
    for changed in futures::future::join_all(changes).await {
        changed.unwrap();
    }
    assert_eq!(store.setting_get(&mine).await.unwrap(), Some(json!(10)));
}
