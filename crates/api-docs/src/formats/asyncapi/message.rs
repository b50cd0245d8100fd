//! Messages: what they carry, in whatever language that is described.

use serde_json::Value;
use ui::Language;

use super::super::avro;
use super::super::keys::{Keys, plain};
use super::super::openapi::code;
use super::super::schema::{self, kind_of, resolve};
use super::super::within;
use super::{bindings_at, tags};
use crate::block::{Block, Fact, Part, Span, words};

/// A message under its heading.
pub(super) fn part(root: &Value, given: &Value, place: &str, name: Option<&str>) -> Block {
    let (message, place) = resolve(root, given, place);
    if let Some(address) = message["$ref"].as_str() {
        return Block::part("Message", vec![within::same_as(address)]);
    }
    let title = ["title", "name"]
        .iter()
        .find_map(|key| message[*key].as_str())
        .or(name);
    let named = match (given["$ref"].as_str(), title) {
        (Some(address), title) => {
            let mut link = schema::reference(address);
            if let Some(title) = title {
                title.clone_into(&mut link.text);
            }
            link
        }
        (None, Some(title)) => Span::plain(title),
        (None, None) => match words(&kind_of(&Keys::of(&message["payload"]))) {
            kind if kind.is_empty() => Span::plain("without a name"),
            kind => Span::plain(kind),
        },
    };
    Block::Part(Part {
        heading: vec![Span::plain("Message · "), named],
        folded: false,
        blocks: blocks(root, message, &place),
    })
}

/// What is said of a message or a trait of messages.
pub(super) fn blocks(root: &Value, message: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(message);
    let mut shown = within::prose(&keys);
    let facts = facts(root, &keys);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    let format = keys.text("schemaFormat");
    for (key, title) in [("headers", "Headers"), ("payload", "Payload")] {
        let value = keys.take(key);
        if value.is_null() {
            continue;
        }
        let format = if key == "payload" { format.as_str() } else { "" };
        let mut heading = vec![Span::plain(title)];
        let kind = kind_of(&Keys::of(value));
        if !kind.is_empty() && format.is_empty() {
            heading.push(Span::plain(" · "));
            heading.extend(kind);
        }
        shown.push(Block::Part(Part {
            heading,
            folded: false,
            blocks: typed(root, value, format, &format!("{place}/{key}")),
        }));
    }
    bindings_at(root, &keys, place, &mut shown);
    examples(&keys, &mut shown);
    for (number, given) in keys.list("traits").enumerate() {
        let (found, place) = resolve(root, given, &format!("{place}/traits/{number}"));
        let mut inside: Vec<Block> = given["$ref"].as_str().map(within::same_as).into_iter().collect();
        // A trait has no traits.
        if !found["traits"].is_array() {
            inside.extend(blocks(root, found, &place));
        }
        shown.push(Block::folded("Trait", inside));
    }
    keys.more(&mut shown);
    shown
}

fn facts(root: &Value, keys: &Keys<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (key, label) in [
        ("messageId", "Message"),
        ("name", "Name"),
        ("title", "Title"),
        ("contentType", "Media type"),
    ] {
        keys.fact(&mut facts, key, label);
    }
    if keys.peek("schemaFormat").is_string() {
        facts.push(Fact::new("Schema", Span::code(plain(keys.peek("schemaFormat")))));
    }
    if keys.is("deprecated") {
        facts.push(within::deprecated());
    }
    let id = keys.peek("correlationId");
    if id.is_object() {
        keys.note("correlationId");
        let (found, _) = resolve(root, id, "");
        let found = Keys::of(found);
        found.fact(&mut facts, "location", "Correlation id");
        found.fact(&mut facts, "description", "Correlation");
        let rest = found.rest();
        if !rest.is_empty() {
            facts.push(Fact::new("Correlation, further", Span::code(rest.trim_end())));
        }
    }
    within::related(keys, &mut facts);
    tags(root, keys, &mut facts);
    facts
}

/// A schema with a name, which has no other heading.
pub(super) fn named_schema(root: &Value, value: &Value, place: &str) -> Vec<Block> {
    if value["schemaFormat"].is_string() || avro::is_schema(value) {
        typed(root, value, "", place)
    } else {
        schema::blocks(value, place, 0)
    }
}

/// A schema in the language that its format names. In version 3 the format may stand beside it.
pub(super) fn typed(root: &Value, value: &Value, format: &str, place: &str) -> Vec<Block> {
    if let Some(format) = value["schemaFormat"]
        .as_str()
        .filter(|_| !value["schema"].is_null())
    {
        let keys = Keys::of(value);
        for key in ["schemaFormat", "schema"] {
            keys.note(key);
        }
        let mut shown = vec![Block::Facts(vec![Fact::new("Schema", Span::code(format))])];
        // The schema itself names no other format.
        shown.extend(of_format(
            root,
            &value["schema"],
            format,
            &format!("{place}/schema"),
        ));
        keys.more(&mut shown);
        return shown;
    }
    of_format(root, value, format, place)
}

fn of_format(root: &Value, value: &Value, format: &str, place: &str) -> Vec<Block> {
    let is_avro = format.contains("avro") || avro::is_schema(value);
    match value {
        Value::String(text) if is_avro => match serde_json::from_str::<Value>(text) {
            Ok(parsed) => avro::blocks(&parsed),
            Err(_) => vec![code("", value)],
        },
        Value::String(_) if format.contains("protobuf") => vec![Block::Code {
            title: String::new(),
            language: Language::Proto,
            text: plain(value),
        }],
        Value::String(_) => vec![code("", value)],
        _ if is_avro => {
            let (found, _) = resolve(root, value, place);
            let mut shown: Vec<Block> = value["$ref"].as_str().map(within::same_as).into_iter().collect();
            if found["$ref"].is_null() {
                shown.extend(avro::blocks(found));
            }
            shown
        }
        _ => schema::content(root, value, place),
    }
}

fn examples(keys: &Keys<'_>, shown: &mut Vec<Block>) {
    for (number, example) in keys.list("examples").enumerate() {
        let example = Keys::of(example);
        let name = match example.text("name") {
            name if name.is_empty() => (number + 1).to_string(),
            name => name,
        };
        let mut inside = within::prose(&example);
        for (key, title) in [("headers", "Headers"), ("payload", "Payload")] {
            let value = example.take(key);
            if !value.is_null() {
                inside.push(code(title, value));
            }
        }
        example.more(&mut inside);
        shown.push(Block::folded(format!("Example · {name}"), inside));
    }
}
