//! The type of a schema as a person reads it, with links.

use serde_json::Value;

use crate::block::{Look, Span};
use crate::formats::keys::Keys;

/// Alternatives named in one type; more are rows.
const MAX_CHOICES: usize = 40;
/// Types within types that are named on one line.
const MAX_NESTED: usize = 6;

/// The type; all that it says of the schema counts as read.
pub(crate) fn kind_of(keys: &Keys<'_>) -> Vec<Span> {
    let mut kind = Vec::new();
    if let Some(name) = keys.peek("$ref").as_str() {
        keys.note("$ref");
        kind.push(reference(name));
    }
    let declared = declared(keys);
    if !declared.is_empty() {
        join(&mut kind, " & ", declared);
    }
    for (key, between, before) in [
        ("allOf", " & ", ""),
        ("oneOf", " | ", ""),
        ("anyOf", " | ", "any of "),
    ] {
        let choices = composed(keys, key, between, before);
        if !choices.is_empty() {
            join(&mut kind, " & ", choices);
        }
    }
    if let Some(format) = keys.peek("format").as_str() {
        keys.note("format");
        join(&mut kind, " · ", vec![Span::plain(format)]);
    }
    if keys.is("nullable") {
        join(&mut kind, " | ", vec![Span::plain("null")]);
    }
    if kind.is_empty() {
        if keys.peek("properties").is_object() {
            kind.push(Span::plain("object"));
        } else if keys.peek("enum").is_array() {
            kind.push(Span::plain("enum"));
        }
    }
    kind
}

fn join(kind: &mut Vec<Span>, between: &str, more: Vec<Span>) {
    if !kind.is_empty() {
        kind.push(Span::plain(between));
    }
    kind.extend(more);
}

/// What `type` says, with the items of arrays and the values of maps where those are as simple.
fn declared(keys: &Keys<'_>) -> Vec<Span> {
    let name = match keys.peek("type") {
        Value::String(name) => name.clone(),
        Value::Array(names) if names.iter().all(Value::is_string) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" | ")
        }
        _ => String::new(),
    };
    if !name.is_empty() {
        keys.note("type");
    }
    let items = keys.peek("items");
    if matches!(name.as_str(), "array" | "") && items.is_object() && is_simple(items) {
        keys.note("items");
        let mut kind = kind_of(&Keys::of(items));
        if kind.len() > 1 {
            kind.insert(0, Span::plain("("));
            kind.push(Span::plain(")"));
        }
        if kind.is_empty() {
            kind.push(Span::plain("any"));
        }
        kind.push(Span::plain("[]"));
        return kind;
    }
    let values = keys.peek("additionalProperties");
    if name == "object" && keys.peek("properties").is_null() && values.is_object() && is_simple(values) {
        keys.note("additionalProperties");
        let mut kind = vec![Span::plain("map of ")];
        kind.extend(kind_of(&Keys::of(values)));
        if kind.len() == 1 {
            kind.push(Span::plain("anything"));
        }
        return kind;
    }
    if name.is_empty() {
        Vec::new()
    } else {
        vec![Span::plain(name)]
    }
}

/// The simple members of a composition. Others are rows.
fn composed(keys: &Keys<'_>, key: &str, between: &str, before: &str) -> Vec<Span> {
    let members = keys.peek(key).as_array().into_iter().flatten();
    let all: Vec<&Value> = members.collect();
    let simple: Vec<&&Value> = all.iter().filter(|member| is_simple(member)).collect();
    if all.is_empty() || all.len() > MAX_CHOICES && simple.is_empty() {
        return Vec::new();
    }
    let mut kind = Vec::new();
    for member in &simple {
        let name = kind_of(&Keys::of(member));
        join(
            &mut kind,
            between,
            if name.is_empty() {
                vec![Span::plain("anything")]
            } else {
                name
            },
        );
    }
    if simple.len() < all.len() && key != "allOf" {
        let left = all.len() - simple.len();
        let words = format!("{left} {}", if left == 1 { "form below" } else { "forms below" });
        join(&mut kind, between, vec![Span::plain(words)]);
    }
    if !kind.is_empty() && !before.is_empty() {
        kind.insert(0, Span::plain(before));
    }
    kind
}

/// Whether the name of its type says all that a schema says.
pub(crate) fn is_simple(schema: &Value) -> bool {
    is_simple_within(schema, 0)
}

fn is_simple_within(schema: &Value, depth: usize) -> bool {
    let Some(map) = schema.as_object() else {
        return false;
    };
    let is_simple = |(key, value): (&String, &Value)| match key.as_str() {
        "$ref" | "format" | "type" => value.is_string(),
        "items" => map.get("type").is_some_and(|kind| kind == "array") && is_simple_within(value, depth + 1),
        _ => false,
    };
    depth < MAX_NESTED && map.iter().all(is_simple)
}

/// A link to what a reference names, by the last part of its address.
pub(crate) fn reference(address: &str) -> Span {
    let text = name_of_reference(address);
    if let Some(pointer) = address.strip_prefix('#') {
        return Span::definition(text, format!("#{}", decoded(pointer)));
    }
    if address.starts_with("https://") || address.starts_with("http://") {
        return Span {
            text: address.to_owned(),
            look: Look::Web(address.to_owned()),
        };
    }
    // Of another file, all of the address is of use.
    Span::code(address)
}

/// The last part of the address of a reference.
pub(crate) fn name_of_reference(address: &str) -> String {
    let last = address.rsplit('/').next().unwrap_or(address);
    let last = if last.is_empty() { address } else { last };
    decoded(last).replace("~1", "/").replace("~0", "~")
}

/// A pointer in an address without its percent signs.
pub(super) fn decoded(pointer: &str) -> String {
    if !pointer.contains('%') {
        return pointer.to_owned();
    }
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
