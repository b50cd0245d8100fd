//! `fs:readdir`: the names of files and folders of the workspace.

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use workspace::Workspace;

use super::{flag, object, text};

/// Most entries of one answer.
const MOST: usize = 20_000;

pub(super) struct ReadFolder;

#[async_trait]
impl Action for ReadFolder {
    fn id(&self) -> &'static str {
        "fs:readdir"
    }

    fn description(&self) -> &'static str {
        "Reads files and directories from the workspace"
    }

    fn schema(&self) -> ActionSchema {
        let paths = json!({
            "type": "array", "items": {"type": "string"},
            "description": "A list of directories to read",
        });
        let recursive = flag("Whether to read the directories recursively. Default: false");
        let entry = json!({
            "type": "object",
            "required": ["name", "path", "fullPath"],
            "properties": {
                "name": text("Name of the file or directory"),
                "path": text("path to the file or directory relative to the workspace"),
                "fullPath": text("full path to the file or directory"),
            },
            "additionalProperties": false,
        });
        let list = json!({"type": "array", "items": entry});
        ActionSchema {
            input: object(&["paths"], json!({"paths": paths, "recursive": recursive})),
            output: object(&["files", "folders"], json!({"files": list, "folders": list})),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Read files and folders of the workspace recursively".to_owned(),
            input: json!({"paths": ["."], "recursive": true}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let workspace = context.workspace.clone();
        let paths = context.input["paths"].as_array().cloned().unwrap_or_default();
        let is_recursive = context.input["recursive"] == true;
        let mut found = Found::default();
        for path in paths.iter().filter_map(Value::as_str) {
            found.read(&workspace, path, is_recursive)?;
        }
        Ok(json!({"files": found.files, "folders": found.folders}))
    }
}

/// The entries so far.
#[derive(Default)]
struct Found {
    files: Vec<Value>,
    folders: Vec<Value>,
}

impl Found {
    fn read(&mut self, workspace: &Workspace, folder: &str, is_recursive: bool) -> Result<(), Fault> {
        let entries = workspace.entries(folder)?.ok_or_else(|| {
            Fault::not_found(format!(
                "The folder {folder:?} cannot be read: the workspace has no such folder"
            ))
        })?;
        for entry in entries {
            if self.files.len() + self.folders.len() >= MOST {
                return Err(Fault::input(format!(
                    "There are more than {MOST} files and folders"
                )));
            }
            let shown = json!({
                "name": entry.path.rsplit('/').next(),
                "path": entry.path,
                "fullPath": workspace.shown_path(&entry.path)?.to_string_lossy(),
            });
            if !entry.is_folder {
                self.files.push(shown);
                continue;
            }
            self.folders.push(shown);
            if is_recursive {
                self.read(workspace, &entry.path, is_recursive)?;
            }
        }
        Ok(())
    }
}
