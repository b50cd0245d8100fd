//! An example of a value, made from its schema where the definition gives none.

use serde_json::{Map, Value, json};

use super::resolve;

/// How deep an example is made.
const MAX_DEPTH: usize = 6;
/// Values of one example.
const MAX_VALUES: usize = 120;

/// A value that could be sent.
pub(crate) fn sample(root: &Value, schema: &Value) -> Value {
    let mut left = MAX_VALUES;
    made(root, schema, MAX_DEPTH, &mut left)
}

fn made(root: &Value, schema: &Value, depth: usize, left: &mut usize) -> Value {
    let (schema, _) = resolve(root, schema, "");
    if let Some(given) = given(schema) {
        return given;
    }
    if depth == 0 || *left == 0 {
        return Value::Null;
    }
    *left -= 1;
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(more) = made(root, part, depth - 1, left) {
                whole.extend(more);
            }
        }
        whole.extend(properties(root, schema, depth, left));
        return Value::Object(whole);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(first) = schema[choice].get(0) {
            return made(root, first, depth - 1, left);
        }
    }
    match type_of(schema) {
        "object" => Value::Object(properties(root, schema, depth, left)),
        "array" => json!([made(root, &schema["items"], depth - 1, left)]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(0)),
        "boolean" => json!(true),
        "string" => json!(text(schema["format"].as_str().unwrap_or_default())),
        _ => Value::Null,
    }
}

/// What the schema itself gives as a value.
fn given(schema: &Value) -> Option<Value> {
    ["example", "default", "const"]
        .iter()
        .find_map(|key| schema.get(*key))
        .or_else(|| schema["examples"].get(0))
        .or_else(|| schema["enum"].get(0))
        .cloned()
}

fn properties(root: &Value, schema: &Value, depth: usize, left: &mut usize) -> Map<String, Value> {
    let all = schema["properties"].as_object().into_iter().flatten();
    all.filter(|(_, property)| property["readOnly"] != true)
        .map_while(|(name, property)| {
            (*left > 0).then(|| (name.clone(), made(root, property, depth - 1, left)))
        })
        .collect()
}

fn type_of(schema: &Value) -> &str {
    let declared = match &schema["type"] {
        Value::Array(names) => names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        other => other.as_str(),
    };
    match declared {
        Some(name) => name,
        None if schema["properties"].is_object() => "object",
        None if schema["items"].is_object() => "array",
        None => "",
    }
}

fn text(format: &str) -> &'static str {
    match format {
        "date-time" => "2026-01-31T12:00:00Z",
        "date" => "2026-01-31",
        "uuid" => "00000000-0000-0000-0000-000000000000",
        "email" => "somebody@example.com",
        "uri" | "url" => "https://example.com",
        _ => "string",
    }
}
