//! Entities as documents: the type `software-catalog` of the wire contract (as in `@backstage/plugin-search-backend` 2.1.7).

use async_trait::async_trait;
use model::{EntityRef, Fault, entity};
use plugin::{SearchDocument, SearchSource};
use serde_json::{Map, Value};

/// The document type of entities.
pub const DOCUMENT_TYPE: &str = "software-catalog";

/// Every entity is one document.
pub struct Entities;

#[async_trait]
impl SearchSource for Entities {
    fn document_type(&self) -> &'static str {
        DOCUMENT_TYPE
    }

    fn title(&self) -> &'static str {
        "Entities"
    }

    async fn documents(&self, value: &Value) -> Result<Vec<SearchDocument>, Fault> {
        Ok(document(value).into_iter().collect())
    }
}

fn document(value: &Value) -> Option<SearchDocument> {
    let reference = EntityRef::of(value)?;
    let name = entity::name(value)?;
    let profile = |key: &str| {
        value
            .pointer(&format!("/spec/profile/{key}"))
            .and_then(Value::as_str)
    };
    // The text is the wire contract's; what else can be found is among the names.
    let texts = [
        entity::description(value),
        profile("displayName").filter(|_| matches!(reference.kind(), "user" | "group")),
        profile("email").filter(|_| reference.kind() == "user"),
    ];
    let text: Vec<&str> = texts
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let title = entity::title(value).unwrap_or(name);
    let mut names: Vec<String> = Vec::new();
    for other in [Some(name), profile("displayName"), profile("email")]
        .into_iter()
        .flatten()
    {
        if other != title {
            names.push(other.to_owned());
        }
    }
    Some(SearchDocument {
        title: title.to_owned(),
        names,
        text: text.join(" : "),
        location: ui::href::entity(&reference),
        note: String::new(),
        weight: weight(reference.kind()),
        fields: fields(value),
    })
}

/// Of several entities of the same name people mostly mean the one that runs.
fn weight(kind: &str) -> u64 {
    match kind {
        "component" => 100,
        "api" | "system" | "template" => 98,
        "group" | "user" => 97,
        "domain" => 96,
        "location" => 60,
        _ => 95,
    }
}

/// The fields that the original's documents have, in its order.
fn fields(value: &Value) -> Map<String, Value> {
    let text = |text: Option<&str>| Value::from(text.unwrap_or_default());
    let kind = entity::spec_type(value).unwrap_or("other");
    let pairs = [
        ("componentType", Value::from(kind)),
        ("type", Value::from(kind)),
        ("namespace", Value::from(entity::namespace(value))),
        ("kind", text(entity::kind(value))),
        ("lifecycle", text(entity::lifecycle(value))),
        ("owner", text(entity::owner(value))),
    ];
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// What any document of an entity may be filtered by: our own names, beside those on the wire.
pub fn facets(value: &Value) -> Vec<(String, String)> {
    let mut facets: Vec<(String, String)> = Vec::new();
    let mut add = |field: &str, text: &str| facets.push((field.to_owned(), text.to_owned()));
    add("entity.kind", entity::kind(value).unwrap_or_default());
    add("entity.namespace", entity::namespace(value));
    for (field, text) in [
        ("entity.type", entity::spec_type(value)),
        ("entity.lifecycle", entity::lifecycle(value)),
    ] {
        if let Some(text) = text {
            add(field, text);
        }
    }
    for tag in entity::tags(value) {
        add("entity.tag", tag);
    }
    for (relation, target) in entity::relations(value) {
        if relation == "ownedBy" {
            add("entity.owner", target);
        }
    }
    facets
}
