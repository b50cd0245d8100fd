//! Relations stated by fields of `spec` that hold references.

use serde_json::Value;

use crate::{EntityRef, Fault, Relation, entity};

/// A field of `spec` that states relations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stated {
    /// Name of the field; a reference or a list of them.
    pub(super) field: &'static str,
    /// Kind of references that name none; without it they must name one.
    pub(super) kind: Option<&'static str>,
    /// Type of the relation from this entity to the other.
    pub(super) forward: &'static str,
    /// Type of the relation back.
    pub(super) inverse: &'static str,
}

/// Both directions of every relation that the fields state.
pub(super) fn relations(entity: &Value, stated: &[Stated]) -> Result<Vec<Relation>, Fault> {
    let Some(own) = EntityRef::of(entity) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for field in stated {
        for text in texts(&entity["spec"][field.field]) {
            // References without a namespace mean the entity's own, not `default`.
            let other = EntityRef::parse(text, field.kind, entity::namespace(entity))
                .map_err(|fault| fault.at(format!("/spec/{}", field.field)))?;
            found.push(Relation::new(own.clone(), field.forward, other.clone()));
            found.push(Relation::new(other, field.inverse, own.clone()));
        }
    }
    Ok(found)
}

/// A single text or all texts of a list; empty ones state nothing.
fn texts(value: &Value) -> Vec<&str> {
    let listed = match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    listed.into_iter().filter(|text| !text.is_empty()).collect()
}
