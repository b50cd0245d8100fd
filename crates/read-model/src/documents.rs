//! The entities of the index, by number, uid and reference.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use roaring::RoaringBitmap;
use uuid::Uuid;

use crate::pages::Pages;
use crate::shards::Shards;
use crate::term_list::TermList;

#[derive(Debug)]
struct Document {
    uid: Uuid,
    generation: u32,
    terms: TermList,
}

/// The documents.
#[derive(Debug, Default)]
pub struct Documents {
    documents: Pages<Document>,
    live: RoaringBitmap,
    free: Vec<u32>,
    by_uid: Shards,
    hasher: DefaultHashBuilder,
    /// Which load of the index this is; versions of different loads are different.
    load: u32,
}

impl Documents {
    /// Says which load of the index this is.
    pub fn set_load(&mut self, load: u32) {
        self.load = load;
    }

    /// The number of an entity, given if it is new.
    pub fn intern(&mut self, uid: Uuid) -> (u32, bool) {
        if let Some(doc) = self.find(uid) {
            return (doc, false);
        }
        let id = self.allocate(uid);
        self.live.insert(id);
        let Self {
            documents,
            by_uid,
            hasher,
            ..
        } = self;
        by_uid.insert(hasher.hash_one(half(uid)), id, |held| {
            hasher.hash_one(half(documents[held].uid))
        });
        (id, true)
    }

    /// Makes room for this many more entities.
    pub fn reserve(&mut self, count: u32) {
        let Self {
            documents,
            by_uid,
            hasher,
            ..
        } = self;
        by_uid.reserve(count, |held| hasher.hash_one(half(documents[held].uid)));
    }

    fn allocate(&mut self, uid: Uuid) -> u32 {
        if let Some(id) = self.free.pop() {
            self.documents[id].uid = uid;
            return id;
        }
        self.documents.push(Document {
            uid,
            generation: 0,
            terms: TermList::default(),
        })
    }

    /// Forgets an entity; its terms must have been taken before.
    pub fn release(&mut self, id: u32) {
        let hash = self.hasher.hash_one(half(self.documents[id].uid));
        self.by_uid.remove(hash, id);
        self.live.remove(id);
        self.free.push(id);
    }

    /// The number of an entity.
    pub fn find(&self, uid: Uuid) -> Option<u32> {
        let hash = self.hasher.hash_one(half(uid));
        self.by_uid.find(hash, |held| self.documents[held].uid == uid)
    }

    /// The number of the entity whose uid begins with these 64 bits.
    pub fn find_half(&self, wanted: u64) -> Option<u32> {
        let hash = self.hasher.hash_one(wanted);
        self.by_uid
            .find(hash, |held| half(self.documents[held].uid) == wanted)
    }

    /// The uid.
    pub fn uid(&self, id: u32) -> Uuid {
        self.documents[id].uid
    }

    /// Changes with every version seen of an entity, and when everything is loaded again.
    pub fn generation(&self, id: u32) -> u64 {
        u64::from(self.load) << 32 | u64::from(self.documents[id].generation)
    }

    /// Terms of an entity: kind, namespace, name, then the rest ascending.
    pub fn terms(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.documents[id].terms.iter()
    }

    /// Sets the terms, of another version of the entity or not.
    pub fn set_terms(&mut self, id: u32, terms: TermList, is_version: bool) {
        let document = &mut self.documents[id];
        document.generation = document.generation.wrapping_add(u32::from(is_version));
        document.terms = terms;
    }

    /// All entities.
    pub fn live(&self) -> &RoaringBitmap {
        &self.live
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        let terms: usize = self
            .live
            .iter()
            .map(|id| self.documents[id].terms.heap_bytes())
            .sum();
        self.documents.heap_bytes() + self.by_uid.heap_bytes() + self.live.serialized_size() + terms
    }
}

/// The first half of a uid, by which entities are found: it has enough random bits to tell them apart.
fn half(uid: Uuid) -> u64 {
    uid.as_u64_pair().0
}
