//! From a filter to the set of entities it lets through.

use std::borrow::Cow;

use model::Filter;
use roaring::RoaringBitmap;
use uuid::Uuid;

use crate::ReadModel;
use crate::haystack::Haystack;
use crate::like::Like;
use crate::order::hyphenated;
use crate::sorted::Sorted;
use crate::update::UID;

/// A set of entities, borrowed where the index has it ready.
pub type Set<'a> = Cow<'a, RoaringBitmap>;

impl ReadModel {
    /// Entities that pass the filter.
    pub fn evaluate(&self, filter: &Filter) -> Set<'_> {
        match filter {
            Filter::All(parts) => self.all(parts),
            Filter::Any(parts) => self.any(parts),
            Filter::Not(part) => Cow::Owned(self.documents.live() - self.evaluate(part).as_ref()),
            Filter::Exists { key } => self.existing(key),
            Filter::In { key, values } => self.one_of(key, values),
            Filter::Prefix { key, prefix } => self.with_prefix(key, prefix),
        }
    }

    /// All entities.
    pub fn everything(&self) -> Set<'_> {
        Cow::Borrowed(self.documents.live())
    }

    fn all(&self, parts: &[Filter]) -> Set<'_> {
        let mut sets: Vec<Set<'_>> = parts.iter().map(|part| self.evaluate(part)).collect();
        sets.sort_by_key(|set| set.len());
        let mut sets = sets.into_iter();
        let Some(first) = sets.next() else {
            return self.everything();
        };
        sets.fold(first, |found, set| match found {
            Cow::Owned(mut found) => {
                found &= set.as_ref();
                Cow::Owned(found)
            }
            Cow::Borrowed(found) => Cow::Owned(found & set.as_ref()),
        })
    }

    fn any(&self, parts: &[Filter]) -> Set<'_> {
        union(parts.iter().map(|part| self.evaluate(part)))
    }

    fn existing(&self, key: &str) -> Set<'_> {
        if key == UID {
            return self.everything();
        }
        self.keys
            .find(key)
            .map_or_else(nothing, |id| self.keys.get(id).exists.set())
    }

    fn one_of(&self, key: &str, values: &[String]) -> Set<'_> {
        if key == UID {
            let docs = values.iter().filter_map(|value| self.by_uid_text(value));
            return Cow::Owned(docs.collect());
        }
        let Some(id) = self.keys.find(key) else {
            return nothing();
        };
        let terms: Vec<u32> = values
            .iter()
            .flat_map(|value| self.terms.equal(id, Some(value.as_str())))
            .collect();
        self.holders(&terms)
    }

    fn with_prefix(&self, key: &str, prefix: &str) -> Set<'_> {
        if key == UID {
            return self.matching_uids(|uid| uid.starts_with(prefix));
        }
        let Some(id) = self.keys.find(key) else {
            return nothing();
        };
        if prefix.is_empty() {
            return self.valued(id);
        }
        let order = self.key_order(id);
        let value = |term: u32| self.terms.value(term).unwrap_or_default();
        let from = order.place(|term| value(term) < prefix);
        let terms: Vec<u32> = order
            .forward(from)
            .take_while(|term| value(*term).starts_with(prefix))
            .collect();
        self.holders(&terms)
    }

    /// Entities with a value of one of these keys that matches a search text.
    pub fn matching(&self, fields: &[String], text: &Like) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        for field in fields {
            if field == UID {
                found |= self.matching_uids(|uid| text.matches(uid)).as_ref();
            } else if let Some(id) = self.keys.find(field) {
                for term in self.matching_terms(id, text) {
                    self.terms.posting(term).add_to(&mut found);
                }
            }
        }
        found
    }

    fn matching_terms(&self, id: u32, text: &Like) -> Vec<u32> {
        let is_match = |term: &u32| self.terms.value(*term).is_some_and(|value| text.matches(value));
        if let Like::Contains(wanted) = text {
            let haystack = self.haystack(id);
            let mut found = haystack.find(wanted);
            if !haystack.is_exact() {
                // The number of a value that is gone may stand for another one now.
                found.retain(|term| self.terms.key(*term) == id && is_match(term));
            }
            return found;
        }
        let order = self.key_order(id);
        if order.len() as u64 * 8 < u64::from(self.terms.len()) {
            order.forward(Sorted::start()).filter(is_match).collect()
        } else {
            // Most of the texts are to be read: faster in the order of memory.
            self.terms.of_key(id).filter(is_match).collect()
        }
    }

    fn haystack(&self, id: u32) -> &Haystack {
        self.keys.get(id).haystack.get_or_init(|| {
            let mut haystack = Haystack::default();
            for term in self.terms.of_key(id) {
                haystack.add(term, self.terms.value(term).unwrap_or_default());
            }
            Box::new(haystack)
        })
    }

    /// Entities that have a value for a key.
    pub fn with_value(&self, key: &str) -> Set<'_> {
        if key == UID {
            return self.everything();
        }
        self.keys.find(key).map_or_else(nothing, |id| self.valued(id))
    }

    /// Entities that have a value for a key, over-long and null ones left out.
    pub(super) fn valued(&self, id: u32) -> Set<'_> {
        let key = self.keys.get(id);
        if key.null_only.is_empty() {
            key.exists.set()
        } else {
            Cow::Owned(key.exists.set().as_ref() - key.null_only.set().as_ref())
        }
    }

    fn holders(&self, terms: &[u32]) -> Set<'_> {
        if let [term] = terms
            && let Some(bitmap) = self.terms.bitmap(*term)
        {
            return Cow::Borrowed(bitmap);
        }
        let mut docs = RoaringBitmap::new();
        for term in terms {
            self.terms.posting(*term).add_to(&mut docs);
        }
        Cow::Owned(docs)
    }

    fn by_uid_text(&self, text: &str) -> Option<u32> {
        let uid = Uuid::try_parse(text).ok()?;
        (hyphenated(uid, &mut Uuid::encode_buffer()) == text).then(|| self.documents.find(uid))?
    }

    fn matching_uids(&self, matches: impl Fn(&str) -> bool) -> Set<'_> {
        let mut buffer = Uuid::encode_buffer();
        let docs = self.documents.live().iter();
        Cow::Owned(
            docs.filter(|doc| matches(hyphenated(self.documents.uid(*doc), &mut buffer)))
                .collect(),
        )
    }
}

fn nothing<'a>() -> Set<'a> {
    Cow::Owned(RoaringBitmap::new())
}

fn union<'a>(mut sets: impl Iterator<Item = Set<'a>>) -> Set<'a> {
    let Some(first) = sets.next() else {
        return nothing();
    };
    sets.fold(first, |found, set| {
        let mut found = found.into_owned();
        found |= set.as_ref();
        Cow::Owned(found)
    })
}
