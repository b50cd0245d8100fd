//! Telling followers of the change log that there is something to read.

use tokio::sync::watch;

/// Wakes after commits that appended to the change log, local or (PostgreSQL) of other processes.
///
/// It may wake without need (after a lost connection for example) and several commits may wake once:
/// read [`crate::Store::changes_since`] until it has no more, then wait again.
#[derive(Clone)]
pub struct ChangeWake(watch::Receiver<u64>);

impl ChangeWake {
    /// Waits for the next wake-up; what happened since the last call counts. `false` once the store is
    /// closed, which is when its last handle was dropped.
    pub async fn woken(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }
}

/// The sending side, kept by the store.
pub(crate) struct Waker(watch::Sender<u64>);

impl Waker {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn wake(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn subscribe(&self) -> ChangeWake {
        ChangeWake(self.0.subscribe())
    }
}
