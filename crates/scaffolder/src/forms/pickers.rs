//! Fields that choose something of the catalog: what they ask for, and what they make of a typed text.
//!
//! A form only says which questions it has ([`questions`]); whoever shows it answers them with what the viewer sees.

use std::collections::{BTreeMap, BTreeSet};

use model::{EntityRef, Filter};
use serde_json::{Map, Value, json};

use super::kind::{Kind, fixed_rows, kind, row_schema};
use super::pointer::below;
use super::schema::{field_name, further, is_fixed, more, option, properties};

/// A filter that is longer is not written into an address; its field then has the first suggestions alone.
const LONGEST_FILTER: usize = 2_000;
/// Where questions are answered.
pub(crate) const CHOICES: &str = "/create/choices";

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

impl Question {
    /// The question that an address asks: the name of a field and its filter, for tags the kinds, as JSON text.
    pub(crate) fn read(field: &str, filter: &str) -> Self {
        match field {
            "EntityTagsPicker" => Self::Tags {
                kinds: texts(serde_json::from_str(filter).ok().as_ref()),
            },
            _ => Self::Entities {
                field: field.to_owned(),
                filter: filter.to_owned(),
            },
        }
    }

    /// The address that answers the question with what has a text in its name or title.
    pub(crate) fn address(&self) -> Option<String> {
        let (field, filter) = match self {
            Self::Entities { field, filter } => (field.as_str(), filter.clone()),
            Self::Tags { kinds } => ("EntityTagsPicker", json!(kinds).to_string()),
        };
        let query = [("field", field), ("filter", filter.as_str())];
        (filter.len() <= LONGEST_FILTER).then(|| ui::href::with_query(CHOICES, query))
    }
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
    if let Some(row_of) = more(schema) {
        collect(row_of, depth + 1, found);
    }
    if kind(schema) == Kind::List {
        for index in 0..=fixed_rows(schema) {
            collect(&row_schema(schema, index), depth + 1, found);
        }
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
    if is_predicate(fields) {
        let filter = Filter::from_predicate(&Value::Object(fields.clone()));
        // What cannot be read offers nothing rather than everything.
        return filter.unwrap_or(Filter::Any(Vec::new()));
    }
    let one = |(key, wanted): (&String, &Value)| {
        let key = model::js::lowercase(key);
        match wanted {
            Value::Object(of) if of.get("exists") == Some(&Value::Bool(false)) => {
                Filter::Not(Box::new(Filter::Exists { key }))
            }
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

/// Whether a filter is written as the newer predicates are: `{"spec.type": {"$in": [...]}}`.
fn is_predicate(fields: &Map<String, Value>) -> bool {
    let has_operator = |of: &Map<String, Value>| of.keys().any(|key| key.starts_with('$'));
    has_operator(fields) || fields.values().filter_map(Value::as_object).any(has_operator)
}

/// Entities that the values name in fields which take only what the catalog has: pointer, question, reference.
pub(crate) fn named(schema: &Value, values: &Value) -> Vec<(String, Question, String)> {
    let mut found = Vec::new();
    collect_named(schema, values, "", &mut found);
    found
}

fn collect_named(schema: &Value, value: &Value, pointer: &str, found: &mut Vec<(String, Question, String)>) {
    match (kind(schema), value) {
        // What a person cannot change is the template's own matter.
        (Kind::Entity, Value::String(reference)) if !takes_any(schema) && !is_fixed(schema) => {
            found.extend(question(schema).map(|question| (pointer.to_owned(), question, reference.clone())));
        }
        (Kind::List, Value::Array(rows)) => {
            for (index, row) in rows.iter().enumerate() {
                let at = below(pointer, &index.to_string());
                collect_named(&row_schema(schema, index), row, &at, found);
            }
        }
        (Kind::Group, Value::Object(_)) => {
            for (name, field) in properties(schema) {
                collect_named(field, &value[name], &below(pointer, name), found);
            }
            if let Some(row_of) = more(schema).filter(|_| !pointer.is_empty()) {
                for (name, held) in further(schema, value) {
                    collect_named(row_of, held, &below(pointer, name), found);
                }
            }
        }
        _ => {}
    }
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
