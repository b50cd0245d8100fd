//! The section `portal.kubernetes` of the configuration.

use plugin::ConfigSection;
use serde_json::{Value, json};

use super::Action;

/// The section as the commands see it.
pub(super) struct Section;

impl ConfigSection for Section {
    fn path(&self) -> &'static str {
        "portal.kubernetes"
    }

    fn page(&self) -> Option<&'static str> {
        Some("docs/kubernetes.md")
    }

    fn schema(&self) -> Value {
        let words = Action::ALL.map(Action::word);
        json!({
            "type": "object",
            "description": "What people may change in clusters.",
            "properties": {
                "actions": {
                    "type": "array",
                    "items": {"type": "string", "enum": words},
                    "description": "What people with the permission may have clusters do: restart, scale, deletePod, runCronJob. What is not named is off.",
                },
            },
        })
    }
}
