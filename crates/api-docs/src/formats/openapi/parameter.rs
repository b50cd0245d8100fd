//! Parameters and headers as rows.

use serde_json::Value;

use super::super::keys::{Keys, plain};
use super::super::schema;
use super::super::within;
use crate::block::{Fact, Field, Span};

/// Keys of a parameter itself, which are none of its schema.
const OWN: [&str; 12] = [
    "name",
    "in",
    "required",
    "description",
    "deprecated",
    "schema",
    "content",
    "example",
    "examples",
    "style",
    "explode",
    "allowReserved",
];

/// A parameter or header, with rows for what its value is made of.
pub(super) fn rows(root: &Value, name: Option<&str>, given: &Value, place: &str) -> Vec<Field> {
    let (parameter, place) = schema::resolve(root, given, place);
    if let Some(address) = parameter["$ref"].as_str() {
        return vec![elsewhere(name, address)];
    }
    let keys = Keys::of(parameter);
    let own_name = keys.text("name");
    let name = name.map_or_else(|| own_name.clone(), str::to_owned);
    let is_required = keys.is("required");
    let described = keys.peek("schema");
    let mut rows = if described.is_object() {
        keys.note("schema");
        schema::rows(&name, described, is_required, &format!("{place}/schema"))
    } else {
        schema::rows(&name, &schema_of_old(parameter, &keys), is_required, &place)
    };
    if let Some(row) = rows.first_mut() {
        complete(row, root, &keys);
    }
    rows
}

fn elsewhere(name: Option<&str>, address: &str) -> Field {
    Field {
        name: name.map_or_else(|| schema::name_of_reference(address), str::to_owned),
        kind: vec![schema::reference(address)],
        description: if address.starts_with('#') {
            "This is not in the definition.".to_owned()
        } else {
            within::OTHER_FILE.to_owned()
        },
        ..Field::default()
    }
}

/// Swagger 2 writes the schema into the parameter.
fn schema_of_old(parameter: &Value, keys: &Keys<'_>) -> Value {
    let all = parameter.as_object().into_iter().flatten();
    let own = all.filter(|(key, _)| !OWN.contains(&key.as_str()) && !key.starts_with("x-"));
    own.map(|(key, value)| {
        keys.note(key);
        (key.clone(), value.clone())
    })
    .collect::<serde_json::Map<String, Value>>()
    .into()
}

/// Adds what the parameter says beside its schema.
fn complete(row: &mut Field, root: &Value, keys: &Keys<'_>) {
    let position = keys.text("in");
    if !position.is_empty() {
        let mut kind = vec![Span::plain(position)];
        if !row.kind.is_empty() {
            kind.push(Span::plain(" · "));
        }
        kind.append(&mut row.kind);
        row.kind = kind;
    }
    let said = keys.text("description");
    row.description = match (said.is_empty(), row.description.is_empty()) {
        (false, false) if said != row.description => format!("{said}\n\n{}", row.description),
        (false, _) => said,
        (true, _) => std::mem::take(&mut row.description),
    };
    row.deprecated |= keys.is("deprecated");
    for (key, label) in [
        ("allowEmptyValue", "may be empty"),
        ("allowReserved", "reserved signs as they are"),
    ] {
        if keys.is(key) {
            row.marks.push(label.to_owned());
        }
    }
    keys.fact(&mut row.facts, "style", "style");
    keys.fact(&mut row.facts, "explode", "explode");
    let one = keys.take("example");
    if !one.is_null() {
        row.facts.push(Fact::new("example", Span::code(plain(one))));
    }
    for (name, example) in keys.entries("examples") {
        row.facts.push(named_example(root, name, example));
    }
    content(row, keys);
    let rest = keys.rest();
    row.more.push_str(&rest);
}

fn named_example(root: &Value, name: &str, example: &Value) -> Fact {
    let (found, _) = schema::resolve(root, example, "");
    let keys = Keys::of(found);
    let mut value = Vec::new();
    if !keys.peek("value").is_null() {
        value.push(Span::code(plain(keys.take("value"))));
    }
    let address = keys.text("externalValue");
    if !address.is_empty() {
        value.push(Span::plain(" "));
        value.push(Span::web(address));
    }
    for key in ["summary", "description"] {
        let said = keys.text(key);
        if !said.is_empty() {
            value.push(Span::plain(format!(" — {said}")));
        }
    }
    let rest = keys.rest();
    if !rest.is_empty() {
        value.push(Span::code(rest.trim_end()));
    }
    Fact {
        label: format!("example {name}"),
        value,
    }
}

/// A parameter may be a document of a media type. How it looks stays in what is shown as it is written.
fn content(row: &mut Field, keys: &Keys<'_>) {
    for (media_type, described) in keys.peek("content").as_object().into_iter().flatten() {
        let kind = schema::kind_of(&Keys::of(&described["schema"]));
        row.kind.push(Span::plain(format!(" · {media_type} · ")));
        row.kind.extend(kind);
    }
}
