//! Bodies, answers and what they look like in a media type.

use serde_json::Value;
use ui::Language;

use super::super::keys::{Keys, laid_out, plain};
use super::super::schema::{self, kind_of, resolve};
use super::super::within;
use super::parameter;
use crate::block::{Block, Fact, Field, Part, Span};

/// The parts of a request body.
pub(super) fn body(root: &Value, body: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(body);
    let before = within::prose(&keys);
    let title = if keys.is("required") {
        "Request body, required"
    } else {
        "Request body"
    };
    parted(title, root, &keys, before, place)
}

/// The parts of an answer: what it says, its headers, its contents, its links.
pub(super) fn response(root: &Value, status: &str, response: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(response);
    let mut before = within::prose(&keys);
    let headers: Vec<Field> = keys
        .entries("headers")
        .flat_map(|(name, header)| parameter::rows(root, Some(name), header, &format!("{place}/headers")))
        .collect();
    if !headers.is_empty() {
        before.push(Block::part("Headers", vec![Block::Fields(headers)]));
    }
    for (name, link) in keys.entries("links") {
        let (found, _) = resolve(root, link, "");
        let mut shown = link["$ref"]
            .as_str()
            .map(within::same_as)
            .into_iter()
            .collect::<Vec<_>>();
        shown.extend(self::link(found));
        before.push(Block::folded(format!("Link · {name}"), shown));
    }
    // Swagger 2 has the schema on the response, and examples by media type.
    let old = keys.peek("schema");
    if old.is_object() {
        keys.note("schema");
        let mut shown = before;
        shown.extend(schema::content(root, old, &format!("{place}/schema")));
        for (media_type, example) in keys.entries("examples") {
            shown.push(code(&format!("Example · {media_type}"), example));
        }
        keys.more(&mut shown);
        return vec![headed(status, None, &kind_of(&Keys::of(old)), shown)];
    }
    parted(status, root, &keys, before, place)
}

/// One part for each media type; what stands before stands in the first.
fn parted(title: &str, root: &Value, keys: &Keys<'_>, before: Vec<Block>, place: &str) -> Vec<Block> {
    let mut before = before;
    let contents: Vec<(&String, &Value)> = keys.entries("content").collect();
    keys.more(&mut before);
    if contents.is_empty() {
        return if title.is_empty() {
            before
        } else {
            vec![headed(title, None, &[], before)]
        };
    }
    contents
        .into_iter()
        .map(|(media_type, described)| {
            let place = format!("{place}/content/{}", super::super::keys::step(media_type));
            let mut shown = std::mem::take(&mut before);
            shown.extend(media(root, described, &place));
            headed(
                title,
                Some(media_type),
                &kind_of(&Keys::of(&described["schema"])),
                shown,
            )
        })
        .collect()
}

fn headed(title: &str, media_type: Option<&str>, kind: &[Span], blocks: Vec<Block>) -> Block {
    let mut heading = Vec::new();
    let words = [Some(title), media_type]
        .into_iter()
        .flatten()
        .filter(|words| !words.is_empty());
    for word in words {
        if !heading.is_empty() {
            heading.push(Span::plain(" · "));
        }
        heading.push(Span::plain(word));
    }
    if !kind.is_empty() {
        heading.push(Span::plain(" · "));
        heading.extend_from_slice(kind);
    }
    Block::Part(Part {
        heading,
        folded: false,
        blocks,
    })
}

/// What a document of a media type is, with examples.
pub(super) fn media(root: &Value, described: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(described);
    let mut shown = Vec::new();
    if keys.peek("$ref").is_string() {
        shown.push(within::same_as(&keys.text("$ref")));
    }
    for key in ["schema", "itemSchema"] {
        let schema = keys.take(key);
        if schema.is_object() || schema.is_boolean() {
            shown.extend(schema::content(root, schema, &format!("{place}/{key}")));
        }
    }
    let one = keys.take("example");
    if !one.is_null() {
        shown.push(code("Example", one));
    }
    for (name, example) in keys.entries("examples") {
        let (found, _) = resolve(root, example, "");
        let mut inside = example["$ref"]
            .as_str()
            .map(within::same_as)
            .into_iter()
            .collect::<Vec<_>>();
        inside.extend(self::example(found));
        shown.push(Block::folded(format!("Example · {name}"), inside));
    }
    for (name, encoding) in keys.entries("encoding") {
        shown.push(Block::folded(
            format!("Encoding · {name}"),
            self::encoding(root, encoding, place),
        ));
    }
    keys.more(&mut shown);
    shown
}

fn encoding(root: &Value, encoding: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(encoding);
    let headers: Vec<Field> = keys
        .entries("headers")
        .flat_map(|(name, header)| parameter::rows(root, Some(name), header, place))
        .collect();
    let mut facts = Vec::new();
    for (key, label) in [
        ("contentType", "Media type"),
        ("style", "Style"),
        ("explode", "Explode"),
    ] {
        keys.fact(&mut facts, key, label);
    }
    let mut shown = Vec::new();
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    if !headers.is_empty() {
        shown.push(Block::Fields(headers));
    }
    keys.more(&mut shown);
    shown
}

/// A named example.
pub(super) fn example(example: &Value) -> Vec<Block> {
    let keys = Keys::of(example);
    let mut shown = within::prose(&keys);
    for key in ["value", "dataValue", "serializedValue"] {
        let value = keys.take(key);
        if !value.is_null() {
            shown.push(code("", value));
        }
    }
    let mut facts = Vec::new();
    keys.web(&mut facts, "externalValue", "Elsewhere");
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    keys.more(&mut shown);
    shown
}

/// A value as a program sends it.
pub(crate) fn code(title: &str, value: &Value) -> Block {
    let (language, text) = match value {
        Value::String(text) if text.trim_start().starts_with('<') => (Language::Xml, text.clone()),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => (Language::Json, text.clone()),
        Value::String(text) => (Language::Plain, text.clone()),
        other => (
            Language::Json,
            serde_json::to_string_pretty(other).unwrap_or_else(|_| plain(other)),
        ),
    };
    Block::Code {
        title: title.to_owned(),
        language,
        text,
    }
}

/// What can be done next with an answer.
pub(super) fn link(link: &Value) -> Vec<Block> {
    let keys = Keys::of(link);
    let mut shown = within::prose(&keys);
    let mut facts = Vec::new();
    keys.fact(&mut facts, "operationId", "Operation");
    let reference = keys.text("operationRef");
    if !reference.is_empty() {
        facts.push(Fact::new("Operation", schema::reference(&reference)));
    }
    for (name, value) in keys.entries("parameters") {
        facts.push(Fact::new(name, Span::code(plain(value))));
    }
    let body = keys.take("requestBody");
    if !body.is_null() {
        facts.push(Fact::new("Request body", Span::code(plain(body))));
    }
    shown.push(Block::Facts(facts));
    let server = keys.peek("server");
    if server.is_object() {
        keys.note("server");
        shown.extend(laid_out(server));
    }
    keys.more(&mut shown);
    shown
}
