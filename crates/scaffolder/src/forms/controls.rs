//! Which control shows the value at a pointer, and back: entries whose names a person gives have numbered controls.

use serde_json::Value;

use super::check::Mistakes;
use super::kind::{Kind, kind, row_schema};
use super::pointer::{below, further_rows, list_of_rows, unescaped};
use super::schema::{further, more};

/// What is wrong, by the pointers of controls.
pub(super) fn placed(schema: &Value, values: &Value, mistakes: Mistakes) -> Mistakes {
    let place = |(pointer, told): (String, String)| (control_of(schema, values, &pointer), told);
    mistakes.into_iter().map(place).collect()
}

/// The pointer of the control for the value at a pointer; the same pointer where that is nothing special.
pub(super) fn control_of(schema: &Value, values: &Value, pointer: &str) -> String {
    let (mut schema, mut value, mut at) = (schema.clone(), values, String::new());
    for step in pointer.split('/').skip(1) {
        let name = unescaped(step);
        let place = step_into(&schema, value, &at, &name);
        value = member(value, &name);
        (schema, at) = place;
    }
    at
}

/// The pointer of the value that a control shows; nothing for a control that is not there.
pub(super) fn value_of(schema: &Value, values: &Value, control: &str) -> Option<String> {
    let (mut schema, mut value, mut at) = (schema.clone(), values, String::new());
    let mut is_entry = false;
    for step in control.split('/').skip(1) {
        if is_entry {
            let row = step.parse().ok()?;
            let (entry, held) = further(&schema, value).nth(row)?;
            (value, at, is_entry) = (held, below(&at, entry), false);
            schema = more(&schema)?.clone();
            continue;
        }
        let name = list_of_rows(step).map_or_else(|| unescaped(step), unescaped);
        is_entry = list_of_rows(step).is_some();
        (schema, value, at) = (field_of(&schema, &name), member(value, &name), below(&at, &name));
    }
    Some(at)
}

fn field_of(schema: &Value, name: &str) -> Value {
    match schema["properties"].get(name) {
        Some(field) => field.clone(),
        None if kind(schema) == Kind::List => row_schema(schema, name.parse().unwrap_or_default()),
        None => Value::Null,
    }
}

fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    let row = || value.get(name.parse::<usize>().ok()?);
    value.get(name).or_else(row).unwrap_or(&Value::Null)
}

fn step_into(schema: &Value, value: &Value, at: &str, name: &str) -> (Value, String) {
    let row = further(schema, value).position(|(entry, _)| entry == name);
    match (more(schema), row) {
        (Some(row_of), Some(row)) => (row_of.clone(), below(&further_rows(at), &row.to_string())),
        _ => (field_of(schema, name), below(at, name)),
    }
}
