//! AsyncAPI 2 and 3: operations by channel, then channels, messages, types and the other parts.

mod channel;
mod message;
mod operation;

use serde_json::Value;

use super::keys::{Keys, laid_out, plain, step};
use super::openapi::{part_entry, scheme_blocks, type_entry};
use super::schema::resolve;
use super::{add, entries, text_at, within};
use crate::block::{Block, Fact, Span};
use crate::outline::{Body, Outline, Sort};

/// Parts of `components` beside schemas: the key, the heading, the word for one, how it is read.
const PARTS: [(&str, &str, &str, &str); 18] = [
    ("securitySchemes", "Authentication", "scheme", "asyncapi-security"),
    ("messages", "Messages", "message", "asyncapi-message"),
    ("channels", "Shared channels", "channel", "asyncapi-channel"),
    (
        "operations",
        "Shared operations",
        "operation",
        "asyncapi-shared-operation",
    ),
    ("servers", "Shared servers", "server", "asyncapi-server"),
    ("messageTraits", "Message traits", "trait", "asyncapi-message"),
    (
        "operationTraits",
        "Operation traits",
        "trait",
        "asyncapi-shared-operation",
    ),
    ("parameters", "Parameters", "parameter", "asyncapi-parameter"),
    (
        "serverVariables",
        "Server variables",
        "variable",
        "asyncapi-parameter",
    ),
    ("correlationIds", "Correlation ids", "id", "asyncapi-plain"),
    ("replies", "Replies", "reply", "asyncapi-reply"),
    ("replyAddresses", "Reply addresses", "address", "asyncapi-plain"),
    (
        "serverBindings",
        "Server bindings",
        "bindings",
        "asyncapi-bindings",
    ),
    (
        "channelBindings",
        "Channel bindings",
        "bindings",
        "asyncapi-bindings",
    ),
    (
        "operationBindings",
        "Operation bindings",
        "bindings",
        "asyncapi-bindings",
    ),
    (
        "messageBindings",
        "Message bindings",
        "bindings",
        "asyncapi-bindings",
    ),
    ("externalDocs", "External documents", "document", "asyncapi-plain"),
    ("tags", "Shared tags", "tag", "asyncapi-plain"),
];

pub(super) fn read(root: &Value) -> Outline {
    let info = &root["info"];
    let mut outline = Outline {
        title: text_at(info, "title"),
        version: text_at(info, "version"),
        dialect: format!("AsyncAPI {}", text_at(root, "asyncapi"))
            .trim_end()
            .to_owned(),
        about: about(root),
        ..Outline::default()
    };
    if root["operations"].is_object() {
        operations_of_3(root, &mut outline);
    } else {
        operations_of_2(root, &mut outline);
    }
    for (name, channel) in entries(root, "channels") {
        let place = format!("/channels/{}", step(name));
        let mut entry = part_entry(name, channel, "asyncapi-channel", place);
        "channel".clone_into(&mut entry.verb);
        add(&mut outline, "Channels", Sort::Part("channel"), entry);
    }
    add_components(root, &mut outline);
    outline
}

fn add_components(root: &Value, outline: &mut Outline) {
    let components = &root["components"];
    for (name, schema) in entries(components, "schemas") {
        let place = format!("/components/schemas/{}", step(name));
        let mut entry = type_entry(name, schema, place.clone());
        entry.body = Body::At("asyncapi-schema", place);
        add(outline, "Types", Sort::Type, entry);
    }
    for (key, heading, word, how) in PARTS {
        for (name, part) in entries(components, key) {
            let place = format!("/components/{key}/{}", step(name));
            let mut entry = part_entry(name, part, how, place);
            word.clone_into(&mut entry.verb);
            add(outline, heading, Sort::Part(word), entry);
        }
    }
}

/// What it says of the API as a whole.
fn about(root: &Value) -> Vec<Block> {
    let keys = Keys::of(root);
    for key in ["asyncapi", "info", "channels", "operations"] {
        keys.note(key);
    }
    let mut shown = within::info(&root["info"]);
    let mut facts = Vec::new();
    keys.fact(&mut facts, "id", "Id");
    keys.fact(&mut facts, "defaultContentType", "Media type");
    within::related(&keys, &mut facts);
    tags(root, &keys, &mut facts);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    for (name, server) in keys.entries("servers") {
        shown.push(Block::part(
            format!("Server · {name}"),
            channel::server(root, server),
        ));
    }
    let components = Keys::of(keys.take("components"));
    PARTS
        .iter()
        .map(|(key, ..)| *key)
        .chain(["schemas"])
        .for_each(|key| components.note(key));
    let rest = components.rest();
    if !rest.is_empty() {
        shown.push(Block::folded("Other components", vec![Block::More(rest)]));
    }
    keys.more(&mut shown);
    shown
}

/// Version 2: a channel holds what others publish to it and what they get from it.
fn operations_of_2(root: &Value, outline: &mut Outline) {
    for (name, channel) in entries(root, "channels") {
        let (channel, place) = resolve(root, channel, &format!("/channels/{}", step(name)));
        for verb in ["publish", "subscribe"] {
            let described = &channel[verb];
            if !described.is_object() {
                continue;
            }
            let place = format!("{place}/{verb}");
            let mut entry = part_entry(name, described, "asyncapi-operation-2", place);
            entry.verb = verb.to_uppercase();
            entry.name = text_at(described, "operationId");
            add(outline, name, Sort::Operation, entry);
        }
    }
}

/// Version 3: operations stand on their own and refer to a channel.
fn operations_of_3(root: &Value, outline: &mut Outline) {
    for (name, described) in entries(root, "operations") {
        let place = format!("/operations/{}", step(name));
        let (found, _) = resolve(root, described, &place);
        let (channel, _) = resolve(root, &found["channel"], "");
        let address = match text_at(channel, "address") {
            address if address.is_empty() => name.clone(),
            address => address,
        };
        let mut entry = part_entry(&address, found, "asyncapi-operation-3", place);
        entry.verb = text_at(found, "action").to_uppercase();
        entry.name.clone_from(name);
        if entry.summary.is_empty() {
            entry.summary = match text_at(found, "title") {
                title if title.is_empty() => name.clone(),
                title => title,
            };
        }
        add(outline, &address, Sort::Operation, entry);
    }
}

/// What is said of a part of the document.
pub(super) fn part_blocks(root: &Value, how: &str, value: &Value, place: &str) -> Vec<Block> {
    match how {
        "asyncapi-operation-2" => return operation::of_2(root, value, place),
        "asyncapi-operation-3" => return operation::of_3(root, value, place),
        "asyncapi-schema" => return message::named_schema(root, value, place),
        _ => {}
    }
    let (found, place) = resolve(root, value, place);
    let mut shown: Vec<Block> = value["$ref"].as_str().map(within::same_as).into_iter().collect();
    if found["$ref"].is_string() {
        return shown;
    }
    shown.extend(match how {
        "asyncapi-security" => scheme_blocks(found),
        "asyncapi-message" => message::blocks(root, found, &place),
        "asyncapi-channel" => channel::blocks(root, found, &place),
        "asyncapi-shared-operation" => operation::of_3(root, found, &place),
        "asyncapi-server" => channel::server(root, found),
        "asyncapi-parameter" => vec![Block::Fields(channel::parameter("", found, &place))],
        "asyncapi-reply" => operation::reply(root, found, &place),
        "asyncapi-bindings" => bindings(root, found, &place),
        _ => laid_out(found),
    });
    shown
}

/// Tags, each with what is said of it.
fn tags(root: &Value, keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    let mut value = Vec::new();
    for tag in keys.list("tags") {
        if !value.is_empty() {
            value.push(Span::plain(" · "));
        }
        let (tag, _) = resolve(root, tag, "");
        if tag.is_object() {
            tag_spans(tag, &mut value);
        } else {
            value.push(Span::plain(plain(tag)));
        }
    }
    if !value.is_empty() {
        facts.push(Fact {
            label: "Tags".to_owned(),
            value,
        });
    }
}

fn tag_spans(tag: &Value, value: &mut Vec<Span>) {
    let keys = Keys::of(tag);
    value.push(Span::plain(keys.text("name")));
    let said = keys.text("description");
    if !said.is_empty() {
        value.push(Span::plain(format!(" — {said}")));
    }
    let mut links = Vec::new();
    within::related(&keys, &mut links);
    for link in links {
        value.push(Span::plain(" "));
        value.extend(link.value);
    }
    let rest = keys.rest();
    if !rest.is_empty() {
        value.push(Span::plain(" "));
        value.push(Span::code(rest.trim_end()));
    }
}

/// What a protocol needs to know, one part each.
fn bindings(root: &Value, value: &Value, place: &str) -> Vec<Block> {
    let (found, place) = resolve(root, value, place);
    let mut shown: Vec<Block> = value["$ref"].as_str().map(within::same_as).into_iter().collect();
    if found["$ref"].is_string() {
        return shown;
    }
    for (protocol, binding) in found.as_object().into_iter().flatten() {
        let place = format!("{place}/{}", step(protocol));
        let (binding, place) = resolve(root, binding, &place);
        shown.push(Block::part(
            format!("Bindings · {protocol}"),
            self::binding(binding, &place),
        ));
    }
    shown
}

/// Schemas as rows, the rest as names and values.
fn binding(binding: &Value, place: &str) -> Vec<Block> {
    let is_schema = |value: &Value| {
        value["type"].is_string() || value["properties"].is_object() || value["$ref"].is_string()
    };
    let Some(map) = binding.as_object() else {
        return laid_out(binding);
    };
    let (schemas, others): (Vec<_>, Vec<_>) = map.iter().partition(|(_, value)| is_schema(value));
    let others: serde_json::Map<String, Value> = others
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let fields = schemas.into_iter().flat_map(|(name, value)| {
        super::schema::rows(name, value, false, &format!("{place}/{}", step(name)))
    });
    let fields: Vec<_> = fields.collect();
    let mut shown = laid_out(&Value::Object(others));
    if !fields.is_empty() {
        shown.push(Block::Fields(fields));
    }
    shown
}

/// The bindings at a key.
fn bindings_at(root: &Value, keys: &Keys<'_>, place: &str, shown: &mut Vec<Block>) {
    let value = keys.peek("bindings");
    if value.is_object() {
        keys.note("bindings");
        shown.extend(bindings(root, value, &format!("{place}/bindings")));
    }
}
