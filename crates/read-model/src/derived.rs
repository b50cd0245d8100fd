//! Values that are not part of an entity: whoever holds the model derives them from others, and changes them alone.

use std::collections::BTreeSet;

use model::SearchRow;

use crate::ReadModel;
use crate::references::PARTS;

impl ReadModel {
    /// Gives an entity these rows in the place of all that it has of some keys; returns whether that changes anything.
    /// The version of the entity stays the same.
    pub fn set_derived(&mut self, doc: u32, keys: &[&str], rows: &[SearchRow]) -> bool {
        let former: Vec<u32> = self.documents.terms(doc).collect();
        let ids: Vec<u32> = keys.iter().filter_map(|key| self.keys.find(key)).collect();
        let (parts, others) = former.split_at(PARTS.len().min(former.len()));
        let kept = others
            .iter()
            .copied()
            .filter(|term| !ids.contains(&self.terms.key(*term)));
        let mut others: Vec<u32> = kept.collect();
        let has_none = others.len() + parts.len() == former.len();
        if has_none && rows.is_empty() {
            return false;
        }
        others.extend(rows.iter().map(|row| self.intern_row(row)));
        others.sort_unstable();
        others.dedup();
        let current = [parts, &others].concat();
        if current == former {
            return false;
        }
        self.exchange_terms(doc, current, false);
        true
    }

    /// All values that an entity has of keys that begin like this, ascending.
    pub fn values_below(&self, doc: u32, beginning: &str) -> BTreeSet<&str> {
        let is_below = |term: &u32| self.keys.get(self.terms.key(*term)).name.starts_with(beginning);
        let terms = self.documents.terms(doc).filter(is_below);
        terms.filter_map(|term| self.terms.value(term)).collect()
    }

    /// Numbers of all entities.
    pub fn docs(&self) -> impl Iterator<Item = u32> + '_ {
        self.documents.live().iter()
    }
}
