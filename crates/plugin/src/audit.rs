//! What people and services changed, and where it is kept.

use std::borrow::Cow;

use async_trait::async_trait;
use model::{Actor, Fault, FaultKind};
use store::{StoreError, Tx};

/// A change that was made, tried or refused.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Who.
    pub actor: Actor,
    /// What: in most cases the name of the permission that the change needs.
    pub action: Cow<'static, str>,
    /// What it was done to: an entity reference, a location, a path.
    pub subject: String,
    /// How it ended.
    pub outcome: AuditOutcome,
}

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditOutcome {
    /// It is made.
    Done,
    /// The actor may not make it; the sentence says why and may be empty.
    Refused(String),
    /// It could not be made; the sentence says why.
    Failed(String),
}

impl AuditOutcome {
    /// The words for outcomes.
    pub const WORDS: [&'static str; 3] = ["done", "refused", "failed"];

    /// The outcome of an operation.
    pub fn of<T>(result: &Result<T, Fault>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(fault) if fault.is(&FaultKind::NotAllowed) => Self::Refused(fault.describe()),
            Err(fault) => Self::Failed(fault.describe()),
        }
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }

    /// Why it was refused or failed.
    pub fn reason(&self) -> &str {
        match self {
            Self::Done => "",
            Self::Refused(reason) | Self::Failed(reason) => reason,
        }
    }
}

/// Keeps what was changed and refused.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Keeps the event of a change in the transaction that makes the change, so that both are stored or neither.
    /// The transaction must be given up when this fails.
    async fn record(&self, tx: &mut Tx, event: AuditEvent) -> Result<(), StoreError>;

    /// Keeps the event of an attempt that changed nothing, in a transaction of its own. It does not fail: the caller
    /// has an error to answer with already.
    async fn record_attempt(&self, event: AuditEvent);
}
