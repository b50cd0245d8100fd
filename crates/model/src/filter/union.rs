//! Whether a predicate has the right form, with the original's words when it has not.
//!
//! The original checks predicates against a union of shapes and lists what each shape misses. The words
//! come from its validator; they are part of what clients see (recorded answers of by-query).

use serde_json::{Map, Value};

use crate::Fault;

const OPERATORS: [(&str, &str); 4] = [
    ("$exists", "boolean"),
    ("$in", "array"),
    ("$contains", "any"),
    ("$hasPrefix", "string"),
];
const LOGIC: [&str; 3] = ["$all", "$any", "$not"];

pub(super) fn check(predicate: &Value) -> Result<(), Fault> {
    check_at(predicate).map_err(|text| Fault::input(format!("Invalid query: Validation error: {text}")))
}

fn check_at(predicate: &Value) -> Result<(), String> {
    let Value::Object(fields) = predicate else {
        return Ok(());
    };
    if let Some(logic) = LOGIC.iter().find(|logic| fields.contains_key(**logic)) {
        return check_logic(fields, logic);
    }
    for (key, value) in fields {
        if key.starts_with('$') {
            return Err(format!("Invalid at \"{key}\""));
        }
        if !is_operand(value) {
            return Err(not_an_operand(key, value, fields));
        }
    }
    Ok(())
}

fn check_logic(fields: &Map<String, Value>, logic: &str) -> Result<(), String> {
    let others: Vec<String> = fields
        .keys()
        .filter(|key| *key != logic)
        .map(|key| format!("'{key}'"))
        .collect();
    if !others.is_empty() {
        return Err(format!("Unrecognized key(s) in object: {}", others.join(", ")));
    }
    let value = &fields[logic];
    if logic == "$not" {
        return check_at(value);
    }
    match value {
        Value::Array(parts) => parts.iter().try_for_each(check_at),
        _ => Err(not_a_list(logic, value)),
    }
}

/// A primitive or a known operator with the right operand.
fn is_operand(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Number(_) | Value::Bool(_) => true,
        Value::Object(operators) => OPERATORS
            .iter()
            .any(|(name, kind)| operators.get(*name).is_some_and(|operand| fits(operand, kind))),
        _ => false,
    }
}

fn fits(operand: &Value, kind: &str) -> bool {
    match kind {
        "boolean" => operand.is_boolean(),
        "array" => operand.as_array().is_some_and(|items| {
            items
                .iter()
                .all(|item| !item.is_object() && !item.is_array() && !item.is_null())
        }),
        "string" => operand.is_string(),
        _ => !operand.is_null() && !operand.is_array(),
    }
}

fn not_an_operand(key: &str, value: &Value, fields: &Map<String, Value>) -> String {
    let keys = fields
        .keys()
        .map(|key| format!("'{key}'"))
        .collect::<Vec<_>>()
        .join(", ");
    let mut parts = field_shapes(key, value);
    parts.push(format!(
        "Invalid at \"{key}\"; Expected never, received {} at \"{key}\"",
        type_of(value)
    ));
    parts.extend(primitives());
    parts.extend(
        LOGIC
            .iter()
            .map(|logic| format!("Required at \"{logic}\"; Unrecognized key(s) in object: {keys}")),
    );
    parts.join(", or ")
}

fn not_a_list(logic: &str, value: &Value) -> String {
    let received = type_of(value);
    let mut shapes = field_shapes(logic, value);
    shapes[0] = format!("Invalid at \"{logic}\"; {}", shapes[0]);
    shapes.push(format!("Expected never, received {received} at \"{logic}\""));
    shapes.extend(primitives());
    shapes.extend(LOGIC.iter().map(|other| {
        if *other == logic {
            format!("Expected array, received {received} at \"{logic}\"")
        } else {
            format!("Required at \"{other}\"; Unrecognized key(s) in object: '{logic}'")
        }
    }));
    shapes.join(", or ")
}

/// What each form of a field's condition misses.
fn field_shapes(key: &str, value: &Value) -> Vec<String> {
    let received = type_of(value);
    let mut parts: Vec<String> = ["string", "number", "boolean"]
        .iter()
        .map(|wanted| format!("Expected {wanted}, received {received} at \"{key}\""))
        .collect();
    let Value::Object(operators) = value else {
        parts.push(format!("Expected object, received {received} at \"{key}\""));
        return parts;
    };
    for (name, kind) in OPERATORS {
        parts.push(match operators.get(name) {
            None => format!("Required at \"{key}.{name}\""),
            Some(operand) => format!(
                "Expected {kind}, received {} at \"{key}.{name}\"",
                type_of(operand)
            ),
        });
    }
    parts
}

fn primitives() -> impl Iterator<Item = String> {
    ["string", "number", "boolean"]
        .into_iter()
        .map(|wanted| format!("Expected {wanted}, received object"))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
