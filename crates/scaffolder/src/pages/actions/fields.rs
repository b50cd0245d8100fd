//! A schema as rows that people read: each field with its type, its place in the others, and whether it must be given.

use maud::{Markup, html};
use serde_json::{Map, Value};
use ui::{Badge, Tone, badge, inline_code};

use crate::forms::options::text_of;
use crate::forms::schema::is_required;

/// Deepest field that gets a row, and most rows of a schema.
const MOST: (usize, usize) = (4, 200);

/// One field of a schema.
#[derive(Debug, Clone, PartialEq)]
struct Field<'a> {
    /// Where it is, from the whole on: `files[].from`.
    path: String,
    schema: &'a Value,
    is_required: bool,
}

/// The fields of what an action takes; alternatives each with their own.
pub(super) fn taken(schema: &Value) -> Markup {
    fields("Input", schema, true)
}

/// The fields of what an action gives. That some are always there is nothing that anybody must see to.
pub(super) fn given(schema: &Value) -> Markup {
    fields("Output", schema, false)
}

fn fields(title: &str, schema: &Value, marks_required: bool) -> Markup {
    let alternatives = ["anyOf", "oneOf"].iter().find_map(|key| schema[key].as_array());
    html! {
        h3 { (title) }
        @match alternatives {
            Some(all) if schema["properties"].is_null() => {
                @for (index, one) in all.iter().enumerate() {
                    p.muted { @if index == 0 { "Either:" } @else { "Or:" } }
                    (rows(one, marks_required))
                }
            }
            _ => (rows(schema, marks_required)),
        }
    }
}

fn rows(schema: &Value, marks_required: bool) -> Markup {
    let mut found = Vec::new();
    collect(schema, "", 0, &mut found);
    html! {
        @if found.is_empty() { p.muted { "Nothing." } } @else {
            dl.field-list { @for field in &found { (row(field, marks_required)) } }
        }
    }
}

fn collect<'a>(schema: &'a Value, before: &str, depth: usize, found: &mut Vec<Field<'a>>) {
    let properties = schema["properties"].as_object().into_iter().flatten();
    for (name, field) in properties {
        if found.len() >= MOST.1 {
            return;
        }
        let path = format!("{before}{name}");
        found.push(Field {
            path: path.clone(),
            schema: field,
            is_required: is_required(schema, name),
        });
        if depth < MOST.0 {
            collect(field, &format!("{path}."), depth + 1, found);
            collect(&field["items"], &format!("{path}[]."), depth + 1, found);
        }
    }
}

fn row(field: &Field<'_>, marks_required: bool) -> Markup {
    html! {
        div {
            dt {
                code { (field.path) }
                span.muted { (type_word(field.schema)) }
                @if field.is_required && marks_required { (badge(Badge { text: "required", tone: Tone::Amber, ..Badge::default() })) }
            }
            dd { (about(field.schema)) }
        }
    }
}

fn about(field: &Value) -> Markup {
    let text = field["description"].as_str().or(field["title"].as_str());
    let bounds = bounds(field);
    html! {
        (inline_code(text.unwrap_or_default()))
        @if !bounds.is_empty() {
            p.field-more { @for (word, values) in &bounds {
                (word) " " @for (index, value) in values.iter().enumerate() {
                    @if index > 0 { ", " } code { (value) }
                } ". "
            } }
        }
    }
}

/// What holds for the values of a field, in words.
fn bounds(field: &Value) -> Vec<(&'static str, Vec<String>)> {
    let one = |(key, word)| Some((word, vec![text_of(field.get(key)?)]));
    let values = field["enum"]
        .as_array()
        .or_else(|| field["items"]["enum"].as_array());
    let values = values.map(|values| ("One of", values.iter().map(text_of).collect()));
    let others = [
        ("default", "Usually"),
        ("minimum", "At least"),
        ("maximum", "At most"),
        ("maxLength", "Characters, at most"),
        ("pattern", "Fits the pattern"),
    ];
    values
        .into_iter()
        .chain(others.into_iter().filter_map(one))
        .collect()
}

/// The type of a field in words.
fn type_word(field: &Value) -> String {
    match &field["type"] {
        Value::Array(types) => words(types.iter().filter_map(Value::as_str)),
        Value::String(word) if word == "array" => {
            let item = &field["items"];
            if item.is_object() {
                format!("list of {}", type_word(item))
            } else {
                "list".to_owned()
            }
        }
        Value::String(word) if word == "object" => values_word(field),
        Value::String(word) => word.clone(),
        _ => alternatives(field),
    }
}

/// An object whose keys are free says what its values are.
fn values_word(field: &Value) -> String {
    match field["additionalProperties"]["type"].as_str() {
        Some(values) => format!("object of {values}"),
        None => "object".to_owned(),
    }
}

fn alternatives(field: &Value) -> String {
    let all = ["anyOf", "oneOf"].iter().find_map(|key| field[key].as_array());
    match all {
        Some(all) => {
            let all: Vec<String> = all.iter().map(type_word).collect();
            words(all.iter().map(String::as_str))
        }
        None if field["enum"].is_array() => "string".to_owned(),
        None => "any".to_owned(),
    }
}

fn words<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(" or ")
}

/// The keys of an object schema, for a search.
pub(super) fn names(schema: &Value) -> String {
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    properties.keys().cloned().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_fields_have_their_whole_path() {
        let schema = json!({
            "required": ["files"],
            "properties": {
                "files": {"type": "array", "items": {"type": "object", "required": ["from"], "properties": {
                    "from": {"type": "string"}, "how": {"type": "object", "properties": {"deep": {"enum": ["a"]}}},
                }}},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "any": {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}]},
            },
        });
        let mut found = Vec::new();
        collect(&schema, "", 0, &mut found);
        let shown: Vec<String> = found
            .iter()
            .map(|field| format!("{} {} {}", field.path, type_word(field.schema), field.is_required))
            .collect();
        assert_eq!(
            shown,
            [
                "files list of object true",
                "files[].from string true",
                "files[].how object false",
                "files[].how.deep string false",
                "labels object of string false",
                "any boolean or list of string false",
            ]
        );
    }
}
