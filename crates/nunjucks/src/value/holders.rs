//! What holds other values, and how it is let go of: one after the other, however deep values are nested. Left to itself, each level would
//! take room on the stack.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use super::Value;

thread_local! {
    /// Values that are let go of when the one at hand is; nothing where none is at hand.
    static WAITING: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Lets go of values, and of all that they alone hold.
pub(crate) fn let_go(values: impl Iterator<Item = Value>) {
    let last: Vec<Value> = values.filter(Value::is_last_holder).collect();
    if last.is_empty() {
        return;
    }
    let is_first = WAITING.try_with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        let is_first = waiting.is_none();
        waiting.get_or_insert_default().extend(last);
        is_first
    });
    if is_first.unwrap_or(false) {
        while let Some(value) = next() {
            drop(value);
        }
    }
}

fn next() -> Option<Value> {
    WAITING.with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        let next = waiting.as_mut().and_then(Vec::pop);
        if next.is_none() {
            *waiting = None;
        }
        next
    })
}

impl Value {
    /// Whether other values end with this one.
    fn is_last_holder(&self) -> bool {
        match self {
            Self::Array(items) => Rc::strong_count(items) == 1,
            Self::Object(entries) => Rc::strong_count(entries) == 1,
            Self::Cycler(cycler) => Rc::strong_count(cycler) == 1,
            Self::Function(function) => Rc::strong_count(function) == 1,
            _ => false,
        }
    }
}

/// The items of a list.
#[derive(Debug, Default)]
pub(crate) struct List(Vec<Value>);

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> Self {
        Self(items)
    }
}

impl Deref for List {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        &self.0
    }
}

impl DerefMut for List {
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        &mut self.0
    }
}

impl Drop for List {
    fn drop(&mut self) {
        let_go(std::mem::take(&mut self.0).into_iter());
    }
}

/// A value that something else than a list or an object holds.
#[derive(Debug)]
pub(crate) struct Held(Value);

impl From<Value> for Held {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Deref for Held {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let_go(std::iter::once(std::mem::replace(&mut self.0, Value::Undefined)));
    }
}
