//! Entities that are made up: a person that tries a template, and what a step looks for in an empty catalog.

use model::EntityRef;
use serde_json::{Value, json};

/// The team that owns what is made up.
pub(super) const TEAM: &str = "group:default/sample-team";
/// Kinds of the catalog as descriptors write them.
const KINDS: [&str; 9] = [
    "API",
    "Component",
    "Domain",
    "Group",
    "Location",
    "Resource",
    "System",
    "Template",
    "User",
];

/// An entity of the kind and name of a reference, with what its kind must have.
pub fn entity(reference: &EntityRef) -> Value {
    let kind = KINDS.iter().find(|kind| kind.to_lowercase() == reference.kind());
    let (namespace, name) = (reference.namespace(), reference.name());
    let address = format!("https://git.example.com/sample-owner/{name}");
    let spec = match reference.kind() {
        "api" => {
            json!({"type": "openapi", "lifecycle": "production", "owner": TEAM, "definition": "openapi: 3.0.0"})
        }
        "group" => json!({"type": "team", "profile": {"displayName": name}, "children": [], "members": []}),
        "user" => {
            json!({"profile": {"displayName": name, "email": format!("{name}@example.com")}, "memberOf": [TEAM]})
        }
        "location" => json!({"type": "url", "targets": []}),
        "resource" => json!({"type": "database", "owner": TEAM}),
        "system" | "domain" => json!({ "owner": TEAM }),
        _ => json!({"type": "service", "lifecycle": "production", "owner": TEAM, "system": "sample-system"}),
    };
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind.map_or(reference.kind(), |kind| *kind),
        "metadata": {
            "namespace": namespace,
            "name": name,
            "title": name,
            "description": "Made up",
            "tags": [],
            "labels": {},
            "annotations": {
                "backstage.io/managed-by-location": format!("url:{address}/catalog-info.yaml"),
                "backstage.io/source-location": format!("url:{address}/"),
            },
        },
        "spec": spec,
        "relations": [],
    })
}

/// The person that tries a template, as expressions see it.
pub fn user() -> Value {
    let reference = EntityRef::new("user", "default", "sample-person");
    json!({"ref": reference.to_string(), "entity": entity(&reference)})
}
