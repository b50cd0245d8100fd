//! Reading the references in a `spec`.

use serde_json::Value;

use crate::{EntityRef, Fault, entity_ref, js};

/// Fields of `spec` whose lists are sorted once the entity is valid: before that, faults name places in the file.
const SORTED: [&str; 7] = [
    "providesApis",
    "consumesApis",
    "dependsOn",
    "dependencyOf",
    "memberOf",
    "children",
    "members",
];

/// Sorts the lists of references in place, as served entities show them. Lists that hold anything but
/// texts stay as they are.
pub fn sort_references(entity: &mut Value) {
    let Some(Value::Object(spec)) = entity.get_mut("spec") else {
        return;
    };
    for field in SORTED {
        if let Some(Value::Array(items)) = spec.get_mut(field)
            && items.iter().all(Value::is_string)
        {
            items.sort_by(|left, right| {
                js::compare(
                    left.as_str().unwrap_or_default(),
                    right.as_str().unwrap_or_default(),
                )
            });
        }
    }
}

/// The references of a field: one, a list, or none. Faults carry the item's place within the field.
pub(super) fn read_references(
    value: &Value,
    default_kind: Option<&str>,
    default_namespace: &str,
) -> Result<Vec<EntityRef>, Fault> {
    if js::is_falsy(value) {
        return Ok(Vec::new());
    }
    let Value::Array(items) = value else {
        return Ok(vec![read_reference(value, default_kind, default_namespace)?]);
    };
    let mut references = Vec::with_capacity(items.len());
    let mut faults = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match read_reference(item, default_kind, default_namespace) {
            Ok(reference) => references.push(reference),
            Err(fault) => faults.push((item.as_str(), fault.at(format!("/{index}")))),
        }
    }
    first_in_order(faults).map_or(Ok(references), Err)
}

/// The fault that is reported of several: that of the item which comes first when the list is sorted, as the original
/// sorts it before it reads it; the first of the file where the list holds anything but texts.
fn first_in_order(mut faults: Vec<(Option<&str>, Fault)>) -> Option<Fault> {
    if faults.iter().all(|(text, _)| text.is_some()) {
        faults.sort_by(|(left, _), (right, _)| {
            js::compare(left.unwrap_or_default(), right.unwrap_or_default())
        });
    }
    faults.into_iter().next().map(|(_, fault)| fault)
}

/// A reference as text or, where the kind's shape leaves it open, as an object of its parts.
fn read_reference(
    value: &Value,
    default_kind: Option<&str>,
    default_namespace: &str,
) -> Result<EntityRef, Fault> {
    if let Value::String(text) = value {
        return EntityRef::parse(text, default_kind, default_namespace);
    }
    if js::is_falsy(value) {
        return Err(Fault::error("Entity reference must not be empty"));
    }
    let part = |key: &str| value.get(key).filter(|part| !part.is_null());
    let text = |key: &str| part(key).map_or(Some(""), Value::as_str);
    let (Some(kind), Some(namespace), Some(name)) = (text("kind"), text("namespace"), text("name")) else {
        return Err(Fault::type_error(
            "Entity reference has a part that is not a string",
        ));
    };
    let kind = if part("kind").is_some() {
        kind
    } else {
        default_kind.unwrap_or_default()
    };
    let namespace = if part("namespace").is_some() {
        namespace
    } else {
        default_namespace
    };
    for (part, text) in [("namespace", namespace), ("name", name)] {
        if !kind.is_empty() && text.is_empty() {
            let shown = js::json(value);
            return Err(Fault::error(format!(
                "Entity reference {shown} had missing or empty {part}"
            )));
        }
    }
    if kind.is_empty() {
        return Err(entity_ref::missing_kind(value));
    }
    Ok(EntityRef::new(kind, namespace, name))
}
