//! `publish:folder`: the workspace becomes a Git repository in a folder of this machine. For trying templates out, and
//! where no Git host is at hand.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::{Objects, make_repository};
use serde_json::{Value, json};
use workspace::{Workspace, lay_out};

use super::published::{branch, commit, output, properties};
use super::{blocking, object};
use crate::settings::Settings;

/// Longest name of a repository.
const LONGEST_NAME: usize = 100;

pub(super) struct PublishFolder(pub(super) Arc<Settings>);

#[async_trait]
impl Action for PublishFolder {
    fn id(&self) -> &'static str {
        "publish:folder"
    }

    fn description(&self) -> &'static str {
        "Makes a local Git repository of the content of the workspace, in the folder scaffolder.localRepositories."
    }

    fn schema(&self) -> ActionSchema {
        let mut all = json!({
            "name": {
                "type": "string", "minLength": 1, "maxLength": LONGEST_NAME,
                "description": "Name of the repository and of its folder: letters, digits, '-', '_' and '.'",
            },
        });
        let more = properties();
        for (key, value) in more
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| *key != "description")
        {
            all[key] = value.clone();
        }
        ActionSchema {
            input: object(&["name"], all),
            output: output(),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Makes a local repository.".to_owned(),
            input: json!({"name": "orders"}),
        }]
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let name = context.input["name"].as_str().unwrap_or_default().to_owned();
        check_name(&name)?;
        let branch = branch(&context.input).to_owned();
        let objects = commit(&context, &self.0).await?;
        let commit = objects.commit();
        let target = self.0.repositories.join(&name);
        let source = context.input["sourcePath"].as_str().unwrap_or_default();
        let workspace = context.workspace.below(source)?;
        let folder = target.clone();
        let is_new = blocking(move || make(&workspace, &objects, &folder, &branch)).await?;
        let word = if is_new { "is made" } else { "was made before" };
        context.log.info(format!(
            "The repository {} {word}, at commit {commit}",
            target.display()
        ));
        let address = format!("file://{}", target.display());
        Ok(json!({
            "remoteUrl": address,
            "repoContentsUrl": format!("{address}/"),
            "commitHash": commit,
        }))
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if name.is_empty() || name.len() > LONGEST_NAME || name.starts_with('.') || !name.chars().all(is_letter) {
        return Err(Fault::input(format!(
            "{name:?} is no name of a repository: it has letters, digits, '-', '_' and '.', and does not begin with '.'"
        )));
    }
    Ok(())
}

/// Makes the repository whole or not at all; whether it is new. One that has this commit already stays as it is.
fn make(workspace: &Workspace, objects: &Objects, folder: &Path, branch: &str) -> Result<bool, Fault> {
    let failed =
        |error: std::io::Error| Fault::error(format!("{} cannot be made: {error}", folder.display()));
    if folder.exists() {
        let head = fs::read_to_string(folder.join(format!(".git/refs/heads/{branch}"))).unwrap_or_default();
        if head.trim() == objects.commit() {
            return Ok(false);
        }
        return Err(Fault::conflict(format!(
            "{} is there already; choose another name, or remove that folder",
            folder.display()
        )));
    }
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let draft = folder.with_file_name(format!(".{name}.{}", &objects.commit()[..12]));
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(failed)?;
    }
    fs::create_dir_all(&draft).map_err(failed)?;
    lay_out(&draft, &workspace.files()?)?;
    make_repository(&draft, objects, branch)?;
    fs::rename(&draft, folder).map_err(failed)?;
    Ok(true)
}
