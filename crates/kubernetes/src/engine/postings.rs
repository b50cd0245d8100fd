//! Which objects stand under a word, in 16 bytes for each.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of an object in its cluster, given anew when the object is gone.
pub(crate) type Slot = u32;

/// The objects under each word. Words are told apart by their hash alone, so that who asks looks whether it is the right object.
#[derive(Default)]
pub(crate) struct Postings(BTreeSet<(u64, Slot)>);

impl Postings {
    /// Puts an object under a word.
    pub fn insert(&mut self, word: impl Hash, slot: Slot) {
        self.0.insert((hash(word), slot));
    }

    /// Takes an object away from a word.
    pub fn remove(&mut self, word: impl Hash, slot: Slot) {
        self.0.remove(&(hash(word), slot));
    }

    /// The objects under a word, and rarely others.
    pub fn under(&self, word: impl Hash) -> impl Iterator<Item = Slot> {
        let hash = hash(word);
        self.0.range((hash, 0)..=(hash, Slot::MAX)).map(|(_, slot)| *slot)
    }
}

fn hash(word: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}
