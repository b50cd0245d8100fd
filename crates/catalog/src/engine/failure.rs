//! Why a run could not be finished.

use std::time::Duration;

use model::Fault;
use store::{SourceKey, StoreError};

use crate::failure::store_fault;

/// A run ended early; the source is tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process works on the source, because this one took too long.
    #[error("{0} was handed to another process meanwhile")]
    ClaimLost(SourceKey),
    /// An entity was changed or deleted while it was compared with its source.
    #[error("{0} changed meanwhile")]
    Overtaken(String),
    /// Too many sources wait for the same host; it is tried after the pause.
    #[error("too many sources wait for {0}")]
    Crowded(String, Duration),
    /// Everything is to stop; the source is left as it was.
    #[error("stopping")]
    Stopped,
    /// The input breaks a rule.
    #[error("{0}")]
    Fault(#[from] Fault),
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Fault(fault) => fault,
            EngineError::Store(error) if error.is_outage() => store_fault(&error),
            EngineError::ClaimLost(_)
            | EngineError::Overtaken(_)
            | EngineError::Crowded(..)
            | EngineError::Stopped => Fault::new("ServiceUnavailableError", error.to_string()),
            EngineError::Store(error) => Fault::error(error.to_string()),
        }
    }
}
