//! Rows that another process of the same portal writes, and what a reader of the database sees.

use jiff::Timestamp;
use store::{Lane, Store};

use crate::replica::Replica;

/// A replica publishes its key, made at a moment.
pub async fn publish(store: &Store, replica: &Replica, made: Timestamp) {
    let mut tx = store.write_unordered(Lane::Person).await.unwrap();
    let arguments = vec![(&replica.id).into(), replica.public.clone().into(), made.into()];
    let text = "INSERT INTO auth_keys (id, public_key, created) VALUES (?, ?, ?)";
    tx.execute(text, arguments).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the table of access tokens says, as a text.
pub async fn access_tokens(store: &Store) -> String {
    let text = "SELECT id || holder || name || scopes || made_by || hex(digest) FROM auth_access_tokens";
    let rows = store.read().await.unwrap().rows(text, Vec::new()).await.unwrap();
    let texts: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
    texts.join(" ")
}
