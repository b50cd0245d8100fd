//! One reader per format, chosen by the entity's `spec.type` and, where that says nothing, by what
//! the definition looks like.

mod asyncapi;
mod avro;
mod broken;
mod curl;
mod format;
mod graphql;
mod introspection;
mod json_schema;
mod keys;
mod openapi;
mod protobuf;
mod references;
mod resource;
mod schema;
mod within;

use std::sync::Arc;

use serde_json::Value;

use crate::anchors;
use crate::block::Block;
use crate::outline::{Entry, Group, Outline, Sort};

pub use broken::Broken;
pub use format::Format;

/// Longest definition that is taken apart, in bytes; a longer one is shown as text.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// What came of reading a definition.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// It was taken apart.
    Outline(Box<Outline>),
    /// Its format has no outline: show the text.
    Plain,
    /// It is not what it is declared to be: show the text and why.
    Broken(Broken),
}

/// Reads a definition, in bounded time and space whatever it says.
pub fn read(format: Format, text: &str) -> Reading {
    match attempt(format, text) {
        Ok(Some(outline)) => Reading::Outline(Box::new(outline)),
        Ok(None) => Reading::Plain,
        Err(broken) => Reading::Broken(broken),
    }
}

fn attempt(format: Format, text: &str) -> Result<Option<Outline>, Broken> {
    if text.len() > MAX_BYTES && !matches!(format, Format::Text | Format::Markdown) {
        let megabytes = MAX_BYTES / (1024 * 1024);
        return Err(Broken::new(format!("it is longer than {megabytes} MiB")));
    }
    let mut outline = match format {
        Format::OpenApi => of_value(openapi::read, one(text)?),
        Format::AsyncApi => of_value(asyncapi::read, one(text)?),
        Format::GraphQl => graphql_of(text)?,
        Format::Protobuf => protobuf::read(text)?,
        Format::Resource => of_value(resource::read, documents(text)?),
        Format::JsonSchema => of_value(json_schema::read, one(text)?),
        Format::Avro => avro::read(&value(text)?),
        Format::Text | Format::Markdown => return Ok(None),
    };
    let is_empty = outline.groups.iter().all(|group| group.entries.is_empty()) && outline.title.is_empty();
    if is_empty {
        return Err(nothing(format, &outline));
    }
    if matches!(format, Format::OpenApi | Format::AsyncApi) {
        outline.problems.extend(references::elsewhere(&outline.document));
    }
    anchors::assign(&mut outline);
    let named = outline.entries().filter(|(_, entry)| !entry.target.is_empty());
    let places = named.map(|(_, entry)| (entry.target.clone(), entry.anchor.clone()));
    outline.places = places.collect();
    Ok(Some(outline))
}

fn nothing(format: Format, outline: &Outline) -> Broken {
    match outline.problems.first() {
        Some(problem) => Broken::new(problem.clone()),
        None => Broken::new(format!(
            "it declares nothing that a definition in {} has",
            format.name()
        )),
    }
}

/// An outline whose entries are made of the document when they are shown.
fn of_value(read: fn(&Value) -> Outline, document: Value) -> Outline {
    let mut outline = read(&document);
    outline.document = Arc::new(document);
    outline
}

/// A schema as it is written, or as a server tells it.
fn graphql_of(text: &str) -> Result<Outline, Broken> {
    if !text.trim_start().starts_with('{') || !text.contains("\"__schema\"") {
        return graphql::read(text);
    }
    let answer = one(text)?;
    graphql::read(&introspection::written(&answer))
}

/// What is said of a part of the document; the word says how it is read.
pub(crate) fn blocks_at(document: &Value, how: &str, pointer: &str) -> Vec<Block> {
    let value = document.pointer(pointer).unwrap_or(&Value::Null);
    match how {
        "schema" => schema::blocks(value, pointer, 0),
        "json-schema" => json_schema::root(value),
        "resource" => resource::blocks(value, pointer),
        "openapi-operation" => openapi::operation_blocks(document, pointer),
        other if other.starts_with("asyncapi") => asyncapi::part_blocks(document, how, value, pointer),
        _ => openapi::part_blocks(document, how, value, pointer),
    }
}

/// The fields of the schema at a place, from one on.
pub(crate) fn fields_at(document: &Value, pointer: &str, from: usize) -> Option<Vec<Block>> {
    let value = document.pointer(pointer)?;
    value.is_object().then(|| schema::blocks(value, pointer, from))
}

/// Adds an entry to the group of that name and sort, which it makes if need be.
fn add(outline: &mut Outline, group: &str, sort: Sort, entry: Entry) {
    // Most entries go where the one before went.
    let mut known = outline.groups.iter_mut().rev().filter(|known| known.sort == sort);
    if let Some(known) = known.find(|known| known.name == group) {
        known.entries.push(entry);
        return;
    }
    outline.groups.push(Group {
        name: group.to_owned(),
        sort,
        entries: vec![entry],
        ..Group::default()
    });
}

/// One document of JSON or YAML, an object.
fn one(text: &str) -> Result<Value, Broken> {
    let value = value(text)?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(Broken::new("it is not a mapping of keys to values"))
    }
}

/// JSON or YAML.
fn value(text: &str) -> Result<Value, Broken> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let begins_as_json = start
        .strip_prefix('{')
        .is_some_and(|rest| rest.trim_start().starts_with(['"', '}']));
    if begins_as_json {
        serde_json::from_str(start).map_err(|error| {
            let before = text.len() - start.len();
            let skipped = text[..before].matches('\n').count();
            Broken::new(json_reason(&error)).at(error.line() + skipped, error.column())
        })
    } else {
        yaml::parse_one(text, &yaml::Limits::default()).map_err(|error| yaml_reason(&error))
    }
}

/// All documents of a text.
fn documents(text: &str) -> Result<Value, Broken> {
    if text.trim_start().starts_with('{') {
        return Ok(Value::Array(vec![one(text)?]));
    }
    let documents = yaml::parse(text, &yaml::Limits::default());
    let values = documents.into_iter().map(|document| document.value);
    let values: Result<Vec<Value>, yaml::YamlError> = values.collect();
    values.map(Value::Array).map_err(|error| yaml_reason(&error))
}

fn yaml_reason(error: &yaml::YamlError) -> Broken {
    let reason = error.message.lines().next().unwrap_or_default();
    let reason = reason.split(" at line ").next().unwrap_or(reason);
    Broken::new(reason).at(error.line, error.column)
}

/// The reason without the place, which is told on its own.
fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// The string at a key, or an empty one.
fn text_at(value: &Value, key: &str) -> String {
    match &value[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Entries of the object at a key.
fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value[key].as_object().into_iter().flatten()
}

/// The first line of a text, for a list.
fn first_line(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    line.trim_start_matches('#').trim().to_owned()
}
