//! The table of events, and all SQL about it.

use jiff::Timestamp;
use model::Actor;
use serde_json::Value;
use store::{Migration, Row, Session, StoreError, Tx};

use crate::question::Question;
use crate::record::Recorded;

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE audit_events (
    id {number_key},
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_actor ON audit_events (actor, id);
CREATE INDEX audit_events_subject ON audit_events (subject, id);
",
}];

/// Events that are forgotten with each new one, so that the table shrinks to what is kept.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// Adds an event.
pub(crate) async fn insert(tx: &mut Tx, event: &Recorded) -> Result<(), StoreError> {
    let arguments = vec![
        event.at.into(),
        event.actor.name().into(),
        event.actor.to_json().to_string().into(),
        (&*event.action).into(),
        (&*event.subject).into(),
        event.outcome.into(),
        (&*event.reason).into(),
    ];
    tx.execute(
        "INSERT INTO audit_events (at, actor, who, action, subject, outcome, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments,
    )
    .await?;
    Ok(())
}

/// Forgets some of the events before a moment.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events WHERE at < ? ORDER BY at LIMIT ?)",
        vec![before.into(), FORGOTTEN_AT_ONCE.into()],
    )
    .await?;
    Ok(())
}

/// Newest events that fit, at most `limit`.
pub(crate) async fn find(
    session: &mut Session,
    question: &Question,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let arguments = vec![
        question.before.unwrap_or(i64::MAX).into(),
        (&*question.actor).into(),
        (&*question.actor).into(),
        (&*question.action).into(),
        (&*question.action).into(),
        (&*question.subject).into(),
        (&*question.subject).into(),
        (&*question.outcome).into(),
        (&*question.outcome).into(),
        question.from.unwrap_or(Timestamp::UNIX_EPOCH).into(),
        question.until.unwrap_or(Timestamp::MAX).into(),
        limit.into(),
    ];
    let rows = session
        .rows(
            "SELECT id, at, who, action, subject, outcome, reason FROM audit_events \
             WHERE id < ? AND (? = '' OR actor = ?) AND (? = '' OR action = ?) AND (? = '' OR subject = ?) \
             AND (? = '' OR outcome = ?) AND at >= ? AND at < ? ORDER BY id DESC LIMIT ?",
            arguments,
        )
        .await?;
    rows.iter().map(recorded).collect()
}

fn recorded(row: &Row) -> Result<Recorded, StoreError> {
    let who: Value = row.json(2)?;
    Ok(Recorded {
        id: row.int(0)?,
        at: row.time(1)?,
        // An actor in a form that a later version wrote is still shown as an event.
        actor: Actor::from_json(&who).unwrap_or(Actor::system("unknown")),
        action: row.text(3)?,
        subject: row.text(4)?,
        outcome: crate::record::outcome_word(&row.text(5)?),
        reason: row.text(6)?,
    })
}
