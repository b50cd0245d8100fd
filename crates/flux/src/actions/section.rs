//! The sections `portal.flux` and `gitops` of the configuration.

use plugin::ConfigSection;
use serde_json::{Value, json};

use super::Action;

/// The section `portal.flux` as the commands see it.
pub(super) struct Actions;

impl ConfigSection for Actions {
    fn path(&self) -> &'static str {
        "portal.flux"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/flux.md")
    }

    fn schema(&self) -> Value {
        let words = Action::ALL.map(Action::word);
        json!({
            "type": "object",
            "description": "What people may have Flux do.",
            "properties": {
                "actions": {
                    "type": "array",
                    "items": {"type": "string", "enum": words},
                    "description": "What people with the permission may have Flux do: reconcile, reconcileWithSource, force, reset, suspend, resume. What is not named is off.",
                },
            },
        })
    }
}

/// The section `gitops` as the commands see it.
pub(super) struct GitOps;

impl ConfigSection for GitOps {
    fn path(&self) -> &'static str {
        "gitops"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/flux.md")
    }

    fn schema(&self) -> Value {
        json!({
            "type": "object",
            "description": "What the original's plugin for Flux reads.",
            "properties": {
                "readOnly": {
                    "type": "boolean", "default": false,
                    "description": "Nobody has Flux do anything, whatever portal.flux.actions names.",
                },
                "baseUrl": {
                    "type": "string",
                    "description": "Address of Weave GitOps. Read and not used: the portal has pages of its own.",
                },
            },
        })
    }
}
