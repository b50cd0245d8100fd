//! The keys that can be filtered and ordered by.
//!
//! Every text in a list is a key as well (`spec.dependson.resource:default/db`), so there are as many keys as
//! entities, and most of them are held by one. What only few keys need is kept elsewhere.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::haystack::Haystack;
use crate::posting::Posting;
use crate::sorted::Sorted;

/// What is known about one key.
#[derive(Debug, Default)]
pub struct Key {
    /// The key, lower-cased.
    pub name: Box<str>,
    /// Documents that have it, with or without a value.
    pub exists: Posting,
    /// Documents that have it only without a value.
    pub null_only: Posting,
    /// Terms with a value, in order; made when first asked for, then kept.
    pub order: OnceLock<Box<Sorted>>,
    /// The same values in one text; made when first searched in.
    pub haystack: OnceLock<Box<Haystack>>,
}

/// The keys.
#[derive(Debug, Default)]
pub struct Keys {
    by_name: HashTable<u32>,
    slots: Vec<Key>,
    free: Vec<u32>,
    hasher: DefaultHashBuilder,
}

impl Keys {
    /// The number of a key, given if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.find(name) {
            return id;
        }
        let key = Key {
            name: name.into(),
            ..Key::default()
        };
        let id = if let Some(id) = self.free.pop() {
            self.slots[id as usize] = key;
            id
        } else {
            self.slots.push(key);
            self.numbers() - 1
        };
        let Self {
            by_name,
            slots,
            hasher,
            ..
        } = self;
        by_name.insert_unique(hasher.hash_one(name), id, |held| {
            hasher.hash_one(&*slots[*held as usize].name)
        });
        id
    }

    /// Forgets a key that no document has any more.
    pub fn release_if_unused(&mut self, id: u32) {
        let key = &mut self.slots[id as usize];
        if !key.exists.is_empty() {
            return;
        }
        let hash = self.hasher.hash_one(&*key.name);
        if let Ok(entry) = self.by_name.find_entry(hash, |held| *held == id) {
            entry.remove();
            *key = Key::default();
            self.free.push(id);
        }
    }

    /// The number of a key.
    pub fn find(&self, name: &str) -> Option<u32> {
        let is_it = |id: &u32| *self.slots[*id as usize].name == *name;
        self.by_name.find(self.hasher.hash_one(name), is_it).copied()
    }

    /// What is known about a key.
    pub fn get(&self, id: u32) -> &Key {
        &self.slots[id as usize]
    }

    /// What is known about a key, to change.
    pub fn get_mut(&mut self, id: u32) -> &mut Key {
        &mut self.slots[id as usize]
    }

    /// Numbers given out so far, those given back included.
    pub fn numbers(&self) -> u32 {
        u32::try_from(self.slots.len()).expect("fewer than 2^32 keys")
    }

    /// Names in use.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.iter().map(|id| &*self.slots[*id as usize].name)
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        let key = |key: &Key| {
            let sets = key.exists.heap_bytes() + key.null_only.heap_bytes();
            let order = key.order.get().map_or(0, |order| order.heap_bytes());
            let haystack = key.haystack.get().map_or(0, |haystack| haystack.heap_bytes());
            key.name.len() + sets + order + haystack
        };
        let slots = self.slots.capacity() * size_of::<Key>();
        self.by_name.allocation_size() + slots + self.slots.iter().map(key).sum::<usize>()
    }
}
