//! What all publishing actions share: the commit that they make of the workspace, and their output.

use config::Secret;
use model::Fault;
use plugin::ActionContext;
use scm::git::{Author, CommitText, FileChanges, Objects, Signer};
use serde_json::{Value, json};
use workspace::{Workspace, WorkspaceFile};

use super::{blocking, text};
use crate::settings::Settings;
use crate::updates::record;

/// Name of the first branch, unless the input says otherwise.
const BRANCH: &str = "main";

/// Inputs of all publishing actions.
pub(super) fn properties() -> Value {
    json!({
        "description": text("Repository Description"),
        "defaultBranch": text("Sets the default branch on the repository. The default value is 'main'"),
        "gitCommitMessage": text("Sets the commit message on the repository. The default value is 'initial commit'"),
        "gitAuthorName": text("Sets the default author name for the commit. The default value is 'Scaffolder'"),
        "gitAuthorEmail": text("Sets the default author email for the commit."),
        "sourcePath": text("Path within the workspace that will be used as the repository root. If omitted, the entire workspace will be published as the repository."),
    })
}

/// The schema of the output of all publishing actions.
pub(super) fn output() -> Value {
    super::object(
        &[],
        json!({
            "remoteUrl": text("A URL to the repository with the provider"),
            "repoContentsUrl": text("A URL to the root of the repository"),
            "commitHash": text("The git commit hash of the initial commit"),
        }),
    )
}

/// The name of the first branch.
pub(super) fn branch(input: &Value) -> &str {
    input["defaultBranch"].as_str().unwrap_or(BRANCH)
}

/// The commit of the workspace. A task makes the same commit each time, so that one that was pushed before is known. Its
/// message ends in a mark by which reviews know it.
pub(super) async fn commit(context: &ActionContext, settings: &Settings) -> Result<Objects, Fault> {
    commit_ending(
        context,
        settings,
        &format!("\n\nChange-Id: I{}", change_mark(context)),
        None,
    )
    .await
}

/// The same, signed with a key of the host's integration where the input asks for it.
pub(super) async fn signed_commit(
    context: &ActionContext,
    settings: &Settings,
    key: Option<&Secret>,
) -> Result<Objects, Fault> {
    let ending = format!("\n\nChange-Id: I{}", change_mark(context));
    commit_ending(context, settings, &ending, signer(context, key)?).await
}

/// The same without a mark.
pub(super) async fn plain_commit(context: &ActionContext, settings: &Settings) -> Result<Objects, Fault> {
    commit_ending(context, settings, "", None).await
}

/// The same without a mark, signed where the input asks for it.
pub(super) async fn plain_signed_commit(
    context: &ActionContext,
    settings: &Settings,
    key: Option<&Secret>,
) -> Result<Objects, Fault> {
    commit_ending(context, settings, "", signer(context, key)?).await
}

/// What signs the commit of a step; nothing where its input does not ask for that.
fn signer(context: &ActionContext, key: Option<&Secret>) -> Result<Option<Signer>, Fault> {
    if context.input["signCommit"] != true {
        return Ok(None);
    }
    let key = key.ok_or_else(|| {
        Fault::input(
            "Signing commits is enabled but no signing key is provided in the integration configuration; set commitSigningKey, or \
             leave signCommit out",
        )
    })?;
    Signer::of(key.expose(), begun_at(context)).map(Some)
}

/// When the task was begun, in seconds since 1970.
fn begun_at(context: &ActionContext) -> i64 {
    let begun = context.template_run.as_ref().map(|run| run.begun_at.as_second());
    begun.unwrap_or_default()
}

async fn commit_ending(
    context: &ActionContext,
    settings: &Settings,
    ending: &str,
    signer: Option<Signer>,
) -> Result<Objects, Fault> {
    let input = &context.input;
    let source = source_path(input["sourcePath"].as_str().unwrap_or_default());
    let workspace = context.workspace.below(&source)?;
    let record = context.template_run.as_ref().and_then(|run| run.record.clone());
    let message = input["gitCommitMessage"]
        .as_str()
        .unwrap_or(&settings.commit_message);
    let commit = change_text(context, settings, &format!("{message}{ending}"));
    let dry_run = context.dry_run;
    blocking(move || {
        let mut files = workspace.files()?;
        // What other steps would have made is not there in a dry run.
        if files.is_empty() && !dry_run {
            return Err(Fault::input(
                "There is nothing to publish: the workspace has no files. A step such as fetch:template must come before",
            ));
        }
        if let Some(record) = record {
            files.retain(|file| file.path != record::PATH);
            files.push(WorkspaceFile {
                path: record::PATH.to_owned(),
                bytes: record.into_bytes(),
                is_executable: false,
            });
        }
        match signer {
            Some(signer) => Objects::first_signed_commit(files, &commit, &signer),
            None => Objects::first_commit(files, &commit),
        }
    })
    .await
}

/// The files of a workspace that an input would have published.
pub(crate) fn would_publish(workspace: &Workspace, input: &Value) -> Result<Vec<WorkspaceFile>, Fault> {
    let source = source_path(input["sourcePath"].as_str().unwrap_or_default());
    workspace.below(&source)?.files()
}

/// The inputs that say who makes a commit.
pub(super) fn author() -> Value {
    json!({
        "gitAuthorName": text("Sets the author name for the commit. The default value is 'Scaffolder'"),
        "gitAuthorEmail": text("Sets the author email for the commit."),
    })
}

/// Author, time and message of a commit. The time is that at which the task was begun, so that each attempt makes the same commit.
pub(super) fn change_text(context: &ActionContext, settings: &Settings, message: &str) -> CommitText {
    let input = &context.input;
    let text = |key: &str, default: &str| input[key].as_str().unwrap_or(default).to_owned();
    CommitText {
        author: Author {
            name: text("gitAuthorName", &settings.author.0),
            email: text("gitAuthorEmail", &settings.author.1),
        },
        time: begun_at(context),
        message: message.to_owned(),
    }
}

/// The files of `sourcePath`, each below `targetPath`, as changes of a repository from which these paths are removed.
pub(super) async fn changes(context: &ActionContext, removed: &[String]) -> Result<FileChanges, Fault> {
    let input = &context.input;
    let source = source_path(input["sourcePath"].as_str().unwrap_or_default());
    let below = source_path(input["targetPath"].as_str().unwrap_or_default());
    let below = below.trim_matches('/').to_owned();
    let workspace = context.workspace.below(&source)?;
    let mut changes = FileChanges {
        written: blocking(move || workspace.files()).await?,
        removed: removed.iter().map(|path| source_path(path)).collect(),
    };
    for file in changes
        .written
        .iter_mut()
        .filter(|_| !below.is_empty() && below != ".")
    {
        file.path = format!("{below}/{}", file.path);
    }
    Ok(changes)
}

/// A source path without steps upwards, as in the original.
fn source_path(path: &str) -> String {
    let mut path = path.trim_start_matches('/');
    while let Some(rest) = path.strip_prefix("../").or(path.strip_prefix("./")) {
        path = rest;
    }
    path.to_owned()
}

/// A mark by which reviews know the commit: the same for every attempt of a task.
fn change_mark(context: &ActionContext) -> String {
    use sha1::{Digest, Sha1};
    let task = context.template_run.as_ref().map_or("", |run| run.task.as_str());
    let digest = Sha1::digest(format!("{task} {}", context.input));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
