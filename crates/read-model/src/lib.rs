//! The in-memory read model that answers every filter, order and facet.
//!
//! It holds the values of entities (interned), their holders and their orders, not the entities
//! themselves. It is derived data: a lost model is built anew without harm. This crate is a data structure
//! and its file format; it knows neither SQL nor HTTP, and its only IO is the snapshot file.

mod arena;
mod derived;
mod documents;
mod evaluate;
mod excerpt;
mod facets;
mod grouped;
mod haystack;
mod holders;
mod keys;
mod like;
mod matches;
mod near;
mod order;
mod pages;
mod parts;
mod posting;
mod references;
mod restore;
mod scan;
mod shards;
mod snapshot;
mod sorted;
mod term_list;
mod terms;
mod update;
mod written;

use std::sync::OnceLock;

use hashbrown::DefaultHashBuilder;
use uuid::Uuid;

pub use evaluate::Set;
pub use excerpt::{Excerpt, Room, Subset};
pub use like::Like;
pub use order::UidBound;
pub use scan::{Row, Scan, ScanOrder};
pub use snapshot::SnapshotFile;
pub use update::MissingPart;

use documents::Documents;
use keys::Keys;
use shards::Shards;
use sorted::Sorted;
use terms::Terms;

/// All entities, as far as lists are concerned.
#[derive(Debug, Default)]
pub struct ReadModel {
    keys: Keys,
    terms: Terms,
    documents: Documents,
    by_reference: Shards,
    uid_order: OnceLock<Sorted>,
    reference_order: OnceLock<Sorted>,
    hasher: DefaultHashBuilder,
}

impl ReadModel {
    /// Number of entities.
    pub fn len(&self) -> u64 {
        self.documents.live().len()
    }

    /// Whether there is no entity.
    pub fn is_empty(&self) -> bool {
        self.documents.live().is_empty()
    }

    /// The entity with this uid.
    pub fn by_uid(&self, uid: Uuid) -> Option<u32> {
        self.documents.find(uid)
    }

    /// The entity whose uid begins with these 64 bits, by which other indexes know it.
    pub fn by_half_uid(&self, half: u64) -> Option<u32> {
        self.documents.find_half(half)
    }

    /// The uid of an entity.
    pub fn uid(&self, doc: u32) -> Uuid {
        self.documents.uid(doc)
    }

    /// Counts the versions seen of an entity; a body kept under an older count is stale.
    pub fn generation(&self, doc: u32) -> u64 {
        self.documents.generation(doc)
    }

    /// Sets the number of this load, so that versions of an earlier model never equal versions of this one.
    pub fn set_load(&mut self, load: u32) {
        self.documents.set_load(load);
    }

    /// Lower-cased values that an entity holds of a key.
    pub fn values(&self, doc: u32, key: &str) -> Vec<&str> {
        let Some(id) = self.keys.find(key) else {
            return Vec::new();
        };
        self.values_of(doc, id)
            .filter_map(|term| self.terms.value(term))
            .collect()
    }

    /// The first value that an entity holds of a key, as it was written.
    pub fn written(&self, doc: u32, key: &str) -> Option<String> {
        let id = self.keys.find(key)?;
        let term = self.values_of(doc, id).next()?;
        Some(self.terms.original(term)?.into_owned())
    }

    /// Keys that any entity has.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.names()
    }

    /// Bytes held, nearly.
    pub fn heap_bytes(&self) -> usize {
        let orders = [&self.uid_order, &self.reference_order];
        let orders: usize = orders
            .iter()
            .filter_map(|order| order.get())
            .map(Sorted::heap_bytes)
            .sum();
        self.keys.heap_bytes()
            + self.terms.heap_bytes()
            + self.documents.heap_bytes()
            + self.by_reference.heap_bytes()
            + orders
    }
}
