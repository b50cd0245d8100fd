//! `fs:delete` and `fs:rename`: files of the workspace.

use std::fs;
use std::path::Path;

use async_trait::async_trait;
use globset::GlobBuilder;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::object;
use crate::workspace::{Workspace, leads_out};

pub(super) struct Delete;

#[async_trait]
impl Action for Delete {
    fn id(&self) -> &'static str {
        "fs:delete"
    }

    fn description(&self) -> &'static str {
        "Deletes files and directories from the workspace"
    }

    fn schema(&self) -> ActionSchema {
        let files = json!({
            "type": "array", "items": {"type": "string"},
            "description": "A list of files and directories that will be deleted",
        });
        ActionSchema {
            input: object(&["files"], json!({ "files": files })),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Delete specified files".to_owned(),
            input: json!({"files": ["file1.txt", "dir/**"]}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let workspace = Workspace::new(&context.workspace);
        for pattern in context.input["files"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            delete(&workspace, pattern, &context)?;
        }
        Ok(json!({}))
    }
}

/// Removes what a path or pattern names. What is not there is removed already.
fn delete(workspace: &Workspace, pattern: &str, context: &ActionContext) -> Result<(), Fault> {
    let exact = workspace.path(pattern)?;
    if exact == workspace.folder() {
        return Err(leads_out());
    }
    if exact.exists() {
        remove(&exact)?;
        context.log.info(format!("File {pattern} deleted successfully"));
        return Ok(());
    }
    let pattern = pattern.trim_start_matches("./");
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob =
        glob.map_err(|error| Fault::input(format!("The pattern {pattern:?} cannot be read: {error}")))?;
    let glob = glob.compile_matcher();
    for path in workspace.paths()?.iter().filter(|path| glob.is_match(path)) {
        remove(&workspace.path(path)?)?;
        context.log.info(format!("File {path} deleted successfully"));
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), Fault> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    removed.map_err(|error| Fault::error(format!("Failed to delete {}: {error}", path.display())))
}

pub(super) struct Rename;

#[async_trait]
impl Action for Rename {
    fn id(&self) -> &'static str {
        "fs:rename"
    }

    fn description(&self) -> &'static str {
        "Renames files and directories within the workspace"
    }

    fn schema(&self) -> ActionSchema {
        let file = json!({
            "type": "object",
            "required": ["from", "to"],
            "properties": {
                "from": {"type": "string", "description": "The source location of the file to be renamed"},
                "to": {"type": "string", "description": "The destination of the new file"},
                "overwrite": {"type": "boolean", "description": "Overwrite existing file or directory, default is false"},
            },
            "additionalProperties": false,
        });
        let files = json!({
            "type": "array", "items": file,
            "description": "A list of file and directory names that will be renamed",
        });
        ActionSchema {
            input: object(&["files"], json!({ "files": files })),
            output: Value::Null,
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Rename specified files".to_owned(),
            input: json!({"files": [{"from": "file1.txt", "to": "file1Renamed.txt"}]}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let workspace = Workspace::new(&context.workspace);
        for file in context.input["files"].as_array().into_iter().flatten() {
            let name = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
            let (from, to) = (name("from"), name("to"));
            rename(&workspace, &from, &to, file["overwrite"] == true)?;
            context
                .log
                .info(format!("File {from} renamed to {to} successfully"));
        }
        Ok(json!({}))
    }
}

fn rename(workspace: &Workspace, from: &str, to: &str, overwrites: bool) -> Result<(), Fault> {
    let (source, target) = (workspace.path(from)?, workspace.path(to)?);
    if !source.exists() && target.exists() {
        // An earlier attempt at the step has done it.
        return Ok(());
    }
    if !source.exists() {
        return Err(Fault::not_found(format!(
            "There is no {from} in the workspace, so it cannot be renamed"
        )));
    }
    if target.exists() && !overwrites {
        return Err(Fault::conflict(format!(
            "dest already exists: {to}; set overwrite to replace it"
        )));
    }
    if target.exists() {
        remove(&target)?;
    }
    let folder = target.parent().unwrap_or(workspace.folder());
    let renamed = fs::create_dir_all(folder).and_then(|()| fs::rename(&source, &target));
    renamed.map_err(|error| Fault::error(format!("{from} cannot be renamed to {to}: {error}")))
}
