//! How many entities hold each value of a key.

use roaring::RoaringBitmap;

use crate::ReadModel;
use crate::order::hyphenated;
use crate::sorted::Sorted;
use crate::update::UID;

/// Looking one document's terms up costs about this many looks at a posting.
const TERMS_PER_DOCUMENT: u64 = 16;
/// A set is a list of numbers where it has up to so many in a block of so many, and a bitmap elsewhere.
const LISTED: u64 = 4_096;
const BLOCK: u64 = 1 << 16;
/// Finding all others costs about as much as looking so many full lists up.
const TURNING: u64 = 8;

impl ReadModel {
    /// Values of a key as they were written, ascending, with the number of entities in `set` (all
    /// without one) that hold each. Values that nobody in the set holds are left out.
    pub fn facet(&self, key: &str, set: Option<&RoaringBitmap>) -> Vec<(String, u64)> {
        if key == UID {
            return self.uid_facet(set);
        }
        let Some(id) = self.keys.find(key) else {
            return Vec::new();
        };
        let terms = self.key_order(id).len() as u64;
        let counts = match set {
            Some(set) if set.len() * TERMS_PER_DOCUMENT < terms => self.count_by_document(id, set),
            _ => self.count_by_term(id, set),
        };
        let original = |term| self.terms.original(term).unwrap_or_default().into_owned();
        let mut values: Vec<(String, u64)> = counts
            .into_iter()
            .map(|(term, count)| (original(term), count))
            .collect();
        values.sort_unstable();
        values
    }

    fn count_by_term(&self, id: u32, set: Option<&RoaringBitmap>) -> Vec<(u32, u64)> {
        let order = self.key_order(id);
        let rest = set.filter(|set| self.is_worth_turning(set, order.len() as u64));
        let rest = rest.map(|set| self.documents.live() - set);
        let count = |term: u32| match (&rest, set) {
            (Some(rest), _) => self.terms.posting(term).len_not_in(rest),
            (None, Some(set)) => self.terms.posting(term).len_in(set),
            (None, None) => self.terms.posting(term).len(),
        };
        order
            .forward(Sorted::start())
            .map(|term| (term, count(term)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Whether it is quicker to count in the set of all other entities: a bitmap is looked up in at once, a list is not.
    fn is_worth_turning(&self, set: &RoaringBitmap, terms: u64) -> bool {
        let live = self.documents.live();
        let listed = LISTED * (u64::from(live.max().unwrap_or_default()) / BLOCK + 1);
        let is_listed = set.len() <= listed && live.len() - set.len() > listed;
        is_listed && set.len() * terms > listed * TURNING
    }

    fn count_by_document(&self, id: u32, set: &RoaringBitmap) -> Vec<(u32, u64)> {
        let mut terms: Vec<u32> = set.iter().flat_map(|doc| self.values_of(doc, id)).collect();
        terms.sort_unstable();
        terms
            .chunk_by(|left, right| left == right)
            .map(|same| (same[0], same.len() as u64))
            .collect()
    }

    /// Terms with a value that a document holds of a key.
    pub(super) fn values_of(&self, doc: u32, key: u32) -> impl Iterator<Item = u32> + '_ {
        let terms = self.documents.terms(doc);
        terms.filter(move |term| self.terms.key(*term) == key && self.terms.has_value(*term))
    }

    fn uid_facet(&self, set: Option<&RoaringBitmap>) -> Vec<(String, u64)> {
        let mut buffer = uuid::Uuid::encode_buffer();
        let docs = set.unwrap_or(self.documents.live()).iter();
        let mut values: Vec<(String, u64)> = docs
            .map(|doc| (hyphenated(self.documents.uid(doc), &mut buffer).to_owned(), 1))
            .collect();
        values.sort_unstable();
        values
    }
}
