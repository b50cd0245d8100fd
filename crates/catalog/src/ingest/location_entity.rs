//! The `Location` entities that stand for configured and registered locations.

use model::{LocationRef, entity};
use serde_json::{Value, json};

/// The `Location` entity of a configured or registered location, named `name` or after its target.
pub(crate) fn location_entity(location: &LocationRef, name: Option<&str>) -> Value {
    let text = location.to_string();
    let generated = format!("generated-{}", model::sha1_hex(text.as_bytes()));
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Location",
        "metadata": {
            "name": name.unwrap_or(&generated),
            "namespace": "default",
            "annotations": {
                entity::MANAGED_BY_LOCATION: text,
                entity::MANAGED_BY_ORIGIN_LOCATION: text,
            },
        },
        "spec": {"type": location.kind, "target": location.target},
    })
}
