//! The served form of an entity: what was processed, joined with relations, problems and identity.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::entity::{EDIT_URL, ORPHAN, VIEW_URL};
use crate::{Fault, Problem, js, sha1_hex};

/// What a `javascript:` URL in an annotation is replaced with.
const REJECTED: &str = "https://backstage.io/annotation-rejected-for-security-reasons";

/// Everything that makes up one served entity.
#[derive(Debug, Clone)]
pub struct StitchInput<'a> {
    /// The processed entity.
    pub processed: Value,
    /// Its id.
    pub uid: Uuid,
    /// Type and target of its relations, in any order.
    pub relations: &'a [(String, String)],
    /// What is wrong with it.
    pub problems: &'a [Problem],
    /// Nobody declares it.
    pub orphan: bool,
}

/// The served entity, with `metadata.uid` and `metadata.etag`, and its hash: equal hashes, equal entities.
///
/// The hash covers everything but the id (as in `@backstage/catalog-model` 1.10.1).
pub fn final_entity(input: StitchInput<'_>) -> Result<(Value, String), Fault> {
    let mut entity = input.processed;
    let Some(fields) = entity.as_object_mut() else {
        return Err(Fault::input("Entity is not an object"));
    };
    let mut relations: Vec<&(String, String)> = input.relations.iter().collect();
    relations.sort();
    relations.dedup();
    let relations = relations
        .into_iter()
        .map(|(kind, target)| json!({"type": kind, "targetRef": target}));
    fields.insert("relations".to_owned(), relations.collect());
    add_status(fields, input.problems);
    let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) else {
        return Err(Fault::input("Entity has no metadata"));
    };
    clean_annotations(metadata, input.orphan);
    metadata.shift_remove("uid");
    let hash = sha1_hex(js::stable_json(&entity).as_bytes());
    let metadata = entity["metadata"].as_object_mut().expect("seen above");
    metadata.insert("uid".to_owned(), Value::String(input.uid.to_string()));
    if metadata.get("etag").is_none_or(js::is_falsy) {
        metadata.insert("etag".to_owned(), Value::String(hash.clone()));
    }
    Ok((entity, hash))
}

/// Appends the problems to the status items that processors set.
fn add_status(fields: &mut serde_json::Map<String, Value>, problems: &[Problem]) {
    if problems.is_empty() {
        return;
    }
    let mut status = match fields.remove("status") {
        Some(Value::Object(status)) => status,
        _ => serde_json::Map::new(),
    };
    let mut items = match status.remove("items") {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    items.extend(problems.iter().map(|problem| {
        json!({
            "type": "backstage.io/catalog-processing",
            "level": problem.severity.as_str(),
            "message": problem.fault.to_string(),
            "error": problem.fault.to_wire(),
        })
    }));
    status.insert("items".to_owned(), Value::Array(items));
    fields.insert("status".to_owned(), Value::Object(status));
}

fn clean_annotations(metadata: &mut serde_json::Map<String, Value>, orphan: bool) {
    if orphan {
        let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
        annotations[ORPHAN] = Value::String("true".to_owned());
    }
    let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else {
        return;
    };
    for key in [VIEW_URL, EDIT_URL] {
        if let Some(url) = annotations.get_mut(key)
            && url.as_str().is_some_and(js::is_script_url)
        {
            *url = Value::String(REJECTED.to_owned());
        }
    }
}
