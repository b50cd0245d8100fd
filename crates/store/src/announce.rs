//! Announcements: words for all processes that something outside of the change log is new.
//!
//! A topic is announced in the transaction that changes something, and heard in every process once that is kept. It is a
//! hint and no record: a process may miss some, and then hears that it did ([`Announced::Missed`]).

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Announcements that a slow listener may be behind.
const ROOM: usize = 1024;
/// Longest topic, in bytes; what is beyond is cut. PostgreSQL carries 8,000.
const LONGEST: usize = 400;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// What this topic stands for has changed.
    Topic(Arc<str>),
    /// Announcements may have been missed.
    Missed,
}

/// Announcements from now on.
pub struct Announcements(broadcast::Receiver<Announced>);

impl Announcements {
    /// The next one; nothing once the store is closed.
    pub async fn next(&mut self) -> Option<Announced> {
        match self.0.recv().await {
            Ok(announced) => Some(announced),
            Err(RecvError::Lagged(_)) => Some(Announced::Missed),
            Err(RecvError::Closed) => None,
        }
    }
}

/// The sending side, kept by the store.
pub(crate) struct Announcer(broadcast::Sender<Announced>);

impl Announcer {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(ROOM))
    }

    /// Tells the listeners of this process.
    pub(crate) fn tell(&self, announced: Announced) {
        // Without a listener nobody misses it.
        let _ = self.0.send(announced);
    }

    pub(crate) fn subscribe(&self) -> Announcements {
        Announcements(self.0.subscribe())
    }
}

/// A topic that is short enough to be carried.
pub(crate) fn topic(text: &str) -> Arc<str> {
    text[..text.floor_char_boundary(LONGEST)].into()
}
