//! What the catalog refuses about a template: the linter, the editor, dry runs and the command line ask here.
//!
//! What placeholders of the catalog stand for is not known here, so that a template with some is not judged.

use model::{Fault, Kinds, PLACEHOLDERS, Verdict, validate_document};
use serde_json::Value;

/// Deepest value in which placeholders are looked for.
const DEPTH: usize = 128;

/// Why the catalog would not take the document of a template, with the field that is wrong.
pub(crate) fn of_document(kinds: &Kinds, entity: &Value) -> Option<Fault> {
    if has_placeholder(entity, 0) {
        return None;
    }
    match validate_document(kinds, entity) {
        Verdict::Invalid(fault) => Some(fault),
        Verdict::UnknownKind(reference) => Some(Fault::input(format!(
            "No processor recognized the entity {reference} as valid"
        ))),
        Verdict::Valid(_) | Verdict::Empty | Verdict::NotObject(_) => None,
    }
}

/// Why a template cannot be tried. As in the original, a dry run asks for the rules of its kind alone: what is tried may be an entity as
/// the catalog serves it, with relations, which no document has.
pub(crate) fn of_trial(entity: &Value) -> Option<Fault> {
    if has_placeholder(entity, 0) {
        return None;
    }
    match Kinds::builtin().validate(entity) {
        Ok(true) => None,
        Ok(false) => Some(Fault::input("Input template is not a template")),
        Err(fault) => Some(fault),
    }
}

/// Whether a value is filled from elsewhere when the catalog reads the entity.
pub(crate) fn is_placeholder(value: &Value) -> bool {
    let keys = value.as_object().map(|object| object.keys());
    keys.is_some_and(|mut keys| keys.any(|key| PLACEHOLDERS.contains(&key.as_str())))
}

/// Whether a part of an entity is filled from elsewhere when the catalog reads it.
pub fn has_placeholder(value: &Value, depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    match value {
        Value::Array(items) => items.iter().any(|item| has_placeholder(item, depth + 1)),
        Value::Object(entries) => {
            is_placeholder(value) || entries.values().any(|entry| has_placeholder(entry, depth + 1))
        }
        _ => false,
    }
}
