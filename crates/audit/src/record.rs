//! Keeping events: in the table, and as lines of the log.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use model::{Actor, Clock, SystemClock};
use plugin::{AuditEvent, AuditLog, AuditOutcome};
use serde::Serialize;
use store::{Lane, Store, StoreError, Tx};

use crate::question::Question;
use crate::tables;

/// How long events are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Longest text of a subject or a reason, in characters.
const LONGEST: usize = 1_000;

/// The audit of one process. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Store,
    clock: Arc<dyn Clock>,
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recorded {
    /// Its number; later events have higher ones.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it or tried to.
    #[serde(serialize_with = "actor")]
    pub actor: Actor,
    /// What was done, for example `catalog.location.create`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// `done`, `refused` or `failed`.
    pub outcome: &'static str,
    /// Why it was refused or failed.
    pub reason: String,
}

fn actor<S: serde::Serializer>(actor: &Actor, serializer: S) -> Result<S::Ok, S::Error> {
    let mut shown = actor.to_json();
    shown["name"] = actor.name().into();
    shown.serialize(serializer)
}

/// The known word for an outcome that a row has.
pub(crate) fn outcome_word(text: &str) -> &'static str {
    AuditOutcome::WORDS
        .into_iter()
        .find(|word| *word == text)
        .unwrap_or("unknown")
}

impl Audit {
    /// An audit on a store that has this plugin's tables.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
        }
    }

    /// With another source of the time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Newest events that fit, at most `limit`.
    pub async fn find(&self, question: &Question, limit: usize) -> Result<Vec<Recorded>, StoreError> {
        tables::find(&mut self.store.read().await?, question, limit).await
    }

    fn recorded(&self, event: AuditEvent) -> Recorded {
        let outcome = event.outcome.word();
        Recorded {
            id: 0,
            at: self.clock.now(),
            actor: event.actor,
            action: event.action.into_owned(),
            subject: event.subject.chars().take(LONGEST).collect(),
            outcome,
            reason: event.outcome.reason().chars().take(LONGEST).collect(),
        }
    }
}

#[async_trait]
impl AuditLog for Audit {
    async fn record(&self, tx: &mut Tx, event: AuditEvent) -> Result<(), StoreError> {
        let recorded = self.recorded(event);
        tables::insert(tx, &recorded).await?;
        tables::forget(tx, recorded.at - KEPT).await?;
        tx.after_commit(move || tell(&recorded));
        Ok(())
    }

    async fn record_attempt(&self, event: AuditEvent) {
        let kept = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            self.record(&mut tx, event.clone()).await?;
            tx.commit().await
        };
        if let Err(error) = kept.await {
            // The line of the log is left, so that the event is not lost.
            tell(&self.recorded(event));
            tracing::error!("an audit event could not be kept in the database: {error}");
        }
    }
}

/// The event as a line of the log.
fn tell(event: &Recorded) {
    tracing::info!(
        target: "audit",
        actor = event.actor.name(),
        who = %event.actor.to_json(),
        action = event.action,
        subject = event.subject,
        outcome = event.outcome,
        reason = event.reason,
        "{} {} {} {}",
        event.actor.name(),
        event.action,
        event.subject,
        event.outcome
    );
}
