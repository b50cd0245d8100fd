//! `roadiehq:utils:serialize:json` and `roadiehq:utils:serialize:yaml`.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::super::{object, text};
use super::{example, style};

pub(in crate::actions) struct Json;
pub(in crate::actions) struct Yaml;

fn schema(more: (&str, Value)) -> ActionSchema {
    let keys = json!({"type": "array", "items": {"type": "string"}, "description": "Replacer array"});
    let mut properties = json!({
        "data": {"description": "Input data to perform serialization on."},
        "replacer": keys,
    });
    properties[more.0] = more.1;
    ActionSchema {
        input: object(&["data"], properties),
        output: object(
            &["serialized"],
            json!({"serialized": text("Output result from serialization")}),
        ),
    }
}

#[async_trait]
impl Action for Json {
    fn id(&self) -> &'static str {
        "roadiehq:utils:serialize:json"
    }

    fn description(&self) -> &'static str {
        "Allows performing serialization on an object: its text as JSON"
    }

    fn schema(&self) -> ActionSchema {
        schema(("space", text("Space character")))
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "Values of a form as JSON",
            json!({"data": {"name": "${{ parameters.name }}"}, "space": "  "}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let text = style::json_text(&context.input["data"], &context.input);
        Ok(json!({ "serialized": text }))
    }
}

#[async_trait]
impl Action for Yaml {
    fn id(&self) -> &'static str {
        "roadiehq:utils:serialize:yaml"
    }

    fn description(&self) -> &'static str {
        "Allows performing serialization on an object: its text as YAML"
    }

    fn schema(&self) -> ActionSchema {
        schema(("options", style::options()))
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "A manifest as YAML",
            json!({"data": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "${{ parameters.name }}"}}}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let text = style::written(&context.input["data"], &context);
        Ok(json!({ "serialized": text }))
    }
}
