//! What other pages show of templates.

use model::{EntityRef, Viewer};
use plugin::{EntityAction, EntityActions};
use serde_json::Value;

use super::address;

/// The way from a template's entity to its form.
pub(crate) struct UseTemplate;

impl EntityActions for UseTemplate {
    fn actions(&self, reference: &EntityRef, _: &Value, _: &Viewer) -> Vec<EntityAction> {
        if reference.kind() != "template" {
            return Vec::new();
        }
        vec![EntityAction {
            title: "Use this template".to_owned(),
            icon: "create".into(),
            target: address::wizard(reference),
        }]
    }
}
