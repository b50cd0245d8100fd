//! What can be said of one document by itself, before anything else is known.

use serde_json::Value;

use crate::{EntityRef, Fault, Kinds, Relation, check_keys, entity, policy};

/// Longest reference to another entity, in bytes.
const MAX_REFERENCE: usize = 1_000;

/// The outcome for one document.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// An entity of a known kind that keeps all rules.
    Valid(EntityRef),
    /// An entity that breaks a rule.
    Invalid(Fault),
    /// An entity that no known kind recognises.
    UnknownKind(EntityRef),
    /// An empty document, which is ignored.
    Empty,
    /// Something that is no mapping; the word says what.
    NotObject(&'static str),
}

/// Judges a document. Relations and other entities are not looked at.
pub fn validate_document(kinds: &Kinds, document: &Value) -> Verdict {
    match document {
        Value::Null => return Verdict::Empty,
        Value::Object(_) => {}
        other => return Verdict::NotObject(kind_of(other)),
    }
    let mut entity = document.clone();
    if let Err(fault) = policy::apply(&mut entity) {
        return Verdict::Invalid(fault);
    }
    let Some(reference) = EntityRef::of(&entity) else {
        return Verdict::Invalid(Fault::error("Entity has no name"));
    };
    match kinds.validate(&entity) {
        Ok(true) => Verdict::Valid(reference),
        Ok(false) => Verdict::UnknownKind(reference),
        Err(fault) => Verdict::Invalid(fault),
    }
}

/// Refuses relations to something without a kind, or whose references cannot be stored. The rules of a kind do not look at them, joining entities does.
pub fn check_relations(kinds: &Kinds, document: &Value) -> Result<(), Fault> {
    let mut entity = document.clone();
    policy::apply(&mut entity)?;
    check_references(&kinds.relations(&entity)?)
}

/// Refuses references that no database can store and have an index on.
pub fn check_references(relations: &[Relation]) -> Result<(), Fault> {
    let ends = relations
        .iter()
        .flat_map(|relation| [&relation.source, &relation.target]);
    for text in ends.map(ToString::to_string) {
        let begin = || {
            text.chars()
                .take(80)
                .collect::<String>()
                .replace('\0', "\u{fffd}")
        };
        if text.len() > MAX_REFERENCE {
            return Err(Fault::input(format!(
                "The entity reference {}… has {} bytes, more than {MAX_REFERENCE}",
                begin(),
                text.len()
            )));
        }
        if text.contains('\0') {
            return Err(Fault::input(format!(
                "The entity reference {} has a NUL character, which cannot be stored",
                begin()
            )));
        }
    }
    Ok(())
}

/// Refuses keys that would be the same in lower case once the document is served.
pub fn check_served_keys(document: &Value) -> Result<(), Fault> {
    let mut served = document.clone();
    let annotations = served.pointer_mut("/metadata/annotations");
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        for ours in [entity::MANAGED_BY_LOCATION, entity::MANAGED_BY_ORIGIN_LOCATION] {
            annotations.insert(ours.to_owned(), Value::from(""));
        }
    }
    check_keys(&served)
}

/// The original's word for a value's type.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Null | Value::Array(_) | Value::Object(_) => "object",
    }
}
