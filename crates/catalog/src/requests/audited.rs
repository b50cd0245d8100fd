//! The author of a change that was asked for: for the history, and for the audit.

use model::{Actor, Fault};
use plugin::{AuditEvent, AuditOutcome};
use serde_json::{Value, json};
use store::{StoreError, Tx};

use crate::Catalog;

/// The cause of a change that was asked for, in the history.
pub(super) fn cause(actor: &Actor, request: &str) -> Value {
    json!({"kind": "api", "request": request, "actor": actor.to_json()})
}

/// A change that somebody asks for, as the audit names it.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// The name of the permission that it needs.
    pub action: &'static str,
    /// What it is done to.
    pub subject: String,
}

impl Asked<'_> {
    fn ended(&self, outcome: AuditOutcome) -> AuditEvent {
        AuditEvent {
            actor: self.actor.clone(),
            action: self.action.into(),
            subject: self.subject.clone(),
            outcome,
        }
    }
}

impl Catalog {
    /// Keeps in the transaction of a change that it was made.
    pub(super) async fn audit(&self, tx: &mut Tx, asked: &Asked<'_>) -> Result<(), StoreError> {
        match &self.parts.audit {
            Some(audit) => audit.record(tx, asked.ended(AuditOutcome::Done)).await,
            None => Ok(()),
        }
    }

    /// Keeps an attempt that changed nothing, and hands its outcome on. A change that was made has kept its own event.
    pub(crate) async fn attempted<T>(
        &self,
        asked: &Asked<'_>,
        outcome: Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let (Some(audit), Err(_)) = (&self.parts.audit, &outcome) {
            audit
                .record_attempt(asked.ended(AuditOutcome::of(&outcome)))
                .await;
        }
        outcome
    }
}
