//! What a schema says about a field besides its kind: words, hints, switches.

use serde_json::Value;

/// A hint for forms: `ui:<name>`, or the same in `ui:options`.
pub(crate) fn hint<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema
        .get(format!("ui:{name}"))
        .or_else(|| schema.get("ui:options")?.get(name))
}

/// A hint that is a text.
pub(crate) fn hint_text<'a>(schema: &'a Value, name: &str) -> Option<&'a str> {
    hint(schema, name)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
}

/// A hint that is on.
pub(crate) fn is_on(schema: &Value, name: &str) -> bool {
    hint(schema, name).and_then(Value::as_bool).unwrap_or(false)
}

/// An option of a field.
pub(crate) fn option<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema.get("ui:options")?.get(name)
}

/// An option of a field that is a text.
pub(crate) fn option_text<'a>(schema: &'a Value, name: &str) -> Option<&'a str> {
    option(schema, name)?
        .as_str()
        .filter(|text| !text.trim().is_empty())
}

/// The name of the field that draws it.
pub(crate) fn field_name(schema: &Value) -> Option<&str> {
    hint_text(schema, "field")
}

/// The name of the widget that draws it.
pub(crate) fn widget(schema: &Value) -> Option<&str> {
    hint_text(schema, "widget")
}

/// A person may look, but not change it.
pub(crate) fn is_fixed(schema: &Value) -> bool {
    is_on(schema, "disabled") || is_on(schema, "readonly") || schema["readOnly"] == true
}

/// What the field is called.
pub(crate) fn title(schema: &Value, name: &str) -> String {
    let written = hint_text(schema, "title").or_else(|| schema["title"].as_str());
    let written = written.filter(|title| !title.trim().is_empty());
    written.map_or_else(|| name.to_owned(), str::to_owned)
}

/// What it is about.
pub(crate) fn description(schema: &Value) -> Option<&str> {
    let written = hint_text(schema, "description").or_else(|| schema["description"].as_str());
    written.map(str::trim).filter(|text| !text.is_empty())
}

/// A number that a keyword of the schema gives, written as it is.
pub(crate) fn bound(schema: &Value, keyword: &str) -> Option<String> {
    schema
        .get(keyword)
        .filter(|limit| limit.is_number())
        .map(Value::to_string)
}

/// The type of values. The first that is not null, where there are several.
pub(crate) fn type_of(schema: &Value) -> &str {
    let written = match &schema["type"] {
        Value::Array(types) => types
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        one => one.as_str(),
    };
    written.unwrap_or_else(|| type_by_looks(schema))
}

fn type_by_looks(schema: &Value) -> &str {
    if schema.get("properties").is_some() || more(schema).is_some() {
        return "object";
    }
    if schema.get("items").is_some() {
        return "array";
    }
    let sample = schema
        .get("const")
        .or_else(|| schema["enum"].get(0))
        .or_else(|| schema.get("default"));
    match sample {
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
        _ => "string",
    }
}

/// Titles of the parts of an `oneOf` of which one is chosen; put there when conditions are decided.
pub(crate) const BRANCHES: &str = "portal:branches";
/// The number of the chosen part.
pub(crate) const BRANCH: &str = "portal:branch";

/// The fields of an object in the order in which they are shown.
pub(crate) fn properties(schema: &Value) -> Vec<(&str, &Value)> {
    let Some(all) = schema["properties"].as_object() else {
        return Vec::new();
    };
    let wanted: Vec<&str> = schema["ui:order"]
        .as_array()
        .map(|order| order.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let rest_at = wanted
        .iter()
        .position(|name| *name == "*")
        .unwrap_or(wanted.len());
    let place = |name: &str| wanted.iter().position(|one| *one == name).unwrap_or(rest_at);
    let mut fields: Vec<(&str, &Value)> = all.iter().map(|(name, field)| (name.as_str(), field)).collect();
    fields.sort_by_key(|(name, _)| place(name));
    fields
}

/// The schema of an object's values whose names a person gives; nothing where the names are fixed.
pub(crate) fn more(schema: &Value) -> Option<&Value> {
    schema.get("additionalProperties").filter(|of| of.is_object())
}

/// The entries of an object whose names the schema does not list, in their order.
pub(crate) fn further<'v>(
    schema: &Value,
    values: &'v Value,
) -> impl Iterator<Item = (&'v String, &'v Value)> {
    let is_listed = |name: &str| schema["properties"].get(name).is_some();
    let all = values.as_object().into_iter().flatten();
    all.filter(move |(name, _)| !is_listed(name))
}

/// Whether the values of an object have to have a field.
pub(crate) fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|names| names.iter().any(|one| one == name))
}
