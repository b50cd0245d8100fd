//! A delivery is the first of its id, and known for a week.

use jiff::{SignedDuration, Timestamp};
use store::{Database, Lane, Store};

pub async fn opened(database: Database) -> Store {
    Store::open_with(&database, &[("events", events::MIGRATIONS)])
        .await
        .unwrap()
}

async fn check(store: &Store, (topic, id): (&str, &str), day: i64, expected: bool) {
    let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    let is_first = events::is_first(&mut tx, topic, id, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(is_first, expected, "{topic} {id} on day {day}");
}

pub async fn known_by_topic_and_id_for_a_week(store: &Store) {
    check(store, ("gitea", "1"), 100, true).await;
    check(store, ("gitea", "1"), 100, false).await;
    check(store, ("gitea", "2"), 100, true).await;
    check(store, ("github", "1"), 100, true).await;
    check(store, ("gitea", "1"), 107, false).await;
    check(store, ("gitea", "1"), 108, true).await;
}
