//! The keys that can be filtered and ordered by.

use std::sync::OnceLock;

use hashbrown::HashMap;
use roaring::RoaringBitmap;

use super::haystack::Haystack;
use super::sorted::Sorted;

/// What is known about one key.
#[derive(Debug, Default)]
pub struct Key {
    /// The key, lower-cased.
    pub name: Box<str>,
    /// Documents that have it, with or without a value.
    pub exists: RoaringBitmap,
    /// Documents that have it only without a value.
    pub null_only: RoaringBitmap,
    /// Terms with a value, in order; made when first asked for, then kept.
    pub order: OnceLock<Sorted>,
    /// The same values in one text; made when first searched in.
    pub haystack: OnceLock<Haystack>,
}

/// The keys.
#[derive(Debug, Default)]
pub struct Keys {
    by_name: HashMap<Box<str>, u32>,
    slots: Vec<Key>,
    free: Vec<u32>,
}

impl Keys {
    /// The number of a key, given if it is new.
    pub fn intern(&mut self, name: &str) -> u32 {
        if let Some(id) = self.by_name.get(name) {
            return *id;
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
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 keys")
        };
        self.by_name.insert(name.into(), id);
        id
    }

    /// Forgets a key that no document has any more.
    pub fn release_if_unused(&mut self, id: u32) {
        let key = &mut self.slots[id as usize];
        if key.exists.is_empty() && self.by_name.remove(&key.name).is_some() {
            *key = Key::default();
            self.free.push(id);
        }
    }

    /// The number of a key.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
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
        self.by_name.keys().map(AsRef::as_ref)
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        let key = |key: &Key| {
            let sets = key.exists.serialized_size() + key.null_only.serialized_size();
            let order = key.order.get().map_or(0, Sorted::heap_bytes);
            let haystack = key.haystack.get().map_or(0, Haystack::heap_bytes);
            size_of::<Key>() + 2 * key.name.len() + sets + order + haystack
        };
        self.slots.iter().map(key).sum()
    }
}
