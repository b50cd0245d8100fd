//! Rows that another process of the same portal writes.

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
