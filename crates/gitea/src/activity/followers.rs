//! Open pages about repositories: a page says which repository it shows, and its topic is announced when something happens there.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Instant;

use model::EntityRef;
use parking_lot::Mutex;
use store::Store;

/// The topic of all pages about code; that of a page is below it.
pub(crate) const TOPIC: &str = "gitea.code";
/// Pages that are remembered; the one that was made longest ago is forgotten first.
const MOST: usize = 1_000;

/// The topic of open pages about the code of an entity.
pub(crate) fn topic(reference: &EntityRef) -> String {
    let mut hasher = DefaultHasher::new();
    reference.to_string().hash(&mut hasher);
    format!("{TOPIC}.{:016x}", hasher.finish())
}

/// The pages, by topic: when each was made, and the repository that it shows.
pub(super) struct Followers {
    store: Store,
    pages: Mutex<HashMap<String, (Instant, String)>>,
}

impl Followers {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            pages: Mutex::default(),
        }
    }

    pub fn follow(&self, topic: String, repository: String) {
        let mut pages = self.pages.lock();
        if pages.len() >= MOST && !pages.contains_key(&topic) {
            let oldest = pages.iter().min_by_key(|(_, (made, _))| *made);
            if let Some(oldest) = oldest.map(|(topic, _)| topic.clone()) {
                pages.remove(&oldest);
            }
        }
        pages.insert(topic, (Instant::now(), repository));
    }

    /// Every process hears of a change itself, so each tells its own pages.
    pub fn announce(&self, repository: &str) {
        for (topic, (_, shown)) in self.pages.lock().iter() {
            if shown == repository {
                self.store.announce_here(topic);
            }
        }
    }

    pub fn announce_all(&self) {
        for topic in self.pages.lock().keys() {
            self.store.announce_here(topic);
        }
    }
}
