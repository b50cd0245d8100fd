//! What changed between two versions of an entity, field by field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One changed field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// JSON pointer of the field (RFC 6901).
    pub path: String,
    /// Value before; absent when the field is new.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub before: Option<Value>,
    /// Value after; absent when the field is gone.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub after: Option<Value>,
}

/// A field that is there is `Some`, even when it is null.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What changed from `old` to `new`; objects are compared inside, everything else as a whole.
pub fn changes(old: Option<&Value>, new: Option<&Value>) -> Vec<Change> {
    let mut found = Vec::new();
    compare(String::new(), old, new, &mut found);
    found
}

fn compare(path: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    match (old, new) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            for (key, value) in before {
                compare(child(&path, key), Some(value), after.get(key), found);
            }
            for (key, value) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
                compare(child(&path, key), None, Some(value), found);
            }
        }
        (before, after) if before == after => {}
        (before, after) => found.push(Change {
            path,
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

fn child(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Turns the later version into the earlier one, given what changed between them.
pub fn unapply(entity: &mut Value, changes: &[Change]) {
    for change in changes.iter().rev() {
        set(entity, &change.path, change.before.clone());
    }
}

/// Turns the earlier version into the later one.
pub fn apply(entity: &mut Value, changes: &[Change]) {
    for change in changes {
        set(entity, &change.path, change.after.clone());
    }
}

fn set(entity: &mut Value, path: &str, value: Option<Value>) {
    let Some((parent, key)) = path.rsplit_once('/') else {
        *entity = value.unwrap_or(Value::Null);
        return;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    let Some(Value::Object(fields)) = entity.pointer_mut(parent) else {
        return;
    };
    match value {
        Some(value) => drop(fields.insert(key, value)),
        // Removing must not reorder what stays, so that histories read alike.
        None => drop(fields.shift_remove(&key)),
    }
}
