//! Served JSON of entities, fetched from the store and kept for a while, bounded by bytes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use moka::sync::Cache;
use store::{Store, StoreError};
use uuid::Uuid;

/// Most bytes of JSON kept.
const LIMIT_BYTES: u64 = 32 << 20;
/// What an entry costs beside its text.
const ENTRY_BYTES: usize = 160;
/// Most bodies asked for in one statement.
const FETCH: usize = 500;

/// An entity at one of its versions. The index is never ahead of the store, so what is fetched for a
/// version is that version or newer, never older.
pub type Version = (Uuid, u64);

/// A body that was fetched for a version.
#[derive(Debug)]
pub struct Fetched {
    /// The served JSON.
    pub text: Arc<str>,
    is_of_version: AtomicBool,
}

impl Fetched {
    /// Whether it is known to be of exactly the version that it was fetched for, and not of a newer one.
    pub fn is_of_version(&self) -> bool {
        self.is_of_version.load(Ordering::Relaxed)
    }

    /// Says that it is.
    pub fn set_of_version(&self) {
        self.is_of_version.store(true, Ordering::Relaxed);
    }
}

/// The bodies kept.
#[derive(Debug, Clone)]
pub struct Bodies {
    cache: Cache<Version, Arc<Fetched>>,
}

impl Default for Bodies {
    fn default() -> Self {
        let weigh = |_: &Version, body: &Arc<Fetched>| {
            u32::try_from(body.text.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        Self {
            cache: Cache::builder().max_capacity(LIMIT_BYTES).weigher(weigh).build(),
        }
    }
}

impl Bodies {
    /// The bodies of these versions, in the same order; nothing for entities that are gone.
    pub async fn get(
        &self,
        store: &Store,
        versions: &[Version],
    ) -> Result<Vec<Option<Arc<Fetched>>>, StoreError> {
        let mut bodies: Vec<Option<Arc<Fetched>>> =
            versions.iter().map(|version| self.cache.get(version)).collect();
        let missing: Vec<usize> = (0..versions.len()).filter(|at| bodies[*at].is_none()).collect();
        for chunk in missing.chunks(FETCH) {
            let uids: Vec<Uuid> = chunk.iter().map(|at| versions[*at].0).collect();
            let fetched: HashMap<Uuid, Arc<str>> = store.bodies(&uids).await?;
            for at in chunk {
                let Some(body) = fetched.get(&versions[*at].0) else {
                    continue;
                };
                let body = Arc::new(Fetched {
                    text: Arc::clone(body),
                    is_of_version: AtomicBool::new(false),
                });
                // A list of everything must not push out the entities of pages.
                if missing.len() <= FETCH {
                    self.cache.insert(versions[*at], Arc::clone(&body));
                }
                bodies[*at] = Some(body);
            }
        }
        Ok(bodies)
    }
}
