//! Channels and servers.

use serde_json::Value;

use super::super::keys::{Keys, plain, step};
use super::super::schema::{self, reference, resolve};
use super::super::within;
use super::{bindings_at, message, operation, tags};
use crate::block::{Block, Fact, Field, Span};

/// What is said of a channel, without its operations.
pub(super) fn blocks(root: &Value, channel: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(channel);
    for key in ["publish", "subscribe"] {
        if keys.peek(key).is_object() {
            keys.note(key);
        }
    }
    let mut shown = within::prose(&keys);
    let mut facts = Vec::new();
    keys.fact(&mut facts, "address", "Address");
    keys.fact(&mut facts, "title", "Title");
    servers(&keys, &mut facts);
    within::related(&keys, &mut facts);
    tags(root, &keys, &mut facts);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    let fields = parameters(root, &keys, place);
    if !fields.is_empty() {
        shown.push(Block::part("Parameters", vec![Block::Fields(fields)]));
    }
    for (name, message) in keys.entries("messages") {
        let place = format!("{place}/messages/{}", step(name));
        shown.push(message::part(root, message, &place, Some(name)));
    }
    bindings_at(root, &keys, place, &mut shown);
    keys.more(&mut shown);
    shown
}

fn servers(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let mut value = Vec::new();
    for server in keys.list("servers") {
        if !value.is_empty() {
            value.push(Span::plain(", "));
        }
        value.push(match server["$ref"].as_str() {
            Some(address) => reference(address),
            None => Span::code(plain(server)),
        });
    }
    if !value.is_empty() {
        facts.push(Fact {
            label: "Servers".to_owned(),
            value,
        });
    }
}

/// The parameters of a channel's address.
pub(super) fn parameters(root: &Value, keys: &Keys<'_>, place: &str) -> Vec<Field> {
    let row = |(name, given): (&String, &Value)| {
        let (found, place) = resolve(root, given, &format!("{place}/parameters/{}", step(name)));
        parameter(name, found, &place)
    };
    keys.entries("parameters").flat_map(row).collect()
}

/// A parameter, with rows for what it is made of: with a schema in version 2, with values in version 3.
pub(super) fn parameter(name: &str, given: &Value, place: &str) -> Vec<Field> {
    if let Some(address) = given["$ref"].as_str() {
        return vec![Field {
            name: name.to_owned(),
            kind: vec![reference(address)],
            ..Field::default()
        }];
    }
    let mut own = given.clone();
    let schema = own.as_object_mut().and_then(|map| map.shift_remove("schema"));
    let mut field = within::variable(name, &own, 0);
    field.required = true;
    let rows = schema.map(|schema| schema::rows(name, &schema, true, &format!("{place}/schema")));
    let mut rows = rows.into_iter().flatten();
    if let Some(row) = rows.next() {
        field.kind = row.kind;
        field.marks = row.marks;
        field.facts.extend(row.facts);
        field.more.push_str(&row.more);
        field.onward = row.onward;
        if !field.description.is_empty() && !row.description.is_empty() {
            field.description.push_str(
                "

",
            );
        }
        field.description.push_str(&row.description);
    }
    [field].into_iter().chain(rows).collect()
}

/// What is said of a server.
pub(super) fn server(root: &Value, given: &Value) -> Vec<Block> {
    let (server, _) = resolve(root, given, "");
    let mut shown: Vec<Block> = given["$ref"].as_str().map(within::same_as).into_iter().collect();
    let keys = Keys::of(server);
    shown.extend(within::prose(&keys));
    let mut facts = Vec::new();
    for (key, label) in [
        ("url", "Address"),
        ("host", "Host"),
        ("pathname", "Path"),
        ("protocol", "Protocol"),
        ("protocolVersion", "Protocol version"),
        ("title", "Title"),
    ] {
        keys.fact(&mut facts, key, label);
    }
    within::related(&keys, &mut facts);
    tags(root, &keys, &mut facts);
    shown.push(Block::Facts(facts));
    operation::security(root, &keys, &mut shown);
    let variable = |(name, given): (&String, &Value)| within::variable(name, resolve(root, given, "").0, 0);
    let variables: Vec<Field> = keys.entries("variables").map(variable).collect();
    if !variables.is_empty() {
        shown.push(Block::part("Variables", vec![Block::Fields(variables)]));
    }
    bindings_at(root, &keys, "", &mut shown);
    keys.more(&mut shown);
    shown
}
