//! A JSON Schema as a definition of its own.

use serde_json::Value;

use super::keys::step;
use super::openapi::type_entry;
use super::{add, entries, schema, text_at};
use crate::block::Block;
use crate::outline::{Body, Entry, Outline, Sort};

/// Where a schema keeps others, by draft.
const SHARED: [&str; 2] = ["$defs", "definitions"];

pub(super) fn read(root: &Value) -> Outline {
    let title = ["title", "$id", "id"].iter().map(|key| text_at(root, key));
    let title = title.into_iter().find(|title| !title.is_empty());
    let mut outline = Outline {
        dialect: "JSON Schema".to_owned(),
        title: title.unwrap_or_else(|| "Schema".to_owned()),
        ..Outline::default()
    };
    let whole = Entry {
        body: Body::At("json-schema", String::new()),
        target: "#".to_owned(),
        ..type_entry(&outline.title, root, String::new())
    };
    add(&mut outline, "Schema", Sort::Type, whole);
    for key in SHARED {
        for (name, schema) in entries(root, key) {
            let entry = type_entry(name, schema, format!("/{key}/{}", step(name)));
            add(&mut outline, "Types", Sort::Type, entry);
        }
    }
    outline
}

/// The schema without those that have entries of their own.
pub(super) fn root(root: &Value) -> Vec<Block> {
    let mut own = root.clone();
    if let Some(map) = own.as_object_mut() {
        for key in SHARED {
            map.shift_remove(key);
        }
    }
    schema::blocks(&own, "", 0)
}
