//! Statements by which tests bring the database into a state that the catalog alone does not.

use store::{Lane, Store};

/// As if another process had claimed the sources, checked them, and were at work on them again.
pub async fn take_sources(store: &Store) {
    let text = "UPDATE sources SET claim = claim + 1, held_by = 'another', held_until = 9000000000000000, etag = 'theirs'";
    execute(store, text).await;
}

/// As if another process had taken over all providers.
pub async fn take_providers(store: &Store) {
    execute(store, "UPDATE work_standing SET claim = claim + 1").await;
}

/// Every statement on sources fails, until [`bring_back_sources`].
pub async fn take_away_sources(store: &Store) {
    execute(store, "ALTER TABLE sources RENAME TO sources_elsewhere").await;
}

/// Statements on sources work again.
pub async fn bring_back_sources(store: &Store) {
    execute(store, "ALTER TABLE sources_elsewhere RENAME TO sources").await;
}

async fn execute(store: &Store, text: &'static str) {
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    tx.execute(text, vec![]).await.unwrap();
    tx.commit().await.unwrap();
}
