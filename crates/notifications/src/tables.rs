//! The tables of the plugin, and what is written into them. What is read stands in `reading`, decisions of people in `choices`.
//!
//! A notification for one person has its reader's marks in its own row; one for everybody has them in a table of marks, a row
//! for each person that made one. Nobody's reference is empty, so an empty one stands for everybody.

pub(crate) mod choices;
pub(crate) mod reading;

use jiff::Timestamp;
use store::{Arg, Migration, Session, StoreError, Tx, in_list_chunks, with_list};
use uuid::Uuid;

use crate::notification::{Notification, Payload};

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE notifications_messages (
    id {bytes} NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    origin TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT,
    read_at BIGINT,
    saved_at BIGINT,
    title TEXT NOT NULL,
    description TEXT,
    link TEXT,
    severity BIGINT NOT NULL,
    topic TEXT,
    scope TEXT,
    icon TEXT
);
CREATE UNIQUE INDEX notifications_messages_scope ON notifications_messages (recipient, origin, scope);
CREATE INDEX notifications_messages_newest ON notifications_messages (recipient, created_at);
CREATE INDEX notifications_messages_unread ON notifications_messages (recipient, read_at);
CREATE INDEX notifications_messages_created ON notifications_messages (created_at);
CREATE TABLE notifications_marks (
    recipient TEXT NOT NULL,
    message {bytes} NOT NULL,
    read_at BIGINT,
    saved_at BIGINT,
    PRIMARY KEY (recipient, message)
) {clustered};
CREATE INDEX notifications_marks_message ON notifications_marks (message);
CREATE TABLE notifications_choices (
    recipient TEXT NOT NULL,
    channel TEXT NOT NULL,
    origin TEXT NOT NULL,
    topic TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    PRIMARY KEY (recipient, channel, origin, topic)
) {clustered};
CREATE TABLE notifications_secret (
    id BIGINT NOT NULL PRIMARY KEY,
    secret {bytes} NOT NULL
);
",
}];

/// Stands for everybody where a row names its recipient.
pub(crate) const EVERYBODY: &str = "";
/// Messages that are removed at once.
pub(crate) const REMOVED_AT_ONCE: usize = 500;

const INSERT: &str = "INSERT INTO notifications_messages \
     (id, recipient, origin, created_at, title, description, link, severity, topic, scope, icon) VALUES";
/// What was sent under the same id is the same.
const KEEP: &str = "ON CONFLICT (id) DO NOTHING";
/// What is not said anew stays as it was.
const REPLACE: &str = "ON CONFLICT (recipient, origin, scope) DO UPDATE SET title = excluded.title, \
     description = COALESCE(excluded.description, notifications_messages.description), \
     link = COALESCE(excluded.link, notifications_messages.link), \
     topic = COALESCE(excluded.topic, notifications_messages.topic), \
     icon = COALESCE(excluded.icon, notifications_messages.icon), \
     severity = excluded.severity, updated_at = excluded.created_at, read_at = NULL";

fn recipient(notification: &Notification) -> &str {
    notification.person.as_deref().unwrap_or(EVERYBODY)
}

fn arguments(notification: &Notification) -> Vec<Arg> {
    let Payload {
        title,
        description,
        link,
        severity,
        topic,
        scope,
        icon,
    } = &notification.payload;
    vec![
        notification.id.into(),
        recipient(notification).into(),
        (&notification.origin).into(),
        notification.created.into(),
        title.into(),
        description.into(),
        link.into(),
        severity.rank().into(),
        topic.into(),
        scope.into(),
        icon.into(),
    ]
}

/// Keeps notifications of one payload. Those with a scope take the place of an earlier one, which is unread again.
pub(crate) async fn keep(
    tx: &mut Tx,
    notifications: &[Notification],
    scope: Option<&str>,
) -> Result<(), StoreError> {
    let tail = if scope.is_some() { REPLACE } else { KEEP };
    tx.insert(INSERT, tail, notifications, |one| Ok(arguments(one)))
        .await?;
    let for_everybody = notifications.iter().find(|one| one.person.is_none());
    if let (Some(scope), Some(one)) = (scope, for_everybody) {
        tx.execute(
            "UPDATE notifications_marks SET read_at = NULL WHERE message IN (SELECT id FROM notifications_messages \
             WHERE recipient = ? AND origin = ? AND scope = ?)",
            vec![EVERYBODY.into(), (&one.origin).into(), scope.into()],
        )
        .await?;
    }
    Ok(())
}

/// What a reader does with notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Read(Option<Timestamp>),
    Saved(Option<Timestamp>),
}

/// Marks notifications of a person, and those for everybody among them.
pub(crate) async fn mark(tx: &mut Tx, person: &str, ids: &[Uuid], mark: Mark) -> Result<(), StoreError> {
    let (own, at) = match mark {
        Mark::Read(at) => (
            "UPDATE notifications_messages SET read_at = ? WHERE recipient = ? AND id IN {list}",
            at,
        ),
        Mark::Saved(at) => (
            "UPDATE notifications_messages SET saved_at = ? WHERE recipient = ? AND id IN {list}",
            at,
        ),
    };
    execute_for(tx, own, &[at.into(), person.into()], ids).await?;
    let open = "SELECT id FROM notifications_messages WHERE recipient = ? AND id IN {list}";
    let rows = rows_for(tx, open, &[EVERYBODY.into()], ids).await?;
    let open: Vec<Uuid> = rows.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?;
    let tail = match mark {
        Mark::Read(_) => "ON CONFLICT (recipient, message) DO UPDATE SET read_at = excluded.read_at",
        Mark::Saved(_) => "ON CONFLICT (recipient, message) DO UPDATE SET saved_at = excluded.saved_at",
    };
    let head = "INSERT INTO notifications_marks (recipient, message, read_at, saved_at) VALUES";
    tx.insert(head, tail, &open, |id| {
        let (read, saved) = match mark {
            Mark::Read(at) => (at, None),
            Mark::Saved(at) => (None, at),
        };
        Ok(vec![person.into(), (*id).into(), read.into(), saved.into()])
    })
    .await?;
    Ok(())
}

/// Removes some notifications that are older than a moment and that nobody saved; how many.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<usize, StoreError> {
    let old = "SELECT id FROM notifications_messages m WHERE m.created_at < ? AND COALESCE(m.updated_at, m.created_at) < ? \
         AND m.saved_at IS NULL AND NOT EXISTS (SELECT 1 FROM notifications_marks k WHERE k.message = m.id \
         AND k.saved_at IS NOT NULL) LIMIT ?";
    let rows = tx
        .rows(old, vec![before.into(), before.into(), REMOVED_AT_ONCE.into()])
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?;
    tx.execute_in("DELETE FROM notifications_marks WHERE message IN {list}", &ids)
        .await?;
    tx.execute_in("DELETE FROM notifications_messages WHERE id IN {list}", &ids)
        .await?;
    Ok(ids.len())
}

/// The secret of this portal, which is `fresh` unless it has one already.
pub(crate) async fn secret(tx: &mut Tx, fresh: Uuid) -> Result<Uuid, StoreError> {
    tx.execute(
        "INSERT INTO notifications_secret (id, secret) VALUES (1, ?) ON CONFLICT (id) DO NOTHING",
        vec![fresh.into()],
    )
    .await?;
    let row = tx
        .row("SELECT secret FROM notifications_secret WHERE id = 1", Vec::new())
        .await?;
    row.map_or(Ok(fresh), |row| row.uuid(0))
}

/// Runs a statement with arguments before its `{list}`, for pieces of the list.
async fn execute_for<T: Clone + Into<Arg>>(
    tx: &mut Tx,
    template: &str,
    before: &[Arg],
    list: &[T],
) -> Result<(), StoreError> {
    for chunk in in_list_chunks(list) {
        let arguments = before
            .iter()
            .cloned()
            .chain(chunk.iter().cloned().map(Into::into));
        tx.execute(with_list(template, chunk.len()), arguments.collect())
            .await?;
    }
    Ok(())
}

/// Rows of a statement with arguments before its `{list}`, for pieces of the list.
async fn rows_for<T: Clone + Into<Arg>>(
    session: &mut Session,
    template: &str,
    before: &[Arg],
    list: &[T],
) -> Result<Vec<store::Row>, StoreError> {
    let mut rows = Vec::new();
    for chunk in in_list_chunks(list) {
        let arguments = before
            .iter()
            .cloned()
            .chain(chunk.iter().cloned().map(Into::into));
        let text = with_list(template, chunk.len());
        rows.append(&mut session.rows(text, arguments.collect()).await?);
    }
    Ok(rows)
}
