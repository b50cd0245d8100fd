//! Taking entities into the index and out of it.

use model::SearchRow;
use uuid::Uuid;

use crate::ReadModel;
use crate::references::PARTS;
use crate::term_list::TermList;

/// Key of the uid, which is kept as a number and not as a term.
pub(super) const UID: &str = "metadata.uid";

/// Why an entity was not taken in.
#[derive(Debug, thiserror::Error)]
#[error("search rows of {uid} have no {key}")]
pub struct MissingPart {
    /// The entity.
    pub uid: Uuid,
    /// The key that every entity has.
    pub key: &'static str,
}

impl ReadModel {
    /// Takes an entity in, or its new version.
    pub fn upsert(&mut self, uid: Uuid, rows: &[SearchRow]) -> Result<(), MissingPart> {
        if let Some(key) = PARTS.iter().find(|key| !rows.iter().any(|row| row.key == **key)) {
            return Err(MissingPart { uid, key });
        }
        let terms = self.terms_of(rows);
        let (doc, is_new) = self.documents.intern(uid);
        if !is_new {
            self.forget_reference(doc);
        }
        self.exchange_terms(doc, terms, true);
        self.remember_reference(doc);
        if is_new {
            self.insert_into_uid_order(doc);
        }
        Ok(())
    }

    /// Takes an entity out; returns whether it was in.
    pub fn remove(&mut self, uid: Uuid) -> bool {
        let Some(doc) = self.documents.find(uid) else {
            return false;
        };
        self.forget_reference(doc);
        self.remove_from_uid_order(doc);
        self.exchange_terms(doc, Vec::new(), true);
        self.documents.release(doc);
        true
    }

    /// The numbers of all rows: the parts of the reference first, the rest ascending.
    fn terms_of(&mut self, rows: &[SearchRow]) -> Vec<u32> {
        let mut terms = vec![0; PARTS.len()];
        for row in rows.iter().filter(|row| row.key != UID) {
            let term = self.intern_row(row);
            match PARTS.iter().position(|key| *key == row.key) {
                Some(at) => terms[at] = term,
                None => terms.push(term),
            }
        }
        terms[PARTS.len()..].sort_unstable();
        terms.dedup();
        terms
    }

    pub(super) fn intern_row(&mut self, row: &SearchRow) -> u32 {
        let key = self.keys.intern(&row.key);
        let value = row.value.as_deref();
        let original = row.original.as_deref().or(value).unwrap_or_default();
        let (term, is_new) = self.terms.intern(key, value, original);
        if let Some(value) = value.filter(|_| is_new) {
            let Self { keys, terms, .. } = self;
            let key = keys.get_mut(key);
            if let Some(order) = key.order.get_mut() {
                order.insert(term, |held| terms.compare(held, term).is_lt());
            }
            if let Some(haystack) = key.haystack.get_mut() {
                haystack.add(term, value);
            }
        }
        term
    }

    /// Gives a document other terms, as those of another version of its entity or not, and brings postings and keys in
    /// line.
    pub(super) fn exchange_terms(&mut self, doc: u32, mut current: Vec<u32>, is_version: bool) {
        let mut former: Vec<u32> = self.documents.terms(doc).collect();
        self.documents
            .set_terms(doc, TermList::pack(&current), is_version);
        former.sort_unstable();
        current.sort_unstable();
        for term in current.iter().filter(|term| former.binary_search(term).is_err()) {
            self.terms.add_holder(*term, doc);
        }
        let keys = self.mark_keys(doc, &former, &current);
        for term in former.iter().filter(|term| current.binary_search(term).is_err()) {
            self.drop_term(doc, *term);
        }
        for key in keys {
            self.keys.release_if_unused(key);
        }
    }

    /// Sets which keys a document has; returns those it lost.
    fn mark_keys(&mut self, doc: u32, former: &[u32], current: &[u32]) -> Vec<u32> {
        let former = self.keys_of(former);
        let current = self.keys_of(current);
        for (key, valued) in &current {
            if former.binary_search(&(*key, *valued)).is_ok() {
                continue;
            }
            let key = self.keys.get_mut(*key);
            if !key.exists.contains(doc) {
                key.exists.insert(doc);
            }
            if *valued {
                key.null_only.remove(doc);
            } else {
                key.null_only.insert(doc);
            }
        }
        let mut lost: Vec<u32> = former.iter().map(|(key, _)| *key).collect();
        lost.retain(|key| current.binary_search_by_key(key, |(key, _)| *key).is_err());
        for key in &lost {
            let key = self.keys.get_mut(*key);
            key.exists.remove(doc);
            key.null_only.remove(doc);
        }
        lost
    }

    /// The keys of some terms, ascending, and whether each has a value among them.
    fn keys_of(&self, terms: &[u32]) -> Vec<(u32, bool)> {
        let pair = |term: &u32| (self.terms.key(*term), self.terms.has_value(*term));
        let mut keys: Vec<(u32, bool)> = terms.iter().map(pair).collect();
        keys.sort_unstable_by_key(|(key, valued)| (*key, !*valued));
        keys.dedup_by_key(|(key, _)| *key);
        keys
    }

    fn drop_term(&mut self, doc: u32, term: u32) {
        if !self.terms.remove_holder(term, doc) {
            return;
        }
        let Self { keys, terms, .. } = self;
        let key = keys.get_mut(terms.key(term));
        if let Some(order) = key.order.get_mut() {
            order.remove(term, |held| terms.compare(held, term).is_lt());
        }
        if key
            .haystack
            .get_mut()
            .is_some_and(|haystack| haystack.note_gone())
        {
            key.haystack.take();
        }
        terms.release(term);
    }

    pub(super) fn remember_reference(&mut self, doc: u32) {
        let parts = self.parts(doc);
        let hash = self.reference_hash(parts);
        let twin = self.by_reference.find(hash, |held| self.parts(held) == parts);
        if let Some(twin) = twin {
            // The same reference under a new uid: the old row is gone, its removal just comes later.
            self.remove(self.documents.uid(twin));
        }
        let mut by_reference = std::mem::take(&mut self.by_reference);
        by_reference.insert(hash, doc, |held| self.reference_hash(self.parts(held)));
        self.by_reference = by_reference;
        let mut order = self.reference_order.take();
        if let Some(order) = &mut order {
            order.insert(doc, |held| self.compare_references(held, doc).is_lt());
        }
        self.reference_order = order.map(Into::into).unwrap_or_default();
    }

    fn forget_reference(&mut self, doc: u32) {
        let hash = self.reference_hash(self.parts(doc));
        self.by_reference.remove(hash, doc);
        let mut order = self.reference_order.take();
        if let Some(order) = &mut order {
            order.remove(doc, |held| self.compare_references(held, doc).is_lt());
        }
        self.reference_order = order.map(Into::into).unwrap_or_default();
    }

    fn insert_into_uid_order(&mut self, doc: u32) {
        let Self {
            uid_order, documents, ..
        } = self;
        if let Some(order) = uid_order.get_mut() {
            let uid = documents.uid(doc);
            order.insert(doc, |held| documents.uid(held) < uid);
        }
    }

    fn remove_from_uid_order(&mut self, doc: u32) {
        let Self {
            uid_order, documents, ..
        } = self;
        if let Some(order) = uid_order.get_mut() {
            let uid = documents.uid(doc);
            order.remove(doc, |held| documents.uid(held) < uid);
        }
    }
}
