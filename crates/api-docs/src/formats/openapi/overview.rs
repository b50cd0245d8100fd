//! What an OpenAPI definition says of the API as a whole.

use serde_json::Value;

use super::super::keys::{Keys, laid_out};
use super::super::within;
use super::{METHODS, PARTS, security};
use crate::block::{Block, Fact, Field, Span};

/// The blocks above the operations.
pub(super) fn about(root: &Value) -> Vec<Block> {
    let keys = Keys::of(root);
    for key in ["openapi", "swagger", "info", "tags"] {
        keys.note(key);
    }
    let mut shown = within::info(&root["info"]);
    let mut facts = Vec::new();
    within::related(&keys, &mut facts);
    keys.fact(&mut facts, "jsonSchemaDialect", "Schemas are written in");
    keys.fact(&mut facts, "$self", "Address of the definition");
    for (key, label) in [("consumes", "Takes"), ("produces", "Answers in")] {
        let types: Vec<&str> = keys.list(key).filter_map(Value::as_str).collect();
        if !types.is_empty() {
            facts.push(Fact::new(label, Span::code(types.join(", "))));
        }
    }
    if let Some(needs) = keys.peek("security").as_array() {
        keys.note("security");
        facts.push(security::needs(root, needs));
    }
    tag_groups(&keys, &mut facts);
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    let servers = servers(&keys);
    if !servers.is_empty() {
        shown.push(Block::part("Servers", vec![Block::Fields(servers)]));
    }
    not_shown_elsewhere(&keys, &mut shown);
    shown
}

/// Groups of tags, as Redoc reads them.
fn tag_groups(keys: &Keys<'_>, facts: &mut Vec<Fact>) {
    for group in keys.list("x-tagGroups") {
        let group = Keys::of(group);
        let tags: Vec<&str> = group.list("tags").filter_map(Value::as_str).collect();
        facts.push(Fact::new(group.text("name"), Span::plain(tags.join(", "))));
        let rest = group.rest();
        if !rest.is_empty() {
            facts.push(Fact::new("and", Span::code(rest.trim_end())));
        }
    }
}

fn servers(keys: &Keys<'_>) -> Vec<Field> {
    let listed: Vec<&Value> = keys.list("servers").collect();
    if !listed.is_empty() || !keys.peek("host").is_string() {
        return within::servers(listed.into_iter());
    }
    let (host, base) = (keys.text("host"), keys.text("basePath"));
    let schemes: Vec<&str> = keys.list("schemes").filter_map(Value::as_str).collect();
    let schemes = if schemes.is_empty() {
        vec!["https"]
    } else {
        schemes
    };
    let field = |scheme: &&str| Field {
        name: format!("{scheme}://{host}{base}"),
        ..Field::default()
    };
    schemes.iter().map(field).collect()
}

/// Extensions, and what paths and components hold beside what the outline lists.
fn not_shown_elsewhere(keys: &Keys<'_>, shown: &mut Vec<Block>) {
    let is_old = !keys.peek("components").is_object();
    let listed = PARTS.iter().map(|(key, ..)| *key);
    for key in ["paths", "webhooks", "x-webhooks"] {
        let odd: serde_json::Map<String, Value> = keys
            .entries(key)
            .filter(|(_, item)| !is_item(item))
            .map(|(name, item)| (name.clone(), item.clone()))
            .collect();
        if !odd.is_empty() {
            shown.push(Block::part(key, laid_out(&Value::Object(odd))));
        }
    }
    if is_old {
        for key in ["definitions", "securityDefinitions", "parameters", "responses"] {
            keys.object(key);
        }
    } else {
        let components = Keys::of(keys.take("components"));
        listed.chain(["schemas"]).for_each(|key| components.note(key));
        let rest = components.rest();
        if !rest.is_empty() {
            shown.push(Block::folded("Other components", vec![Block::More(rest)]));
        }
    }
    keys.more(shown);
}

/// Whether a path has operations or leads to some; others are shown as they are written.
fn is_item(item: &Value) -> bool {
    METHODS.iter().any(|method| item[*method].is_object())
        || item["$ref"].is_string()
        || item["additionalOperations"].is_object()
}

/// What is said of a tag.
pub(super) fn tag(tag: &Value) -> Vec<Block> {
    let keys = Keys::of(tag);
    keys.text("name");
    let mut shown = within::prose(&keys);
    let mut facts = Vec::new();
    within::related(&keys, &mut facts);
    for (key, label) in [
        ("parent", "Part of"),
        ("kind", "Kind"),
        ("x-displayName", "Also called"),
    ] {
        keys.fact(&mut facts, key, label);
    }
    if !facts.is_empty() {
        shown.push(Block::Facts(facts));
    }
    keys.more(&mut shown);
    shown
}
