//! The table of deliveries, and all SQL about it.

use jiff::Timestamp;
use store::{Migration, StoreError, Tx};

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE events_deliveries (
    topic TEXT NOT NULL,
    delivery TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (topic, delivery)
);
CREATE INDEX events_deliveries_at ON events_deliveries (at);
",
}];

/// Deliveries that are forgotten with each new one, so that the table shrinks to what is kept.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Notes a delivery; whether it is the first with this id.
pub(crate) async fn note(
    tx: &mut Tx,
    topic: &str,
    delivery: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let text = "INSERT INTO events_deliveries (topic, delivery, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    let noted = tx
        .execute(text, vec![topic.into(), delivery.into(), at.into()])
        .await?;
    Ok(noted > 0)
}

/// Forgets some of the deliveries before a moment.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    let text = "DELETE FROM events_deliveries WHERE (topic, delivery) IN \
         (SELECT topic, delivery FROM events_deliveries WHERE at < ? ORDER BY at LIMIT ?)";
    tx.execute(text, vec![before.into(), FORGOTTEN_AT_ONCE.into()])
        .await
        .map(drop)
}
