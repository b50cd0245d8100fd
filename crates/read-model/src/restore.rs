//! Putting the index together from what a snapshot holds, all at once: far quicker than one entity after the
//! other, because what an entity is held by is sorted once.

use std::thread;

use uuid::Uuid;

use crate::ReadModel;
use crate::documents::Documents;
use crate::holders::{Held, Holders};
use crate::keys::Keys;
use crate::posting::Posting;
use crate::references::PARTS;
use crate::shards::Shards;
use crate::term_list::TermList;
use crate::terms::Terms;

/// Entities with the numbers of their terms, without knowing what these are.
#[derive(Default)]
pub(super) struct Entities {
    documents: Documents,
    /// Who holds each term.
    held: Vec<Held>,
    holders: Holders,
}

impl Entities {
    /// None yet, with room for this many.
    pub fn expecting(count: u32) -> Self {
        let mut entities = Self::default();
        entities.documents.reserve(count);
        entities
    }

    /// Takes one in whose terms are ordered as they are kept; returns whether it is new.
    pub fn add(&mut self, uid: Uuid, terms: TermList) -> bool {
        let (doc, is_new) = self.documents.intern(uid);
        if is_new {
            self.documents.set_terms(doc, terms, true);
        }
        is_new
    }

    /// Gives each of `terms` terms its entities, after all were taken in; returns whether there are no others.
    pub fn find_holders(&mut self, terms: u32) -> bool {
        let live = || self.documents.live().iter();
        let mut ends = vec![0_usize; terms as usize + 1];
        for doc in live() {
            for term in self.documents.terms(doc) {
                let Some(count) = ends.get_mut(term as usize + 1) else {
                    return false;
                };
                *count += 1;
            }
        }
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        // Where each term's entities begin; moves to where they end while they are filled in.
        let mut docs = vec![0; ends.last().copied().unwrap_or(0)];
        for doc in live() {
            for term in self.documents.terms(doc) {
                let at = &mut ends[term as usize];
                docs[*at] = doc;
                *at += 1;
            }
        }
        let mut begin = 0;
        for end in ends.into_iter().take(terms as usize) {
            self.held.push(self.holders.of_ascending(&docs[begin..end]));
            begin = end;
        }
        true
    }
}

/// Entities of a key, ascending: those that have a value for it, and those that have it without a value. Some may
/// be both.
#[derive(Default, Clone)]
struct KeyHolders {
    valued: Vec<u32>,
    null: Vec<u32>,
}

impl ReadModel {
    /// Joins the parts of a snapshot; nothing when they do not fit each other.
    pub(super) fn of_parts(keys: Keys, mut terms: Terms, entities: Entities) -> Option<Self> {
        if entities.held.len() != terms.len() as usize {
            return None;
        }
        terms.set_holders(entities.held, entities.holders);
        let mut model = Self {
            keys,
            terms,
            documents: entities.documents,
            ..Self::default()
        };
        if !model.has_references() {
            return None;
        }
        let (by_value, by_reference, holders) = thread::scope(|scope| {
            let tables = scope.spawn(|| (model.terms.find_by_value(), model.find_references()));
            scope.spawn(|| model.prepare_orders());
            let holders = model.find_key_holders();
            let (by_value, by_reference) = tables.join().expect("hashing does not panic");
            (by_value, by_reference, holders)
        });
        model.terms.set_by_value(by_value);
        model.by_reference = by_reference;
        model.set_key_holders(holders);
        Some(model)
    }

    /// Whether every entity has the parts of a reference, first of its terms.
    fn has_references(&self) -> bool {
        let parts = PARTS.map(|part| self.keys.find(part));
        self.documents.live().iter().all(|doc| {
            let mut terms = self.documents.terms(doc);
            parts.iter().all(|part| {
                let held = terms.next().map(|term| self.terms.key(term));
                held.is_some() && held == *part
            })
        })
    }

    fn find_references(&self) -> Shards {
        // A restored index has no gaps.
        let docs = self.documents.live().iter();
        Shards::of_hashes(docs.map(|doc| self.reference_hash(self.parts(doc))))
    }

    /// Joins the entities of each key's values, which are much fewer than the values of all entities.
    fn find_key_holders(&self) -> Vec<KeyHolders> {
        let mut all = vec![KeyHolders::default(); self.keys.numbers() as usize];
        for term in 0..self.terms.len() {
            let holders = &mut all[self.terms.key(term) as usize];
            let docs = if self.terms.has_value(term) {
                &mut holders.valued
            } else {
                &mut holders.null
            };
            let posting = self.terms.posting(term);
            match posting.bitmap() {
                Some(bitmap) => docs.extend(bitmap),
                None => docs.extend(posting.small()),
            }
        }
        for holders in &mut all {
            sort_lists(&mut holders.valued);
            sort_lists(&mut holders.null);
        }
        all
    }

    fn set_key_holders(&mut self, all: Vec<KeyHolders>) {
        for (key, KeyHolders { mut valued, mut null }) in (0..).zip(all) {
            let key = self.keys.get_mut(key);
            if !null.is_empty() {
                null.retain(|doc| valued.binary_search(doc).is_err());
                key.null_only = Posting::of_ascending(&null);
                valued.extend(null);
                sort_lists(&mut valued);
            }
            key.exists = Posting::of_ascending(&valued);
        }
    }
}

/// Sorts what consists of a few sorted lists, and leaves out what is there twice.
#[expect(
    clippy::stable_sort_primitive,
    reason = "it joins sorted lists, which is quicker than sorting anew"
)]
fn sort_lists(docs: &mut Vec<u32>) {
    docs.sort();
    docs.dedup();
}
