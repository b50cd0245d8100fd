//! `gitlab:repo:push`: the workspace becomes a commit on a branch of a project that is there.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{self, About, Parts, example, would};
use super::super::change::{files, joined};
use super::super::{object, text};
use super::{account, committing, repo_url, token};

pub(super) fn about() -> About {
    let input = json!({
        "repoUrl": repo_url(),
        "branchName": text("Branch that gets the commit. The step makes it where it is missing."),
        "commitMessage": text("Message of the commit."),
        "sourcePath": text("Folder of the workspace whose files are committed. Default: the whole workspace."),
        "targetPath": text("Folder of the project that gets the files. Default: its root."),
        "token": token(),
        "commitAction": {
            "type": "string", "enum": ["create", "update", "delete", "auto", "skip"],
            "description": "What the commit does with each file. `auto` creates what is new, updates what differs and skips the rest. `skip` commits nothing. Default: `create`.",
        },
    });
    let output = json!({
        "projectid": text("Path of the project, or its number where `repoUrl` names that."),
        "projectPath": text("The same as `projectid`."),
        "commitHash": text("Hash of the newest commit of the branch."),
    });
    About {
        id: "gitlab:repo:push",
        description: "Commits the workspace to a branch of a project at GitLab.",
        input: at_host::input(&["repoUrl", "branchName", "commitMessage"], input),
        output: object(&[], output),
        examples: example(
            "Commits the workspace to the branch add-orders.",
            json!({
                "repoUrl": "gitlab.com?repo=project_name&owner=group_name", "commitMessage": "Add orders",
                "branchName": "add-orders",
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "gitlab")?;
    let project = place.project_path();
    let part = |key: &str| input[key].as_str().filter(|text| !text.is_empty());
    let branch = part("branchName").ok_or_else(|| Fault::input("branchName is empty"))?;
    let message = part("commitMessage").ok_or_else(|| Fault::input("commitMessage is empty"))?;
    let target = part("targetPath");
    let files = files(&context, part("sourcePath"), target).await?;
    let output = |commit: &str| json!({"projectid": project, "projectPath": project, "commitHash": commit});
    if context.dry_run {
        let what = format!(
            "{} files would be committed to the branch {branch} of {project}",
            files.len()
        );
        return Ok(would(&context, &what, output("<example>")));
    }
    let gitlab = account(&parts, &place.host, input)?;
    if gitlab.branch(&project, branch).await?.is_none() {
        let default = gitlab.existing(&project).await?.default_branch.ok_or_else(|| {
            Fault::input(format!(
                "The branch {branch} cannot be made: the project {project} is empty"
            ))
        })?;
        gitlab.create_branch(&project, branch, &default).await?;
        context
            .log
            .info(format!("The branch {branch} is made from {default}"));
    }
    let folder = joined(target, "")?;
    let action = part("commitAction").unwrap_or("create");
    let at = (project.as_str(), branch, folder.as_str());
    let changes =
        committing::changes(&gitlab, at, files, action, committing::is_done_again(&context)).await?;
    if changes.is_empty() {
        let newest = gitlab
            .branch(&project, branch)
            .await?
            .map(|found| found.commit.id);
        context.log.info("There is nothing to commit");
        return Ok(output(newest.as_deref().unwrap_or_default()));
    }
    let commit = committing::commit_once(&gitlab, (&project, branch), message, &changes, &context).await?;
    context
        .log
        .info(format!("Commit {commit} is on the branch {branch}"));
    Ok(output(&commit))
}
