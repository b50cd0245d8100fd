//! The rows that filters, facets and orders match against (as in `@backstage/plugin-catalog-backend` 4.0.0), and one of our own:
//! what its own form says of how it is.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use crate::{Fault, Health, LEVEL, entity, js};

/// Raised with every change of the rows that an entity has: what was derived from them and saved is then of no use.
pub const ROWS_VERSION: u32 = 2;

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
    walk.visit(served);
    let metadata = |key: &str| entity::metadata_str(served, key).map(Cow::Borrowed);
    walk.add("metadata.name".to_owned(), metadata("name"));
    walk.add(
        "metadata.namespace".to_owned(),
        Some(Cow::Borrowed(entity::namespace(served))),
    );
    walk.add("metadata.uid".to_owned(), metadata("uid"));
    for (kind, target) in entity::relations(served) {
        walk.add(format!("relations.{kind}"), Some(Cow::Borrowed(target)));
    }
    for health in Health::of(served) {
        walk.add(LEVEL.to_owned(), Some(Cow::Borrowed(health.as_str())));
    }
    walk.into_rows()
}

/// A row before its key and value are lower-cased.
struct Found<'a> {
    key: String,
    value: Option<Cow<'a, str>>,
}

#[derive(Default)]
struct Walk<'a> {
    found: Vec<Found<'a>>,
    /// Path of the value being visited.
    path: String,
    /// Paths of list items that have a row, lower-cased.
    items: HashSet<String>,
}

impl<'a> Walk<'a> {
    fn add(&mut self, key: String, value: Option<Cow<'a, str>>) {
        self.found.push(Found { key, value });
    }

    fn visit(&mut self, value: &'a Value) {
        match value {
            Value::Object(fields) => {
                for (key, field) in js::entries(fields) {
                    self.visit_field(key, field);
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.visit(item);
                    self.note_item(item);
                }
            }
            Value::Null => self.add(self.path.clone(), None),
            Value::String(text) => self.add(self.path.clone(), Some(Cow::Borrowed(text))),
            Value::Bool(_) | Value::Number(_) => {
                self.add(self.path.clone(), Some(Cow::Owned(js::string_of(value))));
            }
        }
    }

    fn visit_field(&mut self, key: &str, field: &'a Value) {
        let parent = self.path.len();
        if parent > 0 {
            self.path.push('.');
        }
        self.path.push_str(key);
        if !SKIPPED.contains(&self.path.as_str()) {
            self.visit(field);
        }
        self.path.truncate(parent);
    }

    /// A text in a list can also be asked for as a key: `metadata.tags.java`.
    fn note_item(&mut self, item: &Value) {
        let Value::String(text) = item else { return };
        let key = format!("{}.{text}", self.path);
        if self.items.insert(js::lowercase(&key)) {
            self.add(key, Some(Cow::Borrowed("true")));
        }
    }

    fn into_rows(self) -> Result<Vec<SearchRow>, Fault> {
        let keys: Vec<String> = self.found.iter().map(|found| js::lowercase(&found.key)).collect();
        check_case(&self.found, &keys)?;
        let rows = self
            .found
            .into_iter()
            .zip(keys)
            .filter(|(_, key)| js::length(key) <= LONGEST);
        Ok(distinct(rows.map(|(found, key)| row(key, found.value)).collect()))
    }
}

/// The first of each key and value.
fn distinct(mut rows: Vec<SearchRow>) -> Vec<SearchRow> {
    let mut seen = HashSet::with_capacity(rows.len());
    let first: Vec<bool> = rows
        .iter()
        .map(|row| seen.insert((row.key.as_str(), row.value.as_deref())))
        .collect();
    drop(seen);
    let mut first = first.into_iter();
    rows.retain(|_| first.next().unwrap_or(true));
    rows
}

fn row(key: String, written: Option<Cow<'_, str>>) -> SearchRow {
    let lowered = written
        .as_deref()
        .map(js::lowercase)
        .filter(|value| js::length(value) <= LONGEST);
    let original = written.filter(|_| lowered.is_some()).map(Cow::into_owned);
    SearchRow {
        key,
        value: lowered,
        original,
    }
}

/// Refuses keys that only differ in case: a filter could not tell which one is meant.
fn check_case(found: &[Found<'_>], lowered: &[String]) -> Result<(), Fault> {
    if found
        .iter()
        .zip(lowered)
        .all(|(found, lowered)| found.key == *lowered)
    {
        return Ok(());
    }
    let mut spelled: HashMap<&str, &str> = HashMap::with_capacity(found.len());
    let mut clashes: Vec<(&str, &str)> = Vec::new();
    for (found, lowered) in found.iter().zip(lowered) {
        let first = *spelled.entry(lowered.as_str()).or_insert(&found.key);
        let clash = (lowered.as_str(), found.key.as_str());
        if first != found.key && !clashes.contains(&clash) {
            clashes.push(clash);
        }
    }
    if clashes.is_empty() {
        return Ok(());
    }
    let listed = clashes
        .iter()
        .map(|(key, _)| format!("'{key}'"))
        .collect::<Vec<_>>()
        .join(", ");
    Err(Fault::input(format!(
        "Entity has duplicate keys that vary only in casing, {listed}"
    )))
}
