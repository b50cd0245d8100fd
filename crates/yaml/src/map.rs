//! Mappings in the making: unique keys, merge keys, JavaScript's key order.

use crate::compose::Sort;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Collects the pairs of one mapping.
pub struct MapBuilder {
    map: Map<String, Value>,
    /// Which sorts of key share a text, where that is not just "a string".
    sorts: HashMap<String, u8>,
    numeric: bool,
}

/// A key that was accepted and waits for its value.
pub struct Slot {
    text: String,
    merge: bool,
}

/// What a pair brings.
pub enum Pair {
    Value(Value),
    Merge(Vec<Value>),
}

impl Slot {
    pub fn merges(&self) -> bool {
        self.merge
    }
}

fn bit(sort: Sort) -> u8 {
    match sort {
        Sort::Text => 1,
        Sort::Number => 2,
        Sort::Bool => 4,
        Sort::Null => 8,
        Sort::Special("NaN") | Sort::Other => 0,
        Sort::Special(_) => 16,
    }
}

impl MapBuilder {
    pub fn with_capacity(capacity: usize) -> Self {
        MapBuilder {
            map: Map::with_capacity(capacity),
            sorts: HashMap::new(),
            numeric: false,
        }
    }

    /// Accepts a key unless an equal one is there; `1` and `"1"` are not equal but share their text.
    pub fn key(&mut self, text: String, sort: Sort, merge: bool) -> Option<Slot> {
        if merge {
            return Some(Slot { text, merge });
        }
        let bit = bit(sort);
        if self.map.contains_key(&text) {
            let seen = self.sorts.get(&text).copied().unwrap_or(1);
            if seen & bit != 0 {
                return None;
            }
            self.sorts.insert(text.clone(), seen | bit);
        } else if bit != 1 {
            self.sorts.insert(text.clone(), bit);
        }
        self.numeric |= is_index(&text);
        Some(Slot { text, merge })
    }

    pub fn pair(&mut self, slot: Slot, pair: Pair) {
        match pair {
            Pair::Value(value) => {
                self.map.insert(slot.text, value);
            }
            Pair::Merge(maps) => {
                for (key, value) in maps.into_iter().filter_map(into_object).flatten() {
                    if !self.map.contains_key(&key) {
                        self.numeric |= is_index(&key);
                        self.sorts.insert(key.clone(), 0);
                        self.map.insert(key, value);
                    }
                }
            }
        }
    }

    /// The mapping; array indices come first and in order, as in every JavaScript object.
    pub fn finish(self) -> Value {
        if !self.numeric {
            return Value::Object(self.map);
        }
        let (mut indices, rest): (Vec<_>, Vec<_>) = self.map.into_iter().partition(|(key, _)| is_index(key));
        indices.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(0));
        Value::Object(indices.into_iter().chain(rest).collect())
    }
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

fn is_index(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'0') => bytes.len() == 1,
        Some(b'1'..=b'9') => {
            bytes.len() <= 10
                && bytes.iter().all(u8::is_ascii_digit)
                && text.parse::<u64>().is_ok_and(|index| index < u64::from(u32::MAX))
        }
        _ => false,
    }
}
