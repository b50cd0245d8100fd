//! The changes of a commit, and the commit that a step makes once, whatever interrupts it.

use std::collections::BTreeMap;

use model::{Fault, FaultKind};
use plugin::ActionContext;
use scm::git::CommitFile;
use scm::gitlab::{FileAction, FileChange, Gitlab};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::super::at_host::Marks;

/// The mark of the commit that the branch had before this step's own.
const BEFORE: &str = "before";
/// The mark of this step's commit.
const COMMIT: &str = "commit";

/// Whether a person has the step done again after it made its commit.
pub(super) fn is_done_again(context: &ActionContext) -> bool {
    let marks = Marks(&context.checkpoint);
    marks.get(COMMIT).is_none() && marks.own(COMMIT).is_some()
}

/// The changes that `commitAction` asks for; `auto` compares with what the branch has, and so does a step that is done again: its files are there.
pub(super) async fn changes(
    gitlab: &Gitlab,
    (project, branch, folder): (&str, &str, &str),
    files: Vec<CommitFile>,
    action: &str,
    is_again: bool,
) -> Result<Vec<FileChange>, Fault> {
    let all = |action: FileAction, files: Vec<CommitFile>| {
        files
            .into_iter()
            .map(|file| FileChange { file, action })
            .collect()
    };
    Ok(match action {
        "create" if !is_again => all(FileAction::Create, files),
        "update" if !is_again => all(FileAction::Update, files),
        "delete" if !is_again => all(FileAction::Delete, files),
        "skip" => Vec::new(),
        _ => {
            let known = match gitlab.files(project, branch, folder).await {
                // A folder that is not there yet has no files.
                Err(fault) if fault.is(&FaultKind::NotFound) => BTreeMap::new(),
                known => known?,
            };
            let is_removal = action == "delete";
            let change = |file: CommitFile| {
                let action = match known.get(&file.path) {
                    None if is_removal => return None,
                    Some(_) if is_removal => FileAction::Delete,
                    None => FileAction::Create,
                    Some(id) if *id == blob_id(&file.bytes) => return None,
                    Some(_) => FileAction::Update,
                };
                Some(FileChange { file, action })
            };
            files.into_iter().filter_map(change).collect()
        }
    })
}

/// The name that Git gives a file's content.
fn blob_id(bytes: &[u8]) -> String {
    let digest = Sha1::new()
        .chain_update(format!("blob {}\0", bytes.len()))
        .chain_update(bytes)
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes the commit on a branch that is there, once: the marks say what an earlier attempt came to.
pub(super) async fn commit_once(
    gitlab: &Gitlab,
    (project, branch): (&str, &str),
    message: &str,
    changes: &[FileChange],
    context: &ActionContext,
) -> Result<String, Fault> {
    let marks = Marks(&context.checkpoint);
    if let Some(Value::String(done)) = marks.get(COMMIT) {
        return Ok(done);
    }
    let newest = gitlab.branch(project, branch).await?;
    let newest = newest.ok_or_else(|| Fault::not_found(format!("{project} has no branch {branch}")))?;
    let before = marks.get(BEFORE);
    let was_made = before.is_some_and(|before| before != newest.commit.id)
        && newest.commit.message.trim_end() == message.trim_end();
    let commit = if was_made {
        context
            .log
            .info(format!("Commit {} was made before", newest.commit.id));
        newest.commit.id
    } else {
        marks.set(BEFORE, json!(newest.commit.id)).await?;
        gitlab.commit(project, branch, message, changes).await.map_err(|fault| {
            let text = format!(
                "Committing the changes to {branch} failed. Please check that none of the files created by the template already \
                 exists. {}",
                fault.message
            );
            Fault::new(fault.name, text)
        })?
    };
    marks.set(COMMIT, json!(commit)).await?;
    Ok(commit)
}
