//! `publish:git`: the workspace goes to any Git repository at an HTTP(S) address: as the first commit of an empty one, or as a new
//! branch of one with commits.

use std::sync::Arc;

use async_trait::async_trait;
use config::Secret;
use model::Fault;
use outside::OutsideCalls;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::{Service, check_branch, push_first};
use scm::{GitRemote, SignIn, UrlReader};
use serde_json::{Value, json};

use super::proposal::{Proposal, propose};
use super::published::{branch, change_text, changes, commit, properties};
use super::{flag, object, text};
use crate::settings::Settings;

pub(super) struct PublishGit {
    pub(super) reader: UrlReader,
    pub(super) calls: OutsideCalls,
    pub(super) settings: Arc<Settings>,
}

fn inputs() -> Value {
    let mut all = json!({
        "remoteUrl": text("The address of the repository, as git clone takes it: https://host/path.git. It must be there already."),
        "branchName": text(
            "The branch for the commit. A repository that has commits needs it: the branch is new, and begins at targetBranchName.",
        ),
        "targetBranchName": text("The branch on which a new one begins. Default: the default branch of the repository."),
        "targetPath": text("Subdirectory of a repository that has commits to apply changes to"),
        "update": flag("Add a commit to the branch if it exists already. Default: false."),
        "token": text("The token to use, in place of that of the integration"),
        "username": text("The name that goes with the token. Default: what the host expects beside a token, else 'git'."),
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
    all["defaultBranch"] = text(
        "The first branch of an empty repository, where branchName is not given. The default value is 'main'",
    );
    all
}

#[async_trait]
impl Action for PublishGit {
    fn id(&self) -> &'static str {
        "publish:git"
    }

    fn description(&self) -> &'static str {
        "Pushes the content of the workspace to a Git repository over HTTP(S): the first commit of an empty one, or a new branch."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(&["remoteUrl"], inputs()),
            output: object(
                &[],
                json!({
                    "remoteUrl": text("A URL to the repository with the provider"),
                    "repoContentsUrl": text("A URL to the files of the branch, where the host has an integration"),
                    "commitHash": text("The git commit hash of the commit"),
                    "branchName": text("The branch that has the commit"),
                    "isFirstCommit": flag("The repository was empty before. Otherwise a new branch has the commit."),
                }),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Pushes the first commit of an empty repository.".to_owned(),
                input: json!({"remoteUrl": "https://git.example.com/team/orders.git", "token": "${{ secrets.TOKEN }}"}),
            },
            ActionExample {
                description: "Pushes a new branch with the files of one folder.".to_owned(),
                input: json!({
                    "remoteUrl": "https://git.example.com/team/deployments.git", "branchName": "add-orders",
                    "sourcePath": "deploy", "targetPath": "apps/orders", "gitCommitMessage": "Deploy orders",
                }),
            },
        ]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let named = input["branchName"].as_str();
        let first = named.unwrap_or_else(|| branch(input));
        check_branch(first)?;
        let address = input["remoteUrl"].as_str().unwrap_or_default();
        if context.dry_run {
            return self.foresee(&context, address, first).await;
        }
        let sign_in = SignIn {
            user: input["username"].as_str().map(str::to_owned),
            token: input["token"].as_str().map(Secret::new),
        };
        let remote = self.reader.git_remote(&self.calls, address, &sign_in)?;
        let has_commits = !remote.remote().branches(Service::Push).await?.heads.is_empty();
        let (commit, is_first) = match named {
            Some(named) if has_commits => (self.branch(&context, &remote, named).await?, false),
            // One that has commits is refused there, unless they are those of this task.
            _ => (self.first(&context, &remote, first).await?, true),
        };
        Ok(output(&remote, first, &commit, is_first))
    }
}

fn output(remote: &GitRemote, branch: &str, commit: &str, is_first: bool) -> Value {
    let mut output = json!({
        "remoteUrl": remote.address, "commitHash": commit, "branchName": branch, "isFirstCommit": is_first,
    });
    if let Some(contents) = remote.contents_address(branch) {
        output["repoContentsUrl"] = contents.into();
    }
    output
}

impl PublishGit {
    async fn first(
        &self,
        context: &ActionContext,
        remote: &GitRemote,
        branch: &str,
    ) -> Result<String, Fault> {
        let objects = commit(context, &self.settings).await?;
        let commit = objects.commit();
        push_first(&remote.remote(), branch, &objects).await?;
        let line = format!("{branch} of {} is at commit {commit}", remote.address);
        context.log.info(line);
        Ok(commit)
    }

    async fn branch(
        &self,
        context: &ActionContext,
        remote: &GitRemote,
        branch: &str,
    ) -> Result<String, Fault> {
        let input = &context.input;
        let message = input["gitCommitMessage"].as_str();
        let proposal = Proposal {
            branch,
            onto: input["targetBranchName"].as_str(),
            may_update: input["update"] == true,
            may_be_empty: true,
            changes: changes(context, &[]).await?,
            text: change_text(
                context,
                &self.settings,
                message.unwrap_or(&self.settings.commit_message),
            ),
        };
        let proposed = propose(context, &remote.remote(), proposal).await?;
        Ok(proposed.commit.unwrap_or_default())
    }

    async fn foresee(&self, context: &ActionContext, address: &str, branch: &str) -> Result<Value, Fault> {
        let checked = self.reader.git_address(address);
        if let Err(fault) = checked {
            if !fault.is(&model::FaultKind::NotAllowed) {
                return Err(fault);
            }
            let line = format!("Outside of a dry run the step would fail: {}", fault.message);
            context.log.warning(line);
        }
        let files = changes(context, &[]).await?.written.len();
        context.log.info(format!(
            "Dry run: nothing is sent to {address}. The step would push {files} file(s) to {branch}"
        ));
        let page = address.strip_suffix(".git").unwrap_or(address);
        Ok(json!({
            "remoteUrl": address, "repoContentsUrl": format!("{page}/"), "commitHash": "0".repeat(40), "branchName": branch,
        }))
    }
}
