//! Which entities restricted sights let through, kept for the sights in use.
//!
//! A set is made when a sight is first asked with and brought forward with every change by looking at the changed
//! entities alone. The sets belong to the state of the read model that is behind its lock: they are read under its
//! lock for reading and brought forward under its lock for writing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::Filter;
use parking_lot::Mutex;
use read_model::{Excerpt, ReadModel, Room};

use crate::sight::{Sight, SightKey};

/// Most sights kept, beside those that somebody listens with.
const KEPT: usize = 64;

/// The sets in use, the one that was used last at the end.
#[derive(Debug, Default)]
pub(crate) struct Sights {
    kept: Mutex<Vec<Kept>>,
    /// Number of the last set that was made or changed.
    versions: AtomicU64,
    /// Room for the orders and parts of their entities.
    room: Room,
}

#[derive(Debug)]
struct Kept {
    key: SightKey,
    filter: Arc<Filter>,
    excerpt: Arc<Excerpt>,
    /// Another number for every other set.
    version: u64,
    /// How many listen to changes with this sight.
    listeners: usize,
}

/// Whether a sight saw an entity before a change, and sees it after the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glimpse {
    pub(crate) key: SightKey,
    pub(crate) before: bool,
    pub(crate) after: bool,
}

impl Sights {
    /// The entities of a sight; nothing when that is all of them.
    pub(crate) fn excerpt(&self, model: &ReadModel, sight: &Sight) -> Option<Arc<Excerpt>> {
        let filter = sight.filter()?;
        Some(self.used(model, sight.key(), filter, 0).0)
    }

    /// The entities of a sight that is in use.
    pub(crate) fn kept(&self, key: SightKey) -> Option<Arc<Excerpt>> {
        let kept = self.kept.lock();
        let found = kept.iter().rfind(|one| one.key == key)?;
        Some(Arc::clone(&found.excerpt))
    }

    fn find(&self, model: &ReadModel, filter: &Filter) -> Arc<Excerpt> {
        let set = model.evaluate(filter).into_owned();
        Arc::new(Excerpt::new(set, self.room.clone()))
    }

    /// A number that changes when the sight shows other entities.
    pub(crate) fn version(&self, model: &ReadModel, sight: &Sight) -> u64 {
        sight
            .filter()
            .map_or(0, |filter| self.used(model, sight.key(), filter, 0).1)
    }

    fn next_version(&self) -> u64 {
        self.versions.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Keeps a sight until [`Sights::ignore`], so that changes say what it sees of them.
    pub(crate) fn listen(&self, model: &ReadModel, sight: &Sight) {
        if let Some(filter) = sight.filter() {
            self.used(model, sight.key(), filter, 1);
        }
    }

    /// One listener less.
    pub(crate) fn ignore(&self, key: SightKey) {
        let mut kept = self.kept.lock();
        if let Some(one) = kept.iter_mut().find(|one| one.key == key) {
            one.listeners = one.listeners.saturating_sub(1);
        }
        trim(&mut kept);
    }

    fn used(
        &self,
        model: &ReadModel,
        key: SightKey,
        filter: &Arc<Filter>,
        listeners: usize,
    ) -> (Arc<Excerpt>, u64) {
        if let Some(known) = touch(&mut self.kept.lock(), key, listeners) {
            return known;
        }
        // Beside the lock: others go on with their sights meanwhile.
        let excerpt = self.find(model, filter);
        let mut kept = self.kept.lock();
        if let Some(known) = touch(&mut kept, key, listeners) {
            return known;
        }
        let version = self.next_version();
        kept.push(Kept {
            key,
            filter: Arc::clone(filter),
            excerpt: Arc::clone(&excerpt),
            version,
            listeners,
        });
        trim(&mut kept);
        (excerpt, version)
    }

    /// Whether no sight is in use, so that a change concerns none.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.lock().is_empty()
    }

    /// Takes a change in that was made to these entities, some of which may be gone. Says what the sights of
    /// listeners saw of it.
    pub(crate) fn bring_forward(&self, model: &ReadModel, docs: &[u32]) -> Vec<Glimpse> {
        let mut kept = self.kept.lock();
        let mut glimpses = Vec::new();
        for one in kept.iter_mut() {
            let (mut before, mut after) = (false, false);
            for doc in docs {
                let is_seen = model.is_live(*doc) && model.matches(&one.filter, *doc);
                let was_seen = one.excerpt.set().contains(*doc);
                before |= was_seen;
                after |= is_seen;
                if was_seen != is_seen {
                    one.version = self.next_version();
                }
                if was_seen || is_seen {
                    Arc::make_mut(&mut one.excerpt).update(*doc, is_seen);
                }
            }
            if one.listeners > 0 {
                let key = one.key;
                glimpses.push(Glimpse { key, before, after });
            }
        }
        glimpses
    }

    /// Begins anew with another read model. Sights without a listener are made again when they are asked with.
    pub(crate) fn start_over(&self, model: &ReadModel) {
        let mut kept = self.kept.lock();
        kept.retain(|one| one.listeners > 0);
        for one in kept.iter_mut() {
            one.excerpt = self.find(model, &one.filter);
            one.version = self.next_version();
        }
    }
}

/// The set of a sight that is kept, which has now been used last.
fn touch(kept: &mut Vec<Kept>, key: SightKey, listeners: usize) -> Option<(Arc<Excerpt>, u64)> {
    let at = kept.iter().position(|one| one.key == key)?;
    let mut one = kept.remove(at);
    one.listeners += listeners;
    let found = (Arc::clone(&one.excerpt), one.version);
    kept.push(one);
    Some(found)
}

/// Forgets the sights that were not used for longest.
fn trim(kept: &mut Vec<Kept>) {
    let mut surplus = kept
        .iter()
        .filter(|one| one.listeners == 0)
        .count()
        .saturating_sub(KEPT);
    kept.retain(|one| {
        let goes = surplus > 0 && one.listeners == 0;
        surplus -= usize::from(goes);
        !goes
    });
}
