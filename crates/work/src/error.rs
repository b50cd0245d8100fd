//! Errors of enqueuing work, and of work that writes its results.

use model::{Fault, FaultKind};
use store::StoreError;

/// Why something about work could not be stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkError {
    /// The database did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A value is larger than the bound.
    #[error("{what} has {bytes} bytes, at most {most} are kept; put large data elsewhere and name it here")]
    TooLarge {
        /// Which value.
        what: &'static str,
        /// Its size as JSON.
        bytes: usize,
        /// The bound.
        most: usize,
    },
    /// A value cannot be written as JSON.
    #[error("{what} cannot be written as JSON: {reason}")]
    NotJson {
        /// Which value.
        what: &'static str,
        /// Why not.
        reason: String,
    },
    /// Another process has the job now, or it was cancelled or removed.
    #[error("the job is no longer claimed by this run; its results are not kept")]
    Lost,
}

impl From<WorkError> for Fault {
    fn from(error: WorkError) -> Self {
        match &error {
            WorkError::Store(store) if store.is_outage() => {
                Self::new(FaultKind::Unavailable, error.to_string())
            }
            WorkError::TooLarge { .. } | WorkError::NotJson { .. } => Self::input(error.to_string()),
            WorkError::Lost => Self::conflict(error.to_string()),
            WorkError::Store(_) => Self::error(error.to_string()),
        }
    }
}
