//! The tables of deliveries, their senders and refused ones, and all SQL about them.

use jiff::Timestamp;
use store::{Migration, Row, Session, StoreError, Tx};

use crate::senders::{Refusals, Sender};

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
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
    },
    Migration {
        version: 2,
        sql: "
CREATE TABLE events_senders (
    topic TEXT NOT NULL,
    page TEXT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    deliveries BIGINT NOT NULL,
    PRIMARY KEY (topic, page)
);
CREATE TABLE events_refusals (
    topic TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    refused BIGINT NOT NULL
);
",
    },
];

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

/// Notes one more delivery of a sender.
pub(crate) async fn note_sender(
    tx: &mut Tx,
    topic: &str,
    page: &str,
    event: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let text = "INSERT INTO events_senders (topic, page, at, event, deliveries) VALUES (?, ?, ?, ?, 1) \
         ON CONFLICT (topic, page) DO UPDATE SET at = excluded.at, event = excluded.event, \
         deliveries = events_senders.deliveries + 1";
    let arguments = vec![topic.into(), page.into(), at.into(), event.into()];
    tx.execute(text, arguments).await.map(drop)
}

/// All senders of a topic, by their pages.
pub(crate) async fn senders(session: &mut Session, topic: &str) -> Result<Vec<Sender>, StoreError> {
    let text = "SELECT page, at, event, deliveries FROM events_senders WHERE topic = ? ORDER BY page";
    let rows = session.rows(text, vec![topic.into()]).await?;
    let sender = |row: &Row| {
        Ok(Sender {
            page: row.text(0)?,
            at: row.time(1)?,
            event: row.text(2)?,
            deliveries: u64::try_from(row.int(3)?).unwrap_or_default(),
        })
    };
    rows.iter().map(sender).collect()
}

/// Notes refused webhooks of a topic, the last of them for this reason.
pub(crate) async fn note_refused(
    tx: &mut Tx,
    topic: &str,
    (reason, count): (&str, u64),
    at: Timestamp,
) -> Result<(), StoreError> {
    let text = "INSERT INTO events_refusals (topic, at, reason, refused) VALUES (?, ?, ?, ?) \
         ON CONFLICT (topic) DO UPDATE SET at = excluded.at, reason = excluded.reason, \
         refused = events_refusals.refused + excluded.refused";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let arguments = vec![topic.into(), at.into(), reason.into(), count.into()];
    tx.execute(text, arguments).await.map(drop)
}

/// The refused webhooks of a topic.
pub(crate) async fn refusals(session: &mut Session, topic: &str) -> Result<Option<Refusals>, StoreError> {
    let text = "SELECT at, reason, refused FROM events_refusals WHERE topic = ?";
    let row = session.row(text, vec![topic.into()]).await?;
    let refusals = |row: Row| {
        Ok(Refusals {
            at: row.time(0)?,
            reason: row.text(1)?,
            count: u64::try_from(row.int(2)?).unwrap_or_default(),
        })
    };
    row.map(refusals).transpose()
}
