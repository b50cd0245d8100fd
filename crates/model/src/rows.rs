//! The rows that filters, facets and orders match against (reference/catalog.md §4).

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{Fault, entity, js};

/// Longest key and longest value, in UTF-16 units; longer keys are skipped, longer values have no text.
const LONGEST: usize = 200;

/// Fields that are not walked; name, namespace and uid have rows of their own.
const SKIPPED: &[&str] = &[
    "attachments",
    "relations",
    "status",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.etag",
];

/// One thing that can be asked of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchRow {
    /// Path, lower-cased: `spec.type`, `metadata.tags.java`.
    pub key: String,
    /// Value, lower-cased; `None` when it is null or too long: it exists but equals nothing.
    pub value: Option<String>,
    /// Value as written.
    pub original: Option<String>,
}

/// The rows of a served entity.
///
/// Fails when two keys differ only in case, as the original does.
pub fn search_rows(served: &Value) -> Result<Vec<SearchRow>, Fault> {
    let mut walk = Walk::default();
    walk.visit("", served);
    let metadata = |key: &str| entity::metadata_str(served, key);
    walk.add("metadata.name", metadata("name"));
    walk.add("metadata.namespace", Some(entity::namespace(served)));
    walk.add("metadata.uid", metadata("uid"));
    for (kind, target) in entity::relations(served) {
        walk.add(&format!("relations.{kind}"), Some(target));
    }
    walk.check_case()?;
    Ok(walk.rows)
}

#[derive(Default)]
struct Walk {
    rows: Vec<SearchRow>,
    seen: HashSet<(String, Option<String>)>,
    /// Keys as written, by their lower-cased form.
    spelled: HashMap<String, Vec<String>>,
}

impl Walk {
    fn visit(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (key, field) in fields {
                    let inner = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    if !SKIPPED.contains(&inner.as_str()) {
                        self.visit(&inner, field);
                    }
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.visit(path, item);
                    if let Value::String(text) = item {
                        self.add(&format!("{path}.{text}"), Some("true"));
                    }
                }
            }
            Value::Null => self.add(path, None),
            Value::String(text) => self.add(path, Some(text)),
            Value::Bool(_) | Value::Number(_) => self.add(path, Some(&js::string_of(value))),
        }
    }

    fn add(&mut self, path: &str, value: Option<&str>) {
        if js::length(path) > LONGEST || path.is_empty() {
            return;
        }
        let key = js::lowercase(path);
        let spellings = self.spelled.entry(key.clone()).or_default();
        if !spellings.iter().any(|known| known == path) {
            spellings.push(path.to_owned());
        }
        let value = value.filter(|text| js::length(text) <= LONGEST);
        let lowered = value.map(js::lowercase);
        if self.seen.insert((key.clone(), lowered.clone())) {
            self.rows.push(SearchRow {
                key,
                value: lowered,
                original: value.map(str::to_owned),
            });
        }
    }

    fn check_case(&self) -> Result<(), Fault> {
        let mut clashes: Vec<&String> = self
            .spelled
            .values()
            .filter(|spellings| spellings.len() > 1)
            .flatten()
            .collect();
        if clashes.is_empty() {
            return Ok(());
        }
        clashes.sort_by(|left, right| js::compare(left, right));
        let listed = clashes
            .iter()
            .map(|key| format!("'{key}'"))
            .collect::<Vec<_>>()
            .join(", ");
        Err(Fault::input(format!(
            "Entity has duplicate keys that vary only in casing, {listed}"
        )))
    }
}
