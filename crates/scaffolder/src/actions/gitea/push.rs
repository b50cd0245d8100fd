//! `gitea:repo:push`: the workspace becomes the first commit of an empty repository.

use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::{Objects, Pushed, check_branch, push_first};
use scm::gitea::{Gitea, Repository};
use serde_json::{Value, json};

use super::super::object;
use super::super::published::{branch, commit, output, properties};
use super::{Servers, addresses, protection, target_properties, with};

/// Longest wait until the server shows what was pushed.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

pub(super) struct Push(pub(super) Servers);

#[async_trait]
impl Action for Push {
    fn id(&self) -> &'static str {
        "gitea:repo:push"
    }

    fn description(&self) -> &'static str {
        "Initializes a git repository using the content of the workspace, and pushes it to an empty Gitea repository."
    }

    fn schema(&self) -> ActionSchema {
        let mut all = with(target_properties(), &properties());
        all = with(all, &protection::default_branch_properties());
        if let Some(all) = all.as_object_mut() {
            all.remove("description");
        }
        ActionSchema {
            input: object(&["repoUrl"], all),
            output: output(),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Pushes a folder of the workspace to a repository that a step before has created."
                .to_owned(),
            input: json!({
                "repoUrl": "gitea.com?owner=owner&repo=repo", "sourcePath": "./service", "protectDefaultBranch": true,
            }),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let target = self.0.target(&context)?;
        let branch = branch(&context.input);
        check_branch(branch)?;
        let objects = commit(&context, &self.0.settings).await?;
        if context.dry_run {
            let work = format!(
                "push {} file(s) to {branch} of {}{}",
                objects.len(),
                target.full_name(),
                protection::foreseen(&context.input, branch)
            );
            let page = self.0.foresee(&context, &target, &work);
            return Ok(with(
                addresses(&page, branch),
                &json!({"commitHash": objects.commit()}),
            ));
        }
        let (gitea, repository) = self.0.repository(&target).await?;
        push_workspace(&context, &gitea, &repository, branch, &objects).await
    }
}

/// Pushes the first commit of a repository, waits until the server shows it, and protects the branch where the input says so.
pub(super) async fn push_workspace(
    context: &ActionContext,
    gitea: &Gitea,
    repository: &Repository,
    branch: &str,
    objects: &Objects,
) -> Result<Value, Fault> {
    let address = format!("{}/{}.git", gitea.base(), repository.full_name);
    let pushed = push_first(&gitea.remote(&address)?, branch, objects).await?;
    let word = match pushed {
        Pushed::New => "is pushed",
        Pushed::Known => "was pushed before",
    };
    let line = format!("Commit {} {word} to {branch}", objects.commit());
    context.log.info(line);
    let is_shown = gitea
        .shows(repository, branch, &objects.commit(), LONGEST_WAIT)
        .await?;
    if !is_shown {
        context
            .log
            .warning("The server has taken the commit, and does not show it yet");
    }
    protection::protect_default(context, gitea, repository, branch).await?;
    let page = gitea.page(&repository.full_name);
    Ok(with(
        addresses(&page, branch),
        &json!({"commitHash": objects.commit()}),
    ))
}
