//! How the watch of one kind in one cluster is: loading, current, or failed, and when the cluster was last heard.

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::failure::Failure;
use super::followers::Followers;

/// How what is known of a kind is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Its objects have not come yet.
    Loading,
    /// A watch follows every change.
    Current,
    /// Changes do not come.
    Failed(Failure),
}

/// The state of a watch.
pub(crate) struct Pulse {
    state: Mutex<State>,
    settled: watch::Sender<bool>,
    followers: Arc<Followers>,
}

struct State {
    is_complete: bool,
    is_connected: bool,
    heard: Option<Timestamp>,
    failure: Option<Failure>,
}

impl Pulse {
    pub fn new(followers: Arc<Followers>) -> Self {
        Self {
            followers,
            state: Mutex::new(State {
                is_complete: false,
                is_connected: false,
                heard: None,
                failure: None,
            }),
            settled: watch::Sender::new(false),
        }
    }

    /// A stream of changes was opened, so that a failure is over.
    pub fn connected(&self, now: Timestamp) {
        let is_over = {
            let mut state = self.state.lock();
            state.is_connected = true;
            state.heard = Some(now);
            state.is_complete && state.failure.take().is_some()
        };
        if is_over {
            self.followers.all_changed();
        }
    }

    /// Something came.
    pub fn heard(&self, now: Timestamp) {
        self.state.lock().heard = Some(now);
    }

    /// The stream of changes ended.
    pub fn disconnected(&self) {
        self.state.lock().is_connected = false;
    }

    /// All objects are there.
    pub fn complete(&self, now: Timestamp) {
        {
            let mut state = self.state.lock();
            state.is_complete = true;
            state.heard = Some(now);
            state.failure = None;
        }
        self.settled.send_replace(true);
        self.followers.all_changed();
    }

    /// Changes do not come.
    pub fn failed(&self, failure: Failure) {
        let is_new = {
            let mut state = self.state.lock();
            state.is_connected = false;
            let known = state.failure.as_ref();
            let is_new = known.is_none_or(|known| known.sort != failure.sort);
            let since = known
                .filter(|known| known.sort == failure.sort)
                .map_or(failure.since, |known| known.since);
            state.failure = Some(Failure { since, ..failure });
            is_new
        };
        self.settled.send_replace(true);
        if is_new {
            self.followers.all_changed();
        }
    }

    /// Waits until the objects are there or it is known why they are not.
    pub async fn settled(&self) {
        let mut settled = self.settled.subscribe();
        // An error means that the watch is gone, so that nothing more comes.
        let _ = settled.wait_for(|settled| *settled).await;
    }

    /// The condition, and how old what is known is: nothing where nothing is known.
    pub fn state(&self, now: Timestamp) -> (Condition, Option<Timestamp>) {
        let state = self.state.lock();
        let as_of = match state.heard {
            _ if !state.is_complete => None,
            _ if state.is_connected => Some(now),
            heard => heard,
        };
        let condition = match &state.failure {
            Some(failure) => Condition::Failed(failure.clone()),
            None if state.is_complete => Condition::Current,
            None => Condition::Loading,
        };
        (condition, as_of)
    }
}
