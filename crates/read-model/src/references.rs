//! References of entities without keeping them as text: kind, namespace and name are terms.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use crate::ReadModel;

/// Keys of the three parts, in the order they are kept in.
pub(super) const PARTS: [&str; 3] = ["kind", "metadata.namespace", "metadata.name"];

impl ReadModel {
    /// The reference of an entity, `kind:namespace/name`.
    pub fn reference(&self, doc: u32) -> String {
        self.reference_pieces(doc).concat()
    }

    /// The entity with exactly this reference, lower-cased.
    pub fn by_reference(&self, reference: &str) -> Option<u32> {
        let (kind, rest) = reference.split_once(':')?;
        let (namespace, name) = rest.split_once('/')?;
        let parts = [kind, namespace, name];
        let hash = self.reference_hash(parts);
        self.by_reference.find(hash, |doc| self.parts(doc) == parts)
    }

    pub(super) fn parts(&self, doc: u32) -> [&str; 3] {
        let mut terms = self.documents.terms(doc);
        PARTS.map(|_| {
            let term = terms.next();
            term.and_then(|term| self.terms.value(term)).unwrap_or_default()
        })
    }

    pub(super) fn reference_hash(&self, parts: [&str; 3]) -> u64 {
        self.hasher.hash_one(parts)
    }

    /// Order of two entities by reference, as text.
    pub(super) fn compare_references(&self, left: u32, right: u32) -> Ordering {
        let bytes = |doc| self.reference_pieces(doc).into_iter().flat_map(str::bytes);
        bytes(left).cmp(bytes(right))
    }

    fn reference_pieces(&self, doc: u32) -> [&str; 5] {
        let [kind, namespace, name] = self.parts(doc);
        [kind, ":", namespace, "/", name]
    }
}
