//! `roadiehq:utils:zip` and `publish:zip`: files of the workspace in an archive.

use std::io::{Cursor, Write};
use std::path::Path;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use workspace::{Workspace, WorkspaceFile};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{blocking, object, text};

/// Largest archive that is handed out as an address: it is kept with the task.
const LARGEST_ADDRESS: usize = 4 << 20;

pub(super) struct Zip;

#[async_trait]
impl Action for Zip {
    fn id(&self) -> &'static str {
        "roadiehq:utils:zip"
    }

    fn description(&self) -> &'static str {
        "Zips the content of the path"
    }

    fn schema(&self) -> ActionSchema {
        let output = || text("The name of the result of the zip command");
        ActionSchema {
            input: object(
                &["path", "outputPath"],
                json!({
                    "path": text("Relative path you would like to zip"),
                    "outputPath": output(),
                }),
            ),
            output: object(&["outputPath"], json!({ "outputPath": output() })),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Zip a folder".to_owned(),
            input: json!({"path": "docs", "outputPath": "docs.zip"}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let text = |key: &str| context.input[key].as_str().unwrap_or_default().to_owned();
        let (path, output) = (text("path"), text("outputPath"));
        let workspace = context.workspace.clone();
        let written = output.clone();
        let count = blocking(move || {
            let target = workspace.shown_path(&written)?;
            let mut files = files(&workspace, &path)?;
            // An earlier attempt at the step may have written the archive into the folder.
            let folder = workspace.shown_path(&path)?;
            files.retain(|file| folder.join(&file.path) != target);
            workspace.write(&written, &archive(&files)?, false)?;
            Ok(files.len())
        })
        .await?;
        context.log.info(format!("Wrote {output} with {count} files"));
        Ok(json!({ "outputPath": output }))
    }
}

pub(super) struct PublishZip;

#[async_trait]
impl Action for PublishZip {
    fn id(&self) -> &'static str {
        "publish:zip"
    }

    fn description(&self) -> &'static str {
        "Publishes the content of the workspace as a zip file which can be downloaded."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(
                &[],
                json!({"sourcePath": text("Path within the workspace that will be published. If omitted, the entire workspace.")}),
            ),
            output: object(
                &["dataUri"],
                json!({"dataUri": text("A data URI that contains the archive")}),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "The whole workspace as a download".to_owned(),
            input: json!({}),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let path = context.input["sourcePath"].as_str().unwrap_or(".").to_owned();
        let workspace = context.workspace.clone();
        let bytes = blocking(move || archive(&files(&workspace, &path)?)).await?;
        if bytes.len() > LARGEST_ADDRESS {
            return Err(Fault::input(format!(
                "The archive has {} bytes, and one that is handed out as an address may have {LARGEST_ADDRESS}. Publish the \
                 files to a repository, or name a folder with fewer of them as sourcePath",
                bytes.len()
            )));
        }
        let address = format!("data:application/zip;base64,{}", STANDARD.encode(bytes));
        Ok(json!({ "dataUri": address }))
    }
}

/// The file, or all files below the folder, by their paths in the archive.
fn files(workspace: &Workspace, path: &str) -> Result<Vec<WorkspaceFile>, Fault> {
    workspace.path(path)?;
    if workspace.is_folder(path) {
        return workspace.below(path)?.files();
    }
    if !workspace.is_file(path) {
        return Err(Fault::input(format!("File {path} does not exist. Can't zip it.")));
    }
    let name = Path::new(path).file_name().unwrap_or_default();
    Ok(vec![WorkspaceFile {
        path: name.to_string_lossy().into_owned(),
        bytes: workspace.bytes(path)?,
        is_executable: false,
    }])
}

/// An archive of these files. The same files give the same bytes.
fn archive(files: &[WorkspaceFile]) -> Result<Vec<u8>, Fault> {
    let failed =
        |error: &dyn std::fmt::Display| Fault::error(format!("The archive cannot be written: {error}"));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let mode = if file.is_executable { 0o755 } else { 0o644 };
        let options = SimpleFileOptions::default().unix_permissions(mode);
        writer
            .start_file(file.path.as_str(), options)
            .map_err(|error| failed(&error))?;
        writer.write_all(&file.bytes).map_err(|error| failed(&error))?;
    }
    let written = writer.finish().map_err(|error| failed(&error))?;
    Ok(written.into_inner())
}
