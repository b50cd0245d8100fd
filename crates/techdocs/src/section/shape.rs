//! Whether a section has the shape of its schema: keys that nobody knows, and values of a wrong type.

use model::{Fault, Problem};
use serde_json::Value;

use crate::published::switch;

/// What is wrong with a value; `path` is where it stands in the section, empty for the section itself.
pub(super) fn problems(value: &Value, schema: &Value, path: &str) -> Vec<Problem> {
    if value.is_null() {
        return Vec::new();
    }
    let wanted: Vec<&str> = match &schema["type"] {
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        one => vec![one.as_str().unwrap_or("object")],
    };
    if !wanted.iter().any(|wanted| fits(value, wanted)) {
        let named: Vec<&str> = wanted.into_iter().map(named).collect();
        let named = named.join(" or ");
        let text = format!("'{}' must be {named}, not {}", full(path), shown(value));
        let hint = format!("Write {named} there, or remove the key.");
        return vec![Problem::error(Fault::type_error(text).at(path)).hint(hint)];
    }
    let (Some(entries), Some(known)) = (value.as_object(), schema["properties"].as_object()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, value) in entries {
        let inner = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        if let Some(schema) = known.get(key) {
            found.extend(problems(value, schema, &inner));
            continue;
        }
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let text = format!("'{}' has no effect: there is no such setting", full(&inner));
        let hint = format!("There are: {}.", names.join(", "));
        found.push(Problem::warning(Fault::input(text).at(inner)).hint(hint));
    }
    found
}

fn fits(value: &Value, wanted: &str) -> bool {
    match wanted {
        "string" => value.is_string(),
        "boolean" => switch(value).is_some(),
        "integer" => value.is_u64() || value.as_str().is_some_and(|text| text.parse::<u64>().is_ok()),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn full(path: &str) -> String {
    if path.is_empty() {
        "techdocs".to_owned()
    } else {
        format!("techdocs.{path}")
    }
}

fn named(kind: &str) -> &str {
    match kind {
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "array" => "a list",
        _ => "a group of settings",
    }
}

/// A value in words: what it is, not what it says, which may be secret.
fn shown(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a group of settings",
    }
}
