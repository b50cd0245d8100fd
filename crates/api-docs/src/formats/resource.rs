//! Definitions of custom resources of Kubernetes, and of composite ones of Crossplane: one entry a version.

use serde_json::Value;

use super::keys::{Keys, laid_out, plain};
use super::{schema, text_at};
use crate::block::{Block, Fact, Field, Span};
use crate::outline::{Body, Entry, Group, Outline, Sort};

/// Whether a document defines resources.
pub(super) fn is_definition(document: &Value) -> bool {
    document["kind"]
        .as_str()
        .is_some_and(|kind| kind.ends_with("ResourceDefinition"))
        && document["spec"].is_object()
}

/// Reads a list of documents; those of other kinds are shown as they are written.
pub(super) fn read(root: &Value) -> Outline {
    let mut outline = Outline {
        dialect: "Custom resource".to_owned(),
        ..Outline::default()
    };
    for (number, document) in root.as_array().into_iter().flatten().enumerate() {
        if is_definition(document) {
            let group = group(document, number);
            if outline.title.is_empty() {
                group.name.clone_into(&mut outline.title);
            }
            outline.groups.push(group);
        } else if !document.is_null() {
            let kind = text_at(document, "kind");
            let title = if kind.is_empty() {
                "Another document".to_owned()
            } else {
                kind
            };
            outline.about.push(Block::folded(title, laid_out(document)));
        }
    }
    outline.version = stored(root);
    outline
}

/// The version in which the first of them is kept.
fn stored(root: &Value) -> String {
    let first = root
        .as_array()
        .into_iter()
        .flatten()
        .find(|document| is_definition(document));
    let versions = first
        .map(|first| &first["spec"]["versions"])
        .and_then(Value::as_array);
    let versions = versions.map_or(&[][..], Vec::as_slice);
    let stored = versions.iter().find(|version| version["storage"] == true);
    stored
        .or(versions.first())
        .map(|version| text_at(version, "name"))
        .unwrap_or_default()
}

fn group(document: &Value, number: usize) -> Group {
    let spec = &document["spec"];
    let kind = match text_at(&spec["names"], "kind") {
        kind if kind.is_empty() => text_at(&document["metadata"], "name"),
        kind => kind,
    };
    let old = spec["version"].is_string() && !spec["versions"].is_array();
    let versions = spec["versions"].as_array().into_iter().flatten().enumerate();
    let mut entries: Vec<Entry> = versions
        .map(|(at, version)| {
            let place = format!("/{number}/spec/versions/{at}");
            entry(&kind, &text_at(spec, "group"), version, place)
        })
        .collect();
    if old {
        let version = serde_json::json!({"name": spec["version"], "schema": spec["validation"]});
        entries.push(entry(
            &kind,
            &text_at(spec, "group"),
            &version,
            format!("/{number}/spec/validation"),
        ));
    }
    Group {
        name: kind,
        sort: Sort::Type,
        about: about(document, old),
        entries,
        ..Group::default()
    }
}

fn entry(kind: &str, group: &str, version: &Value, place: String) -> Entry {
    let description = text_at(&version["schema"]["openAPIV3Schema"], "description");
    let name = text_at(version, "name");
    Entry {
        verb: name.clone(),
        signature: kind.to_owned(),
        summary: format!("{group}/{name}"),
        name,
        description,
        deprecated: version["deprecated"] == true,
        body: Body::At("resource", place),
        ..Entry::default()
    }
}

/// What a definition says beside its versions.
fn about(document: &Value, old: bool) -> Vec<Block> {
    let keys = Keys::of(document);
    let mut facts = Vec::new();
    keys.fact(&mut facts, "kind", "Defined by");
    keys.fact(&mut facts, "apiVersion", "API version");
    let spec = Keys::of(keys.take("spec"));
    for (key, label) in [("group", "Group"), ("scope", "Scope"), ("version", "Version")] {
        spec.fact(&mut facts, key, label);
    }
    spec.note("versions");
    if old {
        spec.note("validation");
    }
    let mut shown = Vec::new();
    let mut laid = |title: &str, value: &Value| {
        for block in laid_out(value) {
            match block {
                Block::Facts(more) => facts.extend(more.into_iter().map(|fact| Fact {
                    label: format!("{title}{}", fact.label),
                    ..fact
                })),
                other => shown.push(other),
            }
        }
    };
    laid("", spec.take("names"));
    for key in ["claimNames", "conversion", "subresources"] {
        laid(&format!("{key}."), spec.take(key));
    }
    let metadata = Keys::of(keys.take("metadata"));
    metadata.fact(&mut facts, "name", "Name");
    shown.insert(0, Block::Facts(facts));
    let columns = spec.take("additionalPrinterColumns");
    self::columns(columns, &mut shown);
    let rests = [metadata.rest(), spec.rest(), keys.rest()].concat();
    if !rests.is_empty() {
        shown.push(Block::More(rests));
    }
    shown
}

fn columns(columns: &Value, shown: &mut Vec<Block>) {
    let row = |column: &Value| {
        let keys = Keys::of(column);
        let mut facts = Vec::new();
        for (key, label) in [
            ("jsonPath", "path"),
            ("JSONPath", "path"),
            ("priority", "priority"),
            ("format", "format"),
        ] {
            keys.fact(&mut facts, key, label);
        }
        Field {
            name: keys.text("name"),
            kind: vec![Span::plain(keys.text("type"))],
            description: keys.text("description"),
            facts,
            more: keys.rest(),
            ..Field::default()
        }
    };
    let rows: Vec<Field> = columns.as_array().into_iter().flatten().map(row).collect();
    if !rows.is_empty() {
        shown.push(Block::part("Columns", vec![Block::Fields(rows)]));
    }
}

/// What is said of a version.
pub(super) fn blocks(version: &Value, place: &str) -> Vec<Block> {
    let keys = Keys::of(version);
    let mut facts = Vec::new();
    keys.text("name");
    for (key, label) in [
        ("served", "Served"),
        ("storage", "Stored"),
        ("referenceable", "Referenceable"),
        ("deprecated", "Deprecated"),
        ("deprecationWarning", "Warning"),
    ] {
        if let Some(said) = keys.peek(key).as_bool() {
            keys.note(key);
            facts.push(Fact::new(label, Span::plain(if said { "yes" } else { "no" })));
        }
        keys.fact(&mut facts, key, label);
    }
    facts.dedup_by(|later, earlier| later.label == earlier.label);
    let mut shown = vec![Block::Facts(facts)];
    // The first form of custom resources has the schema below `validation`.
    let key = if version["openAPIV3Schema"].is_object() {
        ""
    } else {
        "/schema"
    };
    let holder = if key.is_empty() {
        &keys
    } else {
        &Keys::of(keys.take("schema"))
    };
    let schema = holder.take("openAPIV3Schema");
    if schema.is_object() {
        shown.extend(schema::blocks(
            schema,
            &format!("{place}{key}/openAPIV3Schema"),
            0,
        ));
    }
    self::columns(keys.take("additionalPrinterColumns"), &mut shown);
    let subresources = keys.take("subresources");
    if !subresources.is_null() {
        shown.push(Block::part("Subresources", sub(subresources)));
    }
    let fields: Vec<String> = keys.list("selectableFields").map(plain).collect();
    if !fields.is_empty() {
        shown.push(Block::Facts(vec![Fact::new(
            "Selectable",
            Span::code(fields.join(", ")),
        )]));
    }
    if !key.is_empty() {
        holder.more(&mut shown);
    }
    keys.more(&mut shown);
    shown
}

/// `status: {}` says that there is one, and nothing more.
fn sub(subresources: &Value) -> Vec<Block> {
    let is_empty = |value: &Value| value.as_object().is_none_or(serde_json::Map::is_empty);
    let all = subresources.as_object().into_iter().flatten();
    let (empty, others): (Vec<_>, Vec<_>) = all.partition(|(_, value)| is_empty(value));
    let others: serde_json::Map<String, Value> = others
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let facts = empty
        .into_iter()
        .map(|(name, _)| Fact::new(name, Span::plain("yes")));
    let mut shown = vec![Block::Facts(facts.collect())];
    if !others.is_empty() {
        shown.extend(laid_out(&Value::Object(others)));
    }
    shown
}
