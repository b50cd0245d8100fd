//! The table of what Flux told by its webhook, and all SQL about it.

use jiff::Timestamp;
use store::{Migration, Row, Session, StoreError, Tx};

use crate::engine::Pushed;

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE flux_events (
    id {number_key},
    at BIGINT NOT NULL,
    cluster TEXT NOT NULL,
    kind TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    is_error BIGINT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    revision TEXT NOT NULL
);
CREATE INDEX flux_events_at ON flux_events (at);
CREATE INDEX flux_events_object ON flux_events (kind, namespace, name, at);
",
}];

/// Events that are forgotten with each new one, so that the table shrinks to what is kept.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Adds an event, unless it is there: a job may do its work twice.
pub(crate) async fn insert(tx: &mut Tx, told: &Pushed) -> Result<(), StoreError> {
    let same = vec![
        told.at.into(),
        (&*told.kind).into(),
        (&*told.namespace).into(),
        (&*told.name).into(),
        (&*told.reason).into(),
        (&*told.message).into(),
    ];
    let known = tx
        .rows(
            "SELECT 1 FROM flux_events WHERE at = ? AND kind = ? AND namespace = ? AND name = ? AND reason = ? AND message = ?",
            same,
        )
        .await?;
    if !known.is_empty() {
        return Ok(());
    }
    let arguments = vec![
        told.at.into(),
        (&*told.cluster).into(),
        (&*told.kind).into(),
        (&*told.namespace).into(),
        (&*told.name).into(),
        i64::from(told.is_error).into(),
        (&*told.reason).into(),
        (&*told.message).into(),
        (&*told.revision).into(),
    ];
    tx.execute(
        "INSERT INTO flux_events (at, cluster, kind, namespace, name, is_error, reason, message, revision) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments,
    )
    .await
    .map(drop)
}

/// Forgets some of the events before a moment.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM flux_events WHERE id IN (SELECT id FROM flux_events WHERE at < ? ORDER BY at LIMIT ?)",
        vec![before.into(), FORGOTTEN_AT_ONCE.into()],
    )
    .await
    .map(drop)
}

/// The newest events of an object in a cluster, or of one of its name where the event names no cluster.
pub(crate) async fn of_object(
    session: &mut Session,
    cluster: &str,
    (kind, namespace, name): (&str, &str, &str),
    limit: usize,
) -> Result<Vec<Pushed>, StoreError> {
    let arguments = vec![
        kind.into(),
        namespace.into(),
        name.into(),
        cluster.into(),
        limit.into(),
    ];
    let rows = session
        .rows(
            "SELECT at, cluster, kind, namespace, name, is_error, reason, message, revision FROM flux_events \
             WHERE kind = ? AND namespace = ? AND name = ? AND (cluster = '' OR cluster = ?) ORDER BY at DESC LIMIT ?",
            arguments,
        )
        .await?;
    rows.iter().map(told).collect()
}

fn told(row: &Row) -> Result<Pushed, StoreError> {
    Ok(Pushed {
        at: row.time(0)?,
        cluster: row.text(1)?,
        kind: row.text(2)?,
        namespace: row.text(3)?,
        name: row.text(4)?,
        is_error: row.int(5)? != 0,
        reason: row.text(6)?,
        message: row.text(7)?,
        revision: row.text(8)?,
    })
}
