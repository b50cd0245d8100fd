//! An object of a cluster: as it is kept, small, and as pages read it.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::core::DynamicObject;
use serde_json::{Map, Value, json};

use super::kinds::{CONFIG_MAPS, EVENTS, Kind};
use super::packed::Text;
use super::words::{Labels, Word, word};

/// What `kubectl apply` keeps of the manifest; it repeats the object, secrets included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What stands in place of a value that is not kept, as the wire contract has it for secrets.
const HIDDEN: &str = "***";

/// An object as it is kept: what it is found by, and the rest as text, which takes a fraction of the room of a tree.
#[derive(Debug)]
pub(crate) struct Kept {
    pub kind: &'static Kind,
    pub namespace: Word,
    pub name: Box<str>,
    pub uid: Arc<str>,
    pub labels: Labels,
    /// Ids of the objects that it belongs to; of an event the object that it is about.
    pub owners: Box<[Word]>,
    pub(super) text: Text,
}

impl Kept {
    /// Takes an object in, without what nobody reads.
    pub fn new(kind: &'static Kind, mut object: DynamicObject) -> Self {
        let meta = &mut object.metadata;
        meta.managed_fields = None;
        if let Some(annotations) = &mut meta.annotations {
            annotations.remove(LAST_APPLIED);
        }
        if *kind == CONFIG_MAPS {
            hide_values(&mut object.data);
        }
        let (namespace, name) = (
            meta.namespace.clone().unwrap_or_default(),
            meta.name.clone().unwrap_or_default(),
        );
        let uid = meta
            .uid
            .clone()
            .unwrap_or_else(|| format!("{}/{namespace}/{name}", kind.plural));
        let mut owners: Vec<Word> = meta
            .owner_references
            .iter()
            .flatten()
            .map(|owner| word(&owner.uid))
            .collect();
        if *kind == EVENTS {
            owners.extend(object.data["involvedObject"]["uid"].as_str().map(word));
        }
        Self {
            kind,
            labels: Labels::from(meta.labels.as_ref().unwrap_or(&BTreeMap::new())),
            namespace: word(&namespace),
            name: name.into(),
            uid: uid.into(),
            owners: owners.into(),
            text: text_of(&object, kind),
        }
    }

    /// The object to be read.
    pub fn read(self: &Arc<Self>) -> Object {
        Object {
            value: self.value(),
            kept: self.clone(),
        }
    }

    fn value(&self) -> Value {
        let text = self.text.bytes();
        text.and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or(Value::Null)
    }

    /// Bytes that it takes, about.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.text.room()
    }

    pub fn is_same(&self, other: &Self) -> bool {
        self.text.is_same(&other.text)
    }
}

/// Leaves the keys of a configuration. Its values are read by nobody here, and some are secrets in the wrong place.
fn hide_values(data: &mut Value) {
    for part in ["data", "binaryData"] {
        let values = data.get_mut(part).and_then(Value::as_object_mut);
        for value in values.into_iter().flat_map(Map::values_mut) {
            *value = HIDDEN.into();
        }
    }
}

/// The object as JSON. Items of lists do not say what they are.
fn text_of(object: &DynamicObject, kind: &Kind) -> Text {
    if object.types.is_some()
        && let Ok(text) = serde_json::to_string(object)
    {
        return Text::new(text);
    }
    let mut value = serde_json::to_value(object).unwrap_or_else(|_| json!({}));
    value["kind"] = kind.name.into();
    Text::new(value.to_string())
}

/// An object of a cluster.
#[derive(Debug, Clone)]
pub struct Object {
    kept: Arc<Kept>,
    /// All of it but `managedFields` and what `kubectl apply` keeps.
    pub value: Value,
}

impl Object {
    /// An object for tests and samples.
    pub fn sample(kind: &'static Kind, value: Value) -> Self {
        let object: DynamicObject = serde_json::from_value(value).expect("an object has metadata");
        Arc::new(Kept::new(kind, object)).read()
    }

    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.kept.kind
    }

    /// The word for its kind as the object has it, for example `Deployment`.
    pub fn kind_word(&self) -> &str {
        self.value["kind"].as_str().unwrap_or(self.kept.kind.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.kept.name
    }

    /// Its namespace; empty for objects of the whole cluster.
    pub fn namespace(&self) -> &str {
        &self.kept.namespace
    }

    /// Its id, which no other object ever had.
    pub fn uid(&self) -> &str {
        &self.kept.uid
    }

    /// Its labels.
    pub fn labels(&self) -> &Labels {
        &self.kept.labels
    }

    /// Ids of the objects that it belongs to.
    pub fn owners(&self) -> impl Iterator<Item = &str> {
        self.kept.owners.iter().map(AsRef::as_ref)
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.value["metadata"]["annotations"][key].as_str()
    }

    /// A text in it, by JSON pointer.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.value.pointer(pointer)?.as_str()
    }

    /// A moment in it, by JSON pointer.
    pub fn moment(&self, pointer: &str) -> Option<jiff::Timestamp> {
        self.text(pointer)?.parse().ok()
    }

    /// A condition of its status.
    pub fn condition(&self, name: &str) -> Option<&Value> {
        let all = self.value["status"]["conditions"].as_array()?;
        all.iter().find(|condition| condition["type"] == name)
    }
}
