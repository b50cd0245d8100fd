//! Puts what `$ref` names in its place, so that nothing else has to know of references.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::{Map, Value, json};

/// How often references may lead into each other: a schema that names itself ends there.
const DEPTH: usize = 8;
/// How many values are copied.
const MOST: usize = 20_000;
/// Where schemas keep what is referred to.
const SHELVES: [&str; 2] = ["definitions", "$defs"];

/// The schema without references.
pub(crate) fn resolved(schema: &Value) -> Cow<'_, Value> {
    if !has_reference(schema) {
        return Cow::Borrowed(schema);
    }
    let resolving = Resolving {
        root: schema,
        left: Cell::new(MOST),
    };
    Cow::Owned(resolving.copy(schema, 0))
}

fn has_reference(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => fields
            .iter()
            .any(|(key, value)| (key == "$ref" && value.is_string()) || has_reference(value)),
        Value::Array(parts) => parts.iter().any(has_reference),
        _ => false,
    }
}

struct Resolving<'a> {
    root: &'a Value,
    /// Values that may still be copied.
    left: Cell<usize>,
}

impl Resolving<'_> {
    fn copy(&self, schema: &Value, depth: usize) -> Value {
        let Some(left) = self.left.get().checked_sub(1) else {
            return json!({});
        };
        self.left.set(left);
        match schema {
            Value::Object(fields) => self.object(schema, fields, depth),
            Value::Array(parts) => parts.iter().map(|part| self.copy(part, depth)).collect(),
            other => other.clone(),
        }
    }

    /// Words beside a reference count more than those it leads to, as forms of the original have it.
    fn object(&self, schema: &Value, fields: &Map<String, Value>, depth: usize) -> Value {
        let mut copy = Map::new();
        if let Some(place) = fields.get("$ref").and_then(Value::as_str)
            && let Some(Value::Object(there)) = self.follow(place, depth)
        {
            copy = there;
        }
        let is_root = std::ptr::eq(schema, self.root);
        for (key, value) in fields {
            let is_shelf = is_root && SHELVES.contains(&key.as_str());
            let is_reference = key == "$ref" && value.is_string();
            if !is_shelf && !is_reference {
                copy.insert(key.clone(), self.copy(value, depth));
            }
        }
        Value::Object(copy)
    }

    fn follow(&self, place: &str, depth: usize) -> Option<Value> {
        let target = self.root.pointer(place.strip_prefix('#')?)?;
        (depth < DEPTH).then(|| self.copy(target, depth + 1))
    }
}
