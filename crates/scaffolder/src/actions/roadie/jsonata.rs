//! `roadiehq:utils:jsonata` and its transformations of files.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::super::{flag, object, text};
use super::{example, given, read, read_documents, read_json, read_yaml, style};
use crate::jsonata::evaluate;

pub(in crate::actions) struct Evaluate;

/// The output of an expression; nothing where it finds nothing.
fn output(result: Option<Value>) -> Value {
    result.map_or_else(|| json!({}), |result| json!({ "result": result }))
}

fn expression() -> Value {
    text("JSONata expression to perform on the input")
}

#[async_trait]
impl Action for Evaluate {
    fn id(&self) -> &'static str {
        "roadiehq:utils:jsonata"
    }

    fn description(&self) -> &'static str {
        "Allows performing JSONata operations and transformations on input objects and produces the output result as a step output."
    }

    fn schema(&self) -> ActionSchema {
        let data = json!({"description": "Input data to be transformed"});
        ActionSchema {
            input: object(
                &["data", "expression"],
                json!({"data": data, "expression": expression()}),
            ),
            output: object(
                &[],
                json!({"result": {"description": "Output result from JSONata"}}),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "The paths of a service that need no sign-in",
            json!({
                "data": {"endpoints": [{"path": "/users", "auth": true}, {"path": "/health", "auth": false}]},
                "expression": "endpoints[auth = false].path",
            }),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let found = evaluate(given(&context, "expression"), &context.input["data"]).await?;
        Ok(output(found))
    }
}

/// Evaluates an expression over a file.
pub(in crate::actions) struct Transform {
    id: &'static str,
    description: &'static str,
    is_yaml: bool,
}

pub(in crate::actions) const TRANSFORM_JSON: Transform = Transform {
    id: "roadiehq:utils:jsonata:json:transform",
    description: "Allows performing JSONata operations and transformations on a JSON file in the workspace. The result can be read from the `result` step output.",
    is_yaml: false,
};

pub(in crate::actions) const TRANSFORM_YAML: Transform = Transform {
    id: "roadiehq:utils:jsonata:yaml:transform",
    description: "Allows performing JSONata operations and transformations on a YAML file in the workspace. The result can be read from the `result` step output.",
    is_yaml: true,
};

#[async_trait]
impl Action for Transform {
    fn id(&self) -> &str {
        self.id
    }

    fn description(&self) -> &str {
        self.description
    }

    fn schema(&self) -> ActionSchema {
        let kind = json!({
            "type": "string", "enum": ["string", "object"], "default": "string",
            "description": "Desired Result Type",
        });
        let mut properties = json!({
            "path": text(if self.is_yaml { "Input path to read yaml file" } else { "Input path to read json file" }),
            "expression": expression(),
            "as": kind,
        });
        if self.is_yaml {
            properties["options"] = style::options();
            properties["loadAll"] = flag("Use this if the yaml source file contains multiple yaml objects");
        } else {
            properties["replacer"] =
                json!({"type": "array", "items": {"type": "string"}, "description": "Replacer array"});
            properties["space"] = text("Space character");
        }
        ActionSchema {
            input: object(&["path", "expression"], properties),
            output: object(
                &[],
                json!({"result": {"description": "Output result from JSONata"}}),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        let (path, expression) = if self.is_yaml {
            (
                "catalog-info.yaml",
                "$ ~> | spec | { \"lifecycle\": \"production\" } |",
            )
        } else {
            ("package.json", "$ ~> | $ | { \"private\": true } |")
        };
        example(
            "Change a value of a file",
            json!({"path": path, "expression": expression}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = given(&context, "path");
        let text = read(&context, path)?;
        let data = match (self.is_yaml, context.input["loadAll"] == true) {
            (false, _) => read_json(&text, path)?,
            (true, false) => read_yaml(&text, path)?,
            (true, true) => read_documents(&text, path)?.into(),
        };
        let found = evaluate(given(&context, "expression"), &data).await?;
        let is_object = context.input["as"] == "object";
        Ok(output(found.map(|value| match (is_object, self.is_yaml) {
            (true, _) => value,
            (false, true) => style::written(&value, &context).into(),
            (false, false) => style::json_text(&value, &context.input).into(),
        })))
    }
}
