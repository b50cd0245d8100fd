//! Objects of Kubernetes as plain values, and how rules find things in them.

use serde_json::Value;

/// The objects of one build.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Manifests {
    /// In the order in which they were read.
    pub objects: Vec<Value>,
}

impl Manifests {
    /// All objects of a kind.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.objects
            .iter()
            .filter(move |object| text(object, "/kind") == kind)
    }

    /// The object of a kind and name.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Value> {
        let is_it = |object: &&Value| text(object, "/kind") == kind && self::name(object) == name;
        self.objects.iter().find(is_it)
    }

    /// Everything that makes pods by a template of its own.
    pub fn workloads(&self) -> impl Iterator<Item = &Value> {
        self.objects
            .iter()
            .filter(|object| object.pointer("/spec/template/spec/containers").is_some())
    }

    /// The portal itself.
    pub fn portal(&self) -> Option<&Value> {
        self.find("Deployment", "portal")
    }
}

/// The text at a JSON pointer; empty where there is none.
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a JSON pointer; empty where there is none.
pub fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The texts of the list at a JSON pointer.
pub fn texts<'a>(value: &'a Value, pointer: &str) -> Vec<&'a str> {
    list(value, pointer).iter().filter_map(Value::as_str).collect()
}

/// The name of an object.
pub fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// Kind and name, as messages show an object.
pub fn title(object: &Value) -> String {
    format!("{} {}", text(object, "/kind"), name(object))
}

/// Whether an object lies in no namespace.
pub fn is_of_cluster(object: &Value) -> bool {
    ["Namespace", "ClusterRole", "ClusterRoleBinding"].contains(&text(object, "/kind"))
}

/// Whether all labels of a selector at a pointer are among the labels at another; an absent selector fits nothing.
pub fn selects(selector: &Value, selector_at: &str, object: &Value, labels_at: &str) -> bool {
    let wanted = selector.pointer(selector_at).and_then(Value::as_object);
    let labels = object.pointer(labels_at).and_then(Value::as_object);
    wanted
        .zip(labels)
        .is_some_and(|(wanted, labels)| wanted.iter().all(|(key, value)| labels.get(key) == Some(value)))
}

/// The labels of the pods of a workload.
pub const POD_LABELS: &str = "/spec/template/metadata/labels";

/// Every text within a value.
pub fn every_text<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| every_text(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| every_text(field, found)),
        _ => {}
    }
}
