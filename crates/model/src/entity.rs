//! Reading an entity's well-known fields from its JSON value.

use serde_json::Value;

use crate::entity_ref::DEFAULT_NAMESPACE;

/// Annotation: location of the file the entity came from.
pub const MANAGED_BY_LOCATION: &str = "backstage.io/managed-by-location";
/// Annotation: location that was registered and led to the entity.
pub const MANAGED_BY_ORIGIN_LOCATION: &str = "backstage.io/managed-by-origin-location";
/// Annotation: page that shows the entity's file.
pub const VIEW_URL: &str = "backstage.io/view-url";
/// Annotation: page that edits the entity's file.
pub const EDIT_URL: &str = "backstage.io/edit-url";
/// Annotation: folder of the entity's source code.
pub const SOURCE_LOCATION: &str = "backstage.io/source-location";
/// Annotation: `"true"` on entities that nothing refers to any more.
pub const ORPHAN: &str = "backstage.io/orphan";

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// `apiVersion`.
pub fn api_version(entity: &Value) -> Option<&str> {
    text(entity, "apiVersion")
}

/// `kind`, as written.
pub fn kind(entity: &Value) -> Option<&str> {
    text(entity, "kind")
}

/// `metadata.name`, as written.
pub fn name(entity: &Value) -> Option<&str> {
    metadata_str(entity, "name")
}

/// `metadata.namespace`, `default` when absent or empty.
pub fn namespace(entity: &Value) -> &str {
    metadata_str(entity, "namespace")
        .filter(|namespace| !namespace.is_empty())
        .unwrap_or(DEFAULT_NAMESPACE)
}

/// `metadata.title`.
pub fn title(entity: &Value) -> Option<&str> {
    metadata_str(entity, "title")
}

/// `metadata.description`.
pub fn description(entity: &Value) -> Option<&str> {
    metadata_str(entity, "description")
}

/// A text below `metadata`.
pub fn metadata_str<'a>(entity: &'a Value, key: &str) -> Option<&'a str> {
    text(entity.get("metadata")?, key)
}

/// An annotation's value.
pub fn annotation<'a>(entity: &'a Value, key: &str) -> Option<&'a str> {
    text(entity.get("metadata")?.get("annotations")?, key)
}

/// A label's value.
pub fn label<'a>(entity: &'a Value, key: &str) -> Option<&'a str> {
    text(entity.get("metadata")?.get("labels")?, key)
}

/// `metadata.tags`.
pub fn tags(entity: &Value) -> impl Iterator<Item = &str> {
    strings(entity.get("metadata").and_then(|metadata| metadata.get("tags")))
}

/// A text below `spec`.
pub fn spec_str<'a>(entity: &'a Value, key: &str) -> Option<&'a str> {
    text(entity.get("spec")?, key)
}

/// A list of texts below `spec`; other items are skipped.
pub fn spec_strings<'a>(entity: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    strings(entity.get("spec").and_then(|spec| spec.get(key)))
}

fn strings(list: Option<&Value>) -> impl Iterator<Item = &str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// `spec.owner`, as written.
pub fn owner(entity: &Value) -> Option<&str> {
    spec_str(entity, "owner")
}

/// `spec.type`.
pub fn spec_type(entity: &Value) -> Option<&str> {
    spec_str(entity, "type")
}

/// `spec.lifecycle`.
pub fn lifecycle(entity: &Value) -> Option<&str> {
    spec_str(entity, "lifecycle")
}

/// `metadata.uid` of a served entity.
pub fn uid(entity: &Value) -> Option<&str> {
    metadata_str(entity, "uid")
}

/// `metadata.etag` of a served entity.
pub fn etag(entity: &Value) -> Option<&str> {
    metadata_str(entity, "etag")
}

/// The relations of a served entity: type and target.
pub fn relations(entity: &Value) -> impl Iterator<Item = (&str, &str)> {
    let list = entity
        .get("relations")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    list.filter_map(|relation| Some((text(relation, "type")?, text(relation, "targetRef")?)))
}
