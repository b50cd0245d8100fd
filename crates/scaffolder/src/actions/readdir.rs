//! `fs:readdir`: the names of files and folders of the workspace.

use std::fs;
use std::path::Path;

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};

use super::{blocking, flag, object, text};
use crate::workspace::Workspace;

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
        let workspace = Workspace::new(&context.workspace);
        let paths = context.input["paths"].as_array().cloned().unwrap_or_default();
        let is_recursive = context.input["recursive"] == true;
        blocking(move || {
            let mut found = Found::default();
            for path in paths.iter().filter_map(Value::as_str) {
                found.read(&workspace, &workspace.path(path)?, is_recursive)?;
            }
            Ok(json!({"files": found.files, "folders": found.folders}))
        })
        .await
    }
}

/// The entries so far.
#[derive(Default)]
struct Found {
    files: Vec<Value>,
    folders: Vec<Value>,
}

impl Found {
    fn read(&mut self, workspace: &Workspace, folder: &Path, is_recursive: bool) -> Result<(), Fault> {
        let failed = |error: std::io::Error| {
            let shown = folder.strip_prefix(workspace.folder()).unwrap_or(folder);
            Fault::error(format!(
                "The folder {:?} cannot be read: {error}",
                shown.display().to_string()
            ))
        };
        let entries = fs::read_dir(folder).map_err(failed)?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if self.files.len() + self.folders.len() >= MOST {
                return Err(Fault::input(format!(
                    "There are more than {MOST} files and folders"
                )));
            }
            let full = entry.path();
            let path = full.strip_prefix(workspace.folder()).unwrap_or(&full);
            let shown = json!({
                "name": entry.file_name().to_string_lossy(),
                "path": path.to_string_lossy(),
                "fullPath": full.to_string_lossy(),
            });
            let kind = entry.file_type().map_err(failed)?;
            if !kind.is_dir() {
                self.files.push(shown);
                continue;
            }
            self.folders.push(shown);
            if is_recursive {
                self.read(workspace, &full, is_recursive)?;
            }
        }
        Ok(())
    }
}
