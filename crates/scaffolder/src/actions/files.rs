//! `fs:delete` and `fs:rename`: files of the workspace.

use async_trait::async_trait;
use globset::GlobBuilder;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use workspace::Workspace;

use super::object;

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
        let workspace = context.workspace.clone();
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
    let deleted = |path: &str| {
        workspace.remove(path)?;
        context.log.info(format!("File {path} deleted successfully"));
        Ok(())
    };
    if workspace.has(pattern) {
        return deleted(pattern);
    }
    // A pattern may have `..` in it too.
    workspace.path(pattern)?;
    let pattern = pattern.trim_start_matches("./");
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob =
        glob.map_err(|error| Fault::input(format!("The pattern {pattern:?} cannot be read: {error}")))?;
    let glob = glob.compile_matcher();
    let mut paths = workspace.paths();
    paths.retain(|path| glob.is_match(path));
    paths.iter().try_for_each(|path| deleted(path))
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
        let workspace = context.workspace.clone();
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
    let (has_source, has_target) = (workspace.has(from), workspace.has(to));
    if !has_source && has_target {
        // An earlier attempt at the step has done it.
        return Ok(());
    }
    if !has_source {
        return Err(Fault::not_found(format!(
            "There is no {from} in the workspace, so it cannot be renamed"
        )));
    }
    if has_target && !overwrites {
        return Err(Fault::conflict(format!(
            "dest already exists: {to}; set overwrite to replace it"
        )));
    }
    // What is replaced must not take what replaces it along.
    if source == target {
        return Ok(());
    }
    if source.starts_with(&format!("{target}/")) {
        return Err(Fault::input(format!(
            "{to} cannot be replaced by {from}, which lies in it; rename {from} to a path beside it first"
        )));
    }
    if has_target {
        workspace.remove(to)?;
    }
    workspace.rename(from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_loses_nothing_that_is_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open(&folder.path().join("files.log")).unwrap();
        for path in ["a/b/c", "a/d", "e"] {
            workspace.write(path, path.as_bytes(), false).unwrap();
        }
        let refused = rename(&workspace, "a/b", "a", true).unwrap_err();
        assert!(refused.message.contains("which lies in it"), "{refused}");
        assert!(rename(&workspace, "a", "a/b/x", true).is_err());
        rename(&workspace, "e", "./e", true).unwrap();
        assert_eq!(workspace.paths(), ["a/b/c", "a/d", "e"]);
        rename(&workspace, "e", "a/d", true).unwrap();
        assert_eq!(workspace.text("a/d").unwrap(), "e");
        assert_eq!(workspace.paths(), ["a/b/c", "a/d"]);
    }
}
