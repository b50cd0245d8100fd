//! Putting the index together from what a snapshot holds, all at once: far quicker than one entity after the
//! other, because what an entity is held by is sorted once.

use uuid::Uuid;

use super::ReadModel;
use super::posting::Posting;
use super::references::PARTS;

/// Entities of each key: those that have it, and those that have a value for it. Ascending.
#[derive(Default, Clone)]
struct KeyHolders {
    any: Vec<u32>,
    valued: Vec<u32>,
}

impl ReadModel {
    /// Makes room for this many more entities.
    pub(super) fn expect(&mut self, entities: u32) {
        self.documents.reserve(entities);
        let mut by_reference = std::mem::take(&mut self.by_reference);
        by_reference.reserve(entities, |held| self.reference_hash(self.parts(held)));
        self.by_reference = by_reference;
    }

    /// Takes an entity in whose terms, ordered as they are kept, are there already. Who holds them is only known
    /// after [`ReadModel::finish_restoring`]. Returns whether it makes sense.
    pub(super) fn restore(&mut self, uid: Uuid, terms: &[u32]) -> bool {
        let is_part = |(key, term): (&str, &u32)| self.keys.find(key) == Some(self.terms.key(*term));
        let has_parts = terms.len() >= PARTS.len() && PARTS.into_iter().zip(terms).all(is_part);
        let (doc, is_new) = self.documents.intern(uid);
        if !has_parts || !is_new {
            return false;
        }
        self.documents.set_terms(doc, terms);
        self.remember_reference(doc);
        true
    }

    /// Gives every term and key its entities.
    pub(super) fn finish_restoring(&mut self) {
        self.restore_postings();
        self.restore_keys();
    }

    fn restore_postings(&mut self) {
        let live = || self.documents.live().iter();
        let mut ends = vec![0_usize; self.terms.len() as usize + 1];
        for doc in live() {
            for term in self.documents.terms(doc) {
                ends[term as usize + 1] += 1;
            }
        }
        for at in 1..ends.len() {
            ends[at] += ends[at - 1];
        }
        // Where each term's entities begin; moves to where they end while they are filled in.
        let mut holders = vec![0; ends.last().copied().unwrap_or(0)];
        for doc in live() {
            for term in self.documents.terms(doc) {
                let at = &mut ends[term as usize];
                holders[*at] = doc;
                *at += 1;
            }
        }
        let mut begin = 0;
        for (term, end) in (0..self.terms.len()).zip(ends) {
            self.terms.set_holders(term, &holders[begin..end]);
            begin = end;
        }
    }

    fn restore_keys(&mut self) {
        let mut all: Vec<KeyHolders> = vec![KeyHolders::default(); self.keys.numbers() as usize];
        for doc in self.documents.live() {
            for term in self.documents.terms(doc) {
                let holders = &mut all[self.terms.key(term) as usize];
                push_once(&mut holders.any, doc);
                if self.terms.has_value(term) {
                    push_once(&mut holders.valued, doc);
                }
            }
        }
        for (key, holders) in (0..).zip(all) {
            let key = self.keys.get_mut(key);
            key.exists = Posting::of_ascending(&holders.any);
            if holders.valued.len() < holders.any.len() {
                let is_null = |doc: &u32| holders.valued.binary_search(doc).is_err();
                let null_only: Vec<u32> = holders.any.iter().copied().filter(is_null).collect();
                key.null_only = Posting::of_ascending(&null_only);
            }
        }
    }
}

fn push_once(docs: &mut Vec<u32>, doc: u32) {
    if docs.last() != Some(&doc) {
        docs.push(doc);
    }
}
