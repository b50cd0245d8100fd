//! What both groups use while something is measured.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;

use super::cgroup::{Group, Held, Usage};

/// How often memory is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// Of the portal, then of PostgreSQL.
type Pair<T> = [T; 2];

/// What was used in some time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Processor time and deaths.
    pub usage: Pair<Usage>,
    /// The most memory held at any look, in bytes.
    pub most: Pair<u64>,
}

/// Looks at two groups until it is dropped.
pub struct Watch<'a> {
    groups: Pair<&'a Group>,
    before: Mutex<Pair<Usage>>,
    shared: Arc<Shared>,
    looking: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    /// Since the last lap.
    most: Pair<AtomicU64>,
    most_of_all: Pair<AtomicU64>,
}

impl<'a> Watch<'a> {
    /// Begins to look.
    pub fn start(portal: &'a Group, database: &'a Group) -> Self {
        let shared = Arc::new(Shared::default());
        let held = [portal.held(), database.held()];
        let looking = std::thread::spawn({
            let shared = shared.clone();
            move || look(&held, &shared)
        });
        Self {
            groups: [portal, database],
            before: Mutex::default(),
            shared,
            looking: Some(looking),
        }
    }

    /// What was used since the last lap.
    pub fn lap(&self) -> Result<Spent> {
        let now = self.now()?;
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        let usage = [now[0].since(before[0]), now[1].since(before[1])];
        *before = now;
        let most = [0, 1].map(|at| self.shared.most[at].swap(0, Ordering::Relaxed));
        Ok(Spent { usage, most })
    }

    /// What was used from the beginning on.
    pub fn all(&self) -> Result<Spent> {
        Ok(Spent {
            usage: self.now()?,
            most: [0, 1].map(|at| self.shared.most_of_all[at].load(Ordering::Relaxed)),
        })
    }

    fn now(&self) -> Result<Pair<Usage>> {
        Ok([self.groups[0].usage()?, self.groups[1].usage()?])
    }
}

fn look(held: &Pair<Held>, shared: &Shared) {
    while !shared.is_over.load(Ordering::Relaxed) {
        for (at, held) in held.iter().enumerate() {
            // A look that fails is one look less.
            let bytes = held.bytes().unwrap_or_default();
            shared.most[at].fetch_max(bytes, Ordering::Relaxed);
            shared.most_of_all[at].fetch_max(bytes, Ordering::Relaxed);
        }
        std::thread::sleep(PAUSE);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        let _ = self.looking.take().map(JoinHandle::join);
    }
}
