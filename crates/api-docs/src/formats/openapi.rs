//! OpenAPI 3 and Swagger 2, read as plain JSON so that imperfect files still show.
//!
//! The outline is made at once and is small; what is said of an operation is made when it is shown.

mod media;
mod operation;
mod overview;
mod parameter;
mod security;

use serde_json::Value;

use super::keys::step;
use super::schema::{blocks, resolve};
use super::{add, entries, text_at, within};
use crate::block::Block;
use crate::outline::{Body, Entry, Group, Outline, Sort};

pub(super) use media::code;
pub(super) use operation::blocks_of as operation_blocks;
pub(super) use security::{needs as security_needs, scheme as scheme_blocks};

/// Methods of a path; `query` came with 3.2.
const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];
/// Group of operations without a tag.
const UNTAGGED: &str = "Operations";

/// Parts of `components` beside schemas: the key, the heading, the word for one, how it is read.
const PARTS: [(&str, &str, &str, &str); 9] = [
    ("securitySchemes", "Authentication", "scheme", "openapi-security"),
    ("parameters", "Parameters", "parameter", "openapi-parameter"),
    ("requestBodies", "Request bodies", "body", "openapi-body"),
    ("responses", "Responses", "response", "openapi-response"),
    ("headers", "Headers", "header", "openapi-header"),
    ("examples", "Examples", "example", "openapi-example"),
    ("links", "Links", "link", "openapi-link"),
    ("callbacks", "Callbacks", "callback", "openapi-callback"),
    ("pathItems", "Path items", "path item", "openapi-path"),
];

pub(super) fn read(root: &Value) -> Outline {
    let info = &root["info"];
    let mut outline = Outline {
        title: text_at(info, "title"),
        version: text_at(info, "version"),
        dialect: dialect(root),
        about: overview::about(root),
        ..Outline::default()
    };
    for tag in root["tags"].as_array().into_iter().flatten() {
        outline.groups.push(Group {
            name: text_at(tag, "name"),
            about: overview::tag(tag),
            ..Group::default()
        });
    }
    for (path, item) in entries(root, "paths") {
        add_path(
            &mut outline,
            root,
            path,
            item,
            &format!("/paths/{}", step(path)),
            None,
        );
    }
    for key in ["webhooks", "x-webhooks"] {
        for (name, item) in entries(root, key) {
            let place = format!("/{key}/{}", step(name));
            add_path(&mut outline, root, name, item, &place, Some("Webhooks"));
        }
    }
    add_parts(&mut outline, root);
    outline
}

fn dialect(root: &Value) -> String {
    match text_at(root, "swagger") {
        version if version.is_empty() => format!("OpenAPI {}", text_at(root, "openapi")),
        version => format!("Swagger {version}"),
    }
    .trim_end()
    .to_owned()
}

/// Adds the operations of a path, each to the group of its first tag or to the one of that name.
fn add_path(outline: &mut Outline, root: &Value, path: &str, item: &Value, place: &str, group: Option<&str>) {
    let (found, place) = resolve(root, item, place);
    if let Some(reference) = found["$ref"].as_str() {
        outline.problems.push(elsewhere(path, reference, root));
    }
    let mut methods: Vec<(String, String)> = METHODS
        .iter()
        .filter(|method| found[**method].is_object())
        .map(|method| ((*method).to_owned(), format!("{place}/{method}")))
        .collect();
    for (method, described) in entries(found, "additionalOperations") {
        if described.is_object() {
            let place = format!("{place}/additionalOperations/{}", step(method));
            methods.push((method.clone(), place));
        }
    }
    for (method, place) in methods {
        let described = root.pointer(&place).unwrap_or(&Value::Null);
        let name = group.unwrap_or_else(|| described["tags"][0].as_str().unwrap_or(UNTAGGED));
        add(
            outline,
            name,
            Sort::Operation,
            entry(&method, path, described, place),
        );
    }
}

/// A path whose description is not in the document.
fn elsewhere(path: &str, reference: &str, root: &Value) -> String {
    let is_own = reference
        .strip_prefix('#')
        .is_some_and(|pointer| root.pointer(pointer).is_some());
    if is_own {
        format!("{path} refers to itself in a circle: {reference}.")
    } else if reference.starts_with('#') {
        format!("{path} refers to {reference}, which is not in the definition.")
    } else {
        format!("{path} is described in another file: {reference}.")
    }
}

fn entry(method: &str, path: &str, described: &Value, place: String) -> Entry {
    Entry {
        verb: method.to_uppercase(),
        signature: path.to_owned(),
        name: text_at(described, "operationId"),
        summary: text_at(described, "summary"),
        description: text_at(described, "description"),
        deprecated: described["deprecated"] == true,
        target: format!("#{place}"),
        body: Body::At("openapi-operation", place),
        ..Entry::default()
    }
}

fn add_parts(outline: &mut Outline, root: &Value) {
    let is_old = !root["components"].is_object();
    let (holder, place, schemas) = if is_old {
        (root, "", "definitions")
    } else {
        (&root["components"], "/components", "schemas")
    };
    for (name, schema) in entries(holder, schemas) {
        let place = format!("{place}/{schemas}/{}", step(name));
        add(outline, "Types", Sort::Type, type_entry(name, schema, place));
    }
    for (key, heading, word, how) in PARTS {
        let key = if is_old && key == "securitySchemes" {
            "securityDefinitions"
        } else {
            key
        };
        for (name, part) in entries(holder, key) {
            let place = format!("{place}/{key}/{}", step(name));
            let mut entry = part_entry(name, part, how, place);
            word.clone_into(&mut entry.verb);
            add(outline, heading, Sort::Part(word), entry);
        }
    }
}

/// A named schema.
pub(super) fn type_entry(name: &str, schema: &Value, place: String) -> Entry {
    let description = text_at(schema, "description");
    Entry {
        verb: verb_of(schema).to_owned(),
        signature: name.to_owned(),
        summary: super::first_line(&description),
        description,
        deprecated: schema["deprecated"] == true,
        target: format!("#{place}"),
        body: Body::At("schema", place),
        ..Entry::default()
    }
}

/// The word for a schema in a list.
fn verb_of(schema: &Value) -> &str {
    if schema["enum"].is_array() {
        return "enum";
    }
    for (key, word) in [("oneOf", "one of"), ("anyOf", "any of"), ("allOf", "all of")] {
        if schema[key].is_array() {
            return word;
        }
    }
    match schema["type"].as_str() {
        Some(name) => name,
        None if schema["$ref"].is_string() => "alias",
        None if schema["properties"].is_object() => "object",
        None => "type",
    }
}

/// Another named part.
pub(super) fn part_entry(name: &str, part: &Value, how: &'static str, place: String) -> Entry {
    let description = text_at(part, "description");
    let summary = text_at(part, "summary");
    Entry {
        signature: name.to_owned(),
        summary: if summary.is_empty() {
            super::first_line(&description)
        } else {
            summary
        },
        description,
        deprecated: part["deprecated"] == true,
        target: format!("#{place}"),
        body: Body::At(how, place),
        ..Entry::default()
    }
}

/// What is said of a named part of the document.
pub(super) fn part_blocks(root: &Value, how: &str, value: &Value, place: &str) -> Vec<Block> {
    let (found, place) = resolve(root, value, place);
    let mut shown = Vec::new();
    if let Some(reference) = value["$ref"].as_str() {
        shown.push(within::same_as(reference));
    }
    if found["$ref"].is_string() {
        return shown;
    }
    shown.extend(match how {
        "openapi-security" => security::scheme(found),
        "openapi-parameter" | "openapi-header" => {
            vec![Block::Fields(parameter::rows(root, None, found, &place))]
        }
        "openapi-body" => media::body(root, found, &place),
        "openapi-response" => media::response(root, "", found, &place),
        "openapi-example" => media::example(found),
        "openapi-link" => media::link(found),
        "openapi-callback" => operation::callback(root, found, &place),
        "openapi-path" => operation::path_item(root, found, &place),
        _ => blocks(found, &place, 0),
    });
    shown
}
