//! Whether an entity would be accepted, without storing it.

use model::{Fault, LocationRef, entity, policy};
use serde_json::{Map, Value};

use super::dry_run::{Found, preview_room};
use crate::Catalog;
use crate::process::Document;

impl Catalog {
    /// Processes an entity as if it came from `location`, which must be a `url:` reference. Location
    /// annotations that the entity has stay. An error of the outer kind means that the request is
    /// wrong, the inner list what is wrong with the entity; an empty list means valid.
    pub async fn validate_entity(&self, entity: Value, location: &str) -> Result<Vec<Fault>, Fault> {
        let location = parse_location(location)?;
        let mut value = entity;
        if let Err(fault) = policy::check_envelope(&value) {
            return Ok(vec![fault]);
        }
        fill_in(&mut value, &location);
        let origin = entity::annotation(&value, entity::MANAGED_BY_ORIGIN_LOCATION)
            .and_then(|text| LocationRef::parse(text).ok())
            .unwrap_or_else(|| location.clone());
        let found = Found::nowhere(Document {
            entity: value,
            location,
            origin,
        });
        let step = self.step(found, &mut preview_room()).await;
        Ok(step.problems.into_iter().map(|problem| problem.fault).collect())
    }
}

fn parse_location(text: &str) -> Result<LocationRef, Fault> {
    let malformed = || {
        Fault::type_error(format!(
            "Unable to parse location ref '{text}', expected '<type>:<target>', e.g. 'url:https://host/path'"
        ))
    };
    let (kind, target) = text.split_once(':').ok_or_else(malformed)?;
    if kind.trim().is_empty() || target.trim().is_empty() {
        return Err(malformed());
    }
    if matches!(kind, "http" | "https") {
        return Err(Fault::type_error(format!(
            "Invalid location ref '{text}', please prefix it with 'url:', e.g. 'url:{text}'"
        )));
    }
    if kind.trim() != "url" {
        return Err(Fault::type_error(format!(
            "Invalid location ref {text}, only 'url:<target>' is supported, e.g. url:https://host/path"
        )));
    }
    Ok(LocationRef::new("url", target.trim()))
}

fn fill_in(value: &mut Value, location: &LocationRef) {
    let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let annotations = metadata
        .entry("annotations")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(annotations) = annotations.as_object_mut() {
        for key in [entity::MANAGED_BY_LOCATION, entity::MANAGED_BY_ORIGIN_LOCATION] {
            annotations
                .entry(key)
                .or_insert_with(|| location.to_string().into());
        }
    }
}
