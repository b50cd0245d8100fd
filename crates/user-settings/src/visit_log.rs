//! Visits on their way to the store: kept in memory for a moment and written in batches, so that a page does not
//! wait for whoever writes. Visits of the last moment are lost when the process is killed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::EntityRef;
use parking_lot::Mutex;
use store::Store;

use crate::personal::{Visited, record_visits};

/// Pause between two batches.
const EVERY: Duration = Duration::from_secs(2);
/// Most visits that wait; further ones are not noted.
const MOST: usize = 10_000;

/// Visits that wait to be written. Cheap to clone.
#[derive(Clone)]
pub struct VisitLog {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: HashMap<EntityRef, Vec<Visited>>,
    number: usize,
    /// Somebody writes what waits.
    is_writing: bool,
}

impl VisitLog {
    /// A log that writes to this store.
    pub fn new(store: Store) -> Self {
        Self {
            shared: Arc::new(Shared {
                store,
                state: Mutex::default(),
            }),
        }
    }

    /// Notes a visit. It is written at once when nothing else is, otherwise with the next batch.
    pub fn note(&self, viewer: &EntityRef, visited: Visited) {
        let mut state = self.shared.state.lock();
        if state.number >= MOST {
            return;
        }
        state.number += 1;
        state.waiting.entry(viewer.clone()).or_default().push(visited);
        if !std::mem::replace(&mut state.is_writing, true) {
            let shared = self.shared.clone();
            tokio::spawn(async move { shared.write_all().await });
        }
    }
}

impl Shared {
    /// Writes batch after batch until nothing waits.
    async fn write_all(&self) {
        while let Some(batch) = self.take() {
            for (viewer, visited) in batch {
                if let Err(error) = record_visits(&self.store, &viewer, &visited).await {
                    tracing::warn!(%error, visits = visited.len(), "visits were not noted");
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    fn take(&self) -> Option<HashMap<EntityRef, Vec<Visited>>> {
        let mut state = self.state.lock();
        state.number = 0;
        state.is_writing = !state.waiting.is_empty();
        state.is_writing.then(|| std::mem::take(&mut state.waiting))
    }
}
