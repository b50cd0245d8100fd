//! Whether the portal has started, serves, or is going down.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// A stage in the life of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Listening, but the catalog is still loading.
    Starting,
    /// Serving.
    Ready,
    /// Finishing requests that were begun.
    Stopping,
}

/// The current stage, shared between the code that sets it and the code that reads it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Readiness {
    stage: Arc<watch::Sender<Stage>>,
}

impl Readiness {
    /// Starts in [`Stage::Starting`].
    pub fn new() -> Self {
        Self {
            stage: Arc::new(watch::Sender::new(Stage::Starting)),
        }
    }

    /// The stage now.
    pub fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Enters a stage. Nothing leaves [`Stage::Stopping`].
    pub fn enter(&self, stage: Stage) {
        self.stage.send_if_modified(|current| {
            let changes = *current != stage && *current != Stage::Stopping;
            if changes {
                *current = stage;
            }
            changes
        });
    }

    /// Waits until the start is over, at most this long; whether it is.
    pub async fn started_within(&self, patience: Duration) -> bool {
        let mut stage = self.stage.subscribe();
        let started = stage.wait_for(|stage| *stage != Stage::Starting);
        tokio::time::timeout(patience, started)
            .await
            .is_ok_and(|stage| stage.is_ok())
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}
