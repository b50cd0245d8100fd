//! Whether a single entity passes a filter, found out from its own values and not from the set of all that pass.

use model::Filter;
use uuid::Uuid;

use crate::ReadModel;
use crate::order::hyphenated;
use crate::update::UID;

impl ReadModel {
    /// Whether an entity passes the filter; the same answer as [`ReadModel::evaluate`] gives for all entities.
    pub fn matches(&self, filter: &Filter, doc: u32) -> bool {
        match filter {
            Filter::All(parts) => parts.iter().all(|part| self.matches(part, doc)),
            Filter::Any(parts) => parts.iter().any(|part| self.matches(part, doc)),
            Filter::Not(part) => !self.matches(part, doc),
            Filter::Exists { key } => self.has_key(doc, key),
            Filter::In { key, values } => {
                self.has_value(doc, key, |value| values.iter().any(|wanted| wanted == value))
            }
            Filter::Prefix { key, prefix } => {
                self.has_value(doc, key, |value| value.starts_with(prefix.as_str()))
            }
        }
    }

    /// Whether there is such an entity: numbers of entities that are gone are given again.
    pub fn is_live(&self, doc: u32) -> bool {
        self.documents.live().contains(doc)
    }

    fn has_key(&self, doc: u32, key: &str) -> bool {
        key == UID
            || self
                .keys
                .find(key)
                .is_some_and(|id| self.keys.get(id).exists.contains(doc))
    }

    fn has_value(&self, doc: u32, key: &str, is_wanted: impl Fn(&str) -> bool) -> bool {
        if key == UID {
            return is_wanted(hyphenated(self.documents.uid(doc), &mut Uuid::encode_buffer()));
        }
        let Some(id) = self.keys.find(key) else {
            return false;
        };
        self.values_of(doc, id)
            .filter_map(|term| self.terms.value(term))
            .any(is_wanted)
    }
}
