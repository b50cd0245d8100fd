//! `roadiehq:utils:fs:write`, `roadiehq:utils:fs:append`, `roadiehq:utils:fs:parse`, and `fs:read`.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use workspace::FILE_BYTES;

use super::super::{flag, object, text};
use super::{example, given, read, read_documents, read_json, read_yaml, write};

/// What both writing actions take and give.
fn schema(content: &str, more: Option<(&str, Value)>) -> ActionSchema {
    let mut properties = json!({
        "path": text("Relative path of the file"),
        "content": {
            "type": ["string", "object", "array", "number", "boolean"],
            "description": format!("{content}. What is no text is written as JSON"),
        },
    });
    if let Some((key, schema)) = more {
        properties[key] = schema;
    }
    ActionSchema {
        input: object(&["path", "content"], properties),
        output: object(
            &["path"],
            json!({"path": text("Path of the file that was written")}),
        ),
    }
}

/// The content that the input gives; values are written as JSON.
fn content(context: &ActionContext) -> String {
    match &context.input["content"] {
        Value::String(text) => text.clone(),
        other => format!("{other:#}"),
    }
}

pub(in crate::actions) struct Write;

#[async_trait]
impl Action for Write {
    fn id(&self) -> &'static str {
        "roadiehq:utils:fs:write"
    }

    fn description(&self) -> &'static str {
        "Creates a file with the content on the given path"
    }

    fn schema(&self) -> ActionSchema {
        let kept = flag("Specify whether to preserve formatting for JSON content");
        schema(
            "This will be the content of the file",
            Some(("preserveFormatting", kept)),
        )
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "Write a file",
            json!({"path": "docs/index.md", "content": "# ${{ parameters.name }}\n"}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let mut text = content(&context);
        if context.input["preserveFormatting"] == true
            && let Ok(value) = serde_json::from_str::<Value>(&text)
        {
            text = format!("{value:#}");
        }
        write(&context, given(&context, "path"), &text)
    }
}

pub(in crate::actions) struct Append;

#[async_trait]
impl Action for Append {
    fn id(&self) -> &'static str {
        "roadiehq:utils:fs:append"
    }

    fn description(&self) -> &'static str {
        "Append content to the end of the given file, it will create the file if it does not exist."
    }

    fn schema(&self) -> ActionSchema {
        schema("This will be appended to the file", None)
    }

    fn examples(&self) -> Vec<ActionExample> {
        example(
            "Add a line to a file",
            json!({"path": ".gitignore", "content": "target/\n"}),
        )
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = given(&context, "path").to_owned();
        let workspace = context.workspace.clone();
        let mut text = if workspace.has(&path) {
            workspace.text(&path)?
        } else {
            String::new()
        };
        // An earlier attempt at the step may have appended already; how long the file was before it is kept.
        let kept = context
            .checkpoint
            .get()
            .and_then(|kept| usize::try_from(kept.as_u64()?).ok());
        let before = kept.unwrap_or(text.len());
        text = text.get(..before).unwrap_or(&text).to_owned() + &content(&context);
        if text.len() > FILE_BYTES {
            return Err(Fault::input(format!(
                "{path} would be larger than {FILE_BYTES} bytes"
            )));
        }
        let kept = context.checkpoint.save(&before).await;
        kept.map_err(|error| Fault::error(error.to_string()))?;
        write(&context, &path, &text)
    }
}

/// Reads a file; under one of two names.
pub(in crate::actions) struct Parse {
    id: &'static str,
    has_parser: bool,
}

pub(in crate::actions) const PARSE: Parse = Parse {
    id: "roadiehq:utils:fs:parse",
    has_parser: true,
};

impl Parse {
    /// `fs:read`, which hands the text out as it is.
    pub(in crate::actions) const READ: Self = Self {
        id: "fs:read",
        has_parser: false,
    };
}

#[async_trait]
impl Action for Parse {
    fn id(&self) -> &str {
        self.id
    }

    fn description(&self) -> &'static str {
        if self.has_parser {
            "Reads a file from the workspace and optionally parses it"
        } else {
            "Reads a file from the workspace"
        }
    }

    fn schema(&self) -> ActionSchema {
        let mut properties = json!({"path": text("Path to the file to read.")});
        if self.has_parser {
            properties["parser"] = json!({
                "type": "string", "enum": ["yaml", "json", "multiyaml"],
                "description": "Optionally parse the content to an object.",
            });
        }
        let output = json!({"content": {"description": "Content of the file"}});
        ActionSchema {
            input: object(&["path"], properties),
            output: object(&["content"], output),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        if self.has_parser {
            return example(
                "Read a descriptor",
                json!({"path": "catalog-info.yaml", "parser": "yaml"}),
            );
        }
        example("Read a file", json!({"path": "README.md"}))
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = given(&context, "path");
        let text = read(&context, path)?;
        let content = match context.input["parser"].as_str() {
            Some("yaml") => read_yaml(&text, path)?,
            Some("json") => read_json(&text, path)?,
            Some("multiyaml") => read_documents(&text, path)?.into(),
            _ => text.into(),
        };
        Ok(json!({ "content": content }))
    }
}
