//! Objects written from patterns: `objects.json` has one of each kind, with `{{words}}` where objects differ.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// Patterns, by name.
const OBJECTS: &str = include_str!("objects.json");

/// What stands in place of words.
pub type Words = Vec<(&'static str, String)>;

/// The pattern of a kind.
pub struct Template(Vec<Part>);

enum Part {
    Text(String),
    Word(String),
}

/// Reads all patterns. What managers of fields note, more than a third of a real object, is added to each.
pub fn read_all() -> Result<HashMap<String, Template>> {
    let all: Map<String, Value> = serde_json::from_str(OBJECTS)?;
    let of_pods = all
        .get("template")
        .context("there is a template of pods")?
        .to_string();
    let read = |(name, object): (String, Value)| {
        let text = with_managers(object).to_string();
        (name, Template::read(&text.replace("\"{{#template}}\"", &of_pods)))
    };
    Ok(all.into_iter().map(read).collect())
}

impl Template {
    /// Splits at the words. A word that begins with `#` stands for more than a text, so that its quotes go.
    fn read(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let is_raw = rest[start..].starts_with("{{#");
            let quote = usize::from(is_raw);
            parts.push(Part::Text(rest[..start - quote].to_owned()));
            let end = rest[start..]
                .find("}}")
                .map_or(rest.len(), |length| start + length);
            parts.push(Part::Word(rest[start + 2 + quote..end].to_owned()));
            rest = rest.get(end + 2 + quote..).unwrap_or_default();
        }
        parts.push(Part::Text(rest.to_owned()));
        Self(parts)
    }

    /// An object with these words; a word that is missing is empty.
    pub fn write(&self, words: &Words) -> String {
        let mut text = String::with_capacity(9_000);
        for part in &self.0 {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Word(name) => {
                    let word = words.iter().find(|(known, _)| known == name);
                    text.push_str(word.map_or("", |(_, word)| word));
                }
            }
        }
        text
    }
}

/// Puts in place of the names of managers what an API server notes of them: the first wrote the object, the second its status.
fn with_managers(mut object: Value) -> Value {
    let managers = object["metadata"]["managedFields"].take();
    let names: Vec<&str> = managers
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut written = object.clone();
    let status = written.as_object_mut().and_then(|fields| fields.remove("status"));
    let entries: Vec<Value> = [Some(written), status.map(|status| json!({"status": status}))]
        .into_iter()
        .flatten()
        .zip(&names)
        .map(|(part, manager)| {
            json!({
                "manager": manager, "operation": "Update", "apiVersion": "v1", "time": "{{time}}", "fieldsType": "FieldsV1",
                "fieldsV1": fields_of(&part),
            })
        })
        .collect();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.insert("managedFields".to_owned(), entries.into());
    }
    object
}

/// The fields of a value in the notation of `fieldsV1`.
fn fields_of(value: &Value) -> Value {
    let Some(fields) = value.as_object() else {
        return json!({});
    };
    let named = fields.iter().map(|(name, value)| {
        let below = match value.as_array() {
            Some(items) if items.iter().any(Value::is_object) => items.iter().map(item_of).collect(),
            _ => fields_of(value),
        };
        (format!("f:{name}"), below)
    });
    named.collect()
}

/// An item of a list, under what identifies it.
fn item_of(item: &Value) -> (String, Value) {
    let keys = ["name", "type", "mountPath", "uid"];
    let key = keys.iter().find(|key| item.get(**key).is_some());
    let identity = key.map_or_else(|| json!({}), |key| json!({*key: item[*key]}));
    (format!("k:{identity}"), fields_of(item))
}
