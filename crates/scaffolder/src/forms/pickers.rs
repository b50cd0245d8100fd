//! Fields that choose something of the catalog: what they ask for, and what they make of a typed text.
//!
//! A form only says which questions it has ([`questions`]); whoever shows it answers them with what the viewer sees.

use std::collections::{BTreeMap, BTreeSet};

use model::{EntityRef, Filter};
use serde_json::{Map, Value, json};

use super::kind::{Kind, kind, row_schema};
use super::schema::{field_name, option, properties};

/// A question to the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    /// Entities to choose from.
    Entities {
        /// The field.
        field: String,
        /// Its filter, as JSON text.
        filter: String,
    },
    /// Tags that are in use.
    Tags {
        /// Kinds whose tags count; empty for all.
        kinds: Vec<String>,
    },
}

/// What the catalog offers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Offer {
    /// Values with what people read, in their order.
    pub choices: Vec<(String, String)>,
    /// There is more than what is listed.
    pub is_cut: bool,
}

/// Answers to the questions of a form.
pub(crate) type Offers = BTreeMap<Question, Offer>;

/// All questions of a form.
pub(crate) fn questions(effective: &Value) -> BTreeSet<Question> {
    let mut found = BTreeSet::new();
    collect(effective, 0, &mut found);
    found
}

fn collect(schema: &Value, depth: usize, found: &mut BTreeSet<Question>) {
    if depth > 16 {
        return;
    }
    found.extend(question(schema));
    for (_, field) in properties(schema) {
        collect(field, depth + 1, found);
    }
    if kind(schema) == Kind::List {
        collect(&row_schema(schema), depth + 1, found);
    }
}

/// The question of a field; nothing for a field that asks nothing.
pub(crate) fn question(schema: &Value) -> Option<Question> {
    match kind(schema) {
        Kind::Entity => Some(Question::Entities {
            field: field_name(schema)?.to_owned(),
            filter: catalog_filter(schema).to_string(),
        }),
        Kind::Tags => Some(Question::Tags {
            kinds: texts(option(schema, "kinds")),
        }),
        _ => None,
    }
}

/// The filter of a field: as written, else of the kinds that it is about.
fn catalog_filter(schema: &Value) -> Value {
    if let Some(filter) = option(schema, "catalogFilter") {
        return filter.clone();
    }
    let kinds = texts(option(schema, "allowedKinds"));
    match field_name(schema) {
        _ if !kinds.is_empty() => json!({"kind": kinds}),
        Some("OwnerPicker") => json!({"kind": ["Group", "User"]}),
        Some("MyGroupsPicker") => json!({"kind": "Group"}),
        _ => json!({}),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The condition that a filter of a field states: one object, or several of which one has to hold.
pub(crate) fn condition(filter: &str) -> Filter {
    let filter: Value = serde_json::from_str(filter).unwrap_or_default();
    match &filter {
        Value::Array(ways) => Filter::Any(ways.iter().filter_map(Value::as_object).map(all_of).collect()),
        Value::Object(fields) => all_of(fields),
        _ => Filter::All(Vec::new()),
    }
}

fn all_of(fields: &Map<String, Value>) -> Filter {
    let one = |(key, wanted): (&String, &Value)| {
        let key = model::js::lowercase(key);
        match wanted {
            Value::Object(_) => Filter::Exists { key },
            Value::Array(_) | Value::String(_) => Filter::In {
                key,
                values: texts(Some(wanted))
                    .iter()
                    .map(|text| model::js::lowercase(text))
                    .collect(),
            },
            other => Filter::In {
                key,
                values: vec![other.to_string()],
            },
        }
    };
    Filter::All(fields.iter().map(one).collect())
}

/// A reference from what was typed: completed where that is possible, else as typed.
pub(crate) fn reference_of(schema: &Value, text: &str) -> String {
    let usual = match field_name(schema) {
        Some("OwnerPicker" | "MyGroupsPicker") => Some("Group"),
        _ => None,
    };
    let kind = option(schema, "defaultKind").and_then(Value::as_str);
    let namespace = option(schema, "defaultNamespace").and_then(Value::as_str);
    let parsed = EntityRef::parse(text, kind.or(usual), namespace.unwrap_or("default"));
    parsed.map_or_else(|_| text.to_owned(), |reference| reference.to_string())
}

/// Whether a text that the catalog does not offer is taken, too.
pub(crate) fn takes_any(schema: &Value) -> bool {
    let written = option(schema, "allowArbitraryValues").and_then(Value::as_bool);
    written.unwrap_or(field_name(schema) == Some("EntityPicker"))
}
