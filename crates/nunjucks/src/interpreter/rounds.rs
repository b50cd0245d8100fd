//! The rounds of a loop.

use std::rc::Rc;

use crate::methods;
use crate::value::{Entries, Value};

/// What a loop goes through, as it is when the loop begins. An object has rounds for a key and a value only.
pub(super) enum Rounds {
    Items(Vec<Value>),
    Entries(Rc<Entries>),
    Units(Vec<u16>),
}

impl Rounds {
    pub(super) fn of(list: &Value, names: usize) -> Self {
        match list {
            Value::Object(entries) if names > 1 => Self::Entries(entries.clone()),
            Value::Array(items) => Self::Items(items.borrow().clone()),
            Value::Text(text) => Self::Units(text.encode_utf16().collect()),
            _ => Self::Items(Vec::new()),
        }
    }

    pub(super) fn length(&self) -> usize {
        match self {
            Self::Items(items) => items.len(),
            Self::Units(units) => units.len(),
            Self::Entries(entries) => entries.len(),
        }
    }

    /// The values of the names in a round, as far as there are any.
    pub(super) fn values(&self, index: usize, names: usize) -> Vec<Value> {
        match self {
            Self::Items(items) if names == 1 => vec![items[index].clone()],
            Self::Items(items) => match &items[index] {
                Value::Array(parts) => parts.borrow().iter().take(names).cloned().collect(),
                _ => Vec::new(),
            },
            Self::Entries(entries) => {
                let (key, value) = entries.at(index);
                vec![Value::of_key(key), value.clone()]
            }
            Self::Units(units) => {
                let unit = methods::of_units(&units[index..=index]);
                if names == 1 {
                    vec![unit]
                } else {
                    vec![Value::text(index.to_string()), unit]
                }
            }
        }
    }
}

/// What a round knows of the loop.
pub(super) fn loop_of(index: usize, length: usize) -> Value {
    let entries: [(&str, Value); 7] = [
        ("index", Value::count(index + 1)),
        ("index0", Value::count(index)),
        ("revindex", Value::count(length - index)),
        ("revindex0", Value::count(length - index - 1)),
        ("first", Value::Flag(index == 0)),
        ("last", Value::Flag(index + 1 == length)),
        ("length", Value::count(length)),
    ];
    Value::object(entries.map(|(name, value)| (name.into(), value)))
}
