//! The author of a change that was asked for: for the history, and for the audit.

use model::{Actor, Fault};
use plugin::{AuditEvent, AuditOutcome};
use serde_json::{Value, json};

use crate::Catalog;

/// The cause of a change that was asked for, in the history.
pub(super) fn cause(actor: &Actor, request: &str) -> Value {
    json!({"kind": "api", "request": request, "actor": actor.to_json()})
}

impl Catalog {
    /// Tells the audit how a change ended, and hands its outcome on.
    pub(crate) async fn audited<T>(
        &self,
        actor: &Actor,
        action: &'static str,
        subject: String,
        outcome: Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Some(audit) = &self.parts.audit {
            let event = AuditEvent {
                actor: actor.clone(),
                action: action.into(),
                subject,
                outcome: AuditOutcome::of(&outcome),
            };
            audit.record(event).await;
        }
        outcome
    }
}
