//! `publish:gitea:pull-request`: the files of the workspace as a pull request to a repository of Gitea.

use async_trait::async_trait;
use model::{Fault, FaultKind};
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::git::check_branch;
use scm::gitea::{Gitea, NewPullRequest, PullRequest as Pull, Repository};
use serde_json::{Value, json};

use super::super::proposal::{Proposal, Proposed, propose};
use super::super::published::{author, change_text, changes};
use super::super::{flag, object, text};
use super::{Servers, target_properties, texts, with};

/// How Gitea knows drafts, by its setting `WORK_IN_PROGRESS_PREFIXES`.
const DRAFT: &str = "WIP: ";

pub(super) struct PullRequest(pub(super) Servers);

fn properties() -> Value {
    let names = |description: &str| json!({"type": "array", "items": {"type": "string", "minLength": 1}, "description": description});
    json!({
        "branchName": text("The name for the branch"),
        "targetBranchName": text("The target branch name of the merge request. Default: the default branch of the repository."),
        "title": text("The name for the pull request"),
        "description": text("The description of the pull request"),
        "draft": flag("Create a draft pull request: its title begins with 'WIP: '"),
        "sourcePath": text("Subdirectory of working directory to copy changes from"),
        "targetPath": text("Subdirectory of repository to apply changes to"),
        "filesToDelete": names("Paths of files to delete, from the root of the repository"),
        "reviewers": names("The users that will be added as reviewers to the pull request"),
        "teamReviewers": names("The teams of the organisation that will be added as reviewers to the pull request"),
        "assignees": names("The users that the pull request is assigned to"),
        "commitMessage": text("The commit message for the pull request commit. Default: the title."),
        "update": flag("Add a commit to the branch, and use its pull request, if they exist already. Default: false."),
        "createWhenEmpty": flag("Create the pull request even where no file differs. Default: true."),
    })
}

#[async_trait]
impl Action for PullRequest {
    fn id(&self) -> &'static str {
        "publish:gitea:pull-request"
    }

    fn description(&self) -> &'static str {
        "Creates a pull request with the files of the workspace on Gitea."
    }

    fn schema(&self) -> ActionSchema {
        let all = with(target_properties(), &with(properties(), &author()));
        ActionSchema {
            input: object(&["repoUrl", "branchName", "title", "description"], all),
            output: object(
                &[],
                json!({
                    "targetBranchName": text("Target branch name of the merge request"),
                    "remoteUrl": text("Link to the pull request in Gitea"),
                    "pullRequestNumber": {"type": "number", "description": "The pull request number"},
                }),
            ),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Creates a pull request.".to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?owner=owner&repo=repo", "branchName": "new-app", "title": "Create my new app",
                    "description": "This PR is really good",
                }),
            },
            ActionExample {
                description: "Adds a folder of the workspace to a repository of deployments, and asks a team to review.".to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?owner=owner&repo=deployments", "branchName": "add-orders", "title": "Deploy orders",
                    "description": "Made by a template.", "sourcePath": "deploy", "targetPath": "apps/orders",
                    "targetBranchName": "main", "teamReviewers": ["platform"], "draft": true,
                }),
            },
        ]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let target = self.0.target(&context)?;
        let part = |key: &str| input[key].as_str().unwrap_or_default();
        let branch = part("branchName");
        check_branch(branch)?;
        let onto = input["targetBranchName"].as_str();
        onto.map_or(Ok(()), check_branch)?;
        let changes = changes(&context, &texts(&input["filesToDelete"])).await?;
        if context.dry_run {
            let work = format!(
                "push {} file(s) to the branch {branch} of {} and open the pull request {:?} to {}",
                changes.written.len(),
                target.full_name(),
                title(input),
                onto.unwrap_or("the default branch")
            );
            let page = self.0.foresee(&context, &target, &work);
            return Ok(output(onto.unwrap_or("main"), &format!("{page}/pulls/1"), 1));
        }
        let (gitea, repository) = self.0.repository(&target).await?;
        let message = input["commitMessage"].as_str().unwrap_or(part("title"));
        let address = format!("{}/{}.git", gitea.base(), repository.full_name);
        let proposal = Proposal {
            branch,
            onto: onto.or(Some(repository.default_branch.as_str()).filter(|name| !name.is_empty())),
            may_update: input["update"] == true,
            may_be_empty: input["createWhenEmpty"] != false,
            changes,
            text: change_text(&context, &self.0.settings, message),
        };
        let proposed = propose(&context, &gitea.remote(&address)?, proposal).await?;
        if proposed.commit.is_none() {
            context
                .log
                .info("No pull request is opened, because it would be empty");
            return Ok(json!({"targetBranchName": proposed.onto}));
        }
        let pull = opened(&context, &gitea, &repository, &proposed).await?;
        let page = gitea.pull_request_page(&repository, pull.number);
        Ok(output(&proposed.onto, &page, pull.number))
    }
}

fn output(onto: &str, page: &str, number: i64) -> Value {
    json!({"targetBranchName": onto, "remoteUrl": page, "pullRequestNumber": number})
}

fn title(input: &Value) -> String {
    let draft = if input["draft"] == true { DRAFT } else { "" };
    format!("{draft}{}", input["title"].as_str().unwrap_or_default())
}

/// The pull request of the branches: the one that is there, else a new one; its reviewers are asked.
async fn opened(
    context: &ActionContext,
    gitea: &Gitea,
    repository: &Repository,
    proposed: &Proposed,
) -> Result<Pull, Fault> {
    let input = &context.input;
    let (head, base) = (input["branchName"].as_str().unwrap_or_default(), &proposed.onto);
    let (title, assignees) = (title(input), texts(&input["assignees"]));
    let (pull, word) = if let Some(pull) = found(gitea, repository, head, base).await? {
        (pull, "is there already")
    } else {
        let new = NewPullRequest {
            head,
            base,
            title: &title,
            body: input["description"].as_str().unwrap_or_default(),
            assignees: &assignees,
        };
        (open(gitea, repository, &new).await?, "is opened")
    };
    let line = format!(
        "The pull request {} of {} {word}",
        pull.number, repository.full_name
    );
    context.log.info(line);
    let (users, teams) = (texts(&input["reviewers"]), texts(&input["teamReviewers"]));
    if !users.is_empty() || !teams.is_empty() {
        gitea
            .request_reviews(repository, pull.number, &users, &teams)
            .await?;
    }
    Ok(pull)
}

async fn found(
    gitea: &Gitea,
    repository: &Repository,
    head: &str,
    base: &str,
) -> Result<Option<Pull>, Fault> {
    let pulls = gitea.open_pull_requests(repository).await?;
    let is_it =
        |pull: &Pull| pull.head.name == head && pull.base.name == base && pull.head.repo_id == repository.id;
    Ok(pulls.into_iter().find(is_it))
}

async fn open(gitea: &Gitea, repository: &Repository, new: &NewPullRequest<'_>) -> Result<Pull, Fault> {
    match gitea.propose(repository, new).await {
        // Somebody was quicker.
        Err(fault) if fault.is(&FaultKind::Conflict) => {
            found(gitea, repository, new.head, new.base).await?.ok_or(fault)
        }
        opened => opened,
    }
}
