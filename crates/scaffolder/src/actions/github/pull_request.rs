//! `publish:github:pull-request`: the workspace becomes a change of a repository that is there.
//!
//! The commit is made through the API, as in the original
//! (`plugins/scaffolder-backend-module-github/src/actions/githubPullRequest.ts`).

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::git::CommitFile;
use scm::github::{CommitAuthor, FullName, Github, NewTree, PullRequest, Repository, TreeBase};
use serde_json::{Value, json};

use super::super::at_host::{About, Marks, Parts, example, is, texts, would};
use super::super::change::{files, joined};
use super::super::{flag, object, text};
use super::{account, inputs};

/// The mark of the commit that this step made.
const COMMIT: &str = "commit";
/// Most people that a pull request can be assigned to.
const MOST_ASSIGNEES: usize = 10;
/// The number that the original's dry run gives.
const TRIED_NUMBER: u64 = 43;

pub(super) fn about() -> About {
    let output = json!({
        "targetBranchName": text("Branch into which the pull request goes."),
        "remoteUrl": text("Address of the pull request's page."),
        "pullRequestNumber": {"type": "number", "description": "Number of the pull request."},
    });
    About {
        id: "publish:github:pull-request",
        description: "Commits the workspace to a branch and opens a pull request at GitHub.",
        input: inputs::input(
            &["repoUrl", "branchName", "title", "description"],
            &["repoUrl", "token"],
            &own_inputs(),
        ),
        output: object(&[], output),
        examples: example(
            "Opens a pull request. It adds the workspace below apps/orders.",
            json!({
                "repoUrl": "github.com?repo=repo&owner=owner", "branchName": "add-orders", "title": "Add orders",
                "description": "Takes orders of customers.", "targetPath": "apps/orders",
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

fn own_inputs() -> Value {
    let list =
        |description: &str| json!({"type": "array", "items": {"type": "string"}, "description": description});
    json!({
        "branchName": text("Branch that gets the commit."),
        "filesToDelete": list("Files that the commit deletes. Write paths below `targetPath`. Default: none."),
        "targetBranchName": text("Branch into which the pull request goes. Default: the repository's default branch."),
        "title": text("Title of the pull request."),
        "description": text("Text of the pull request. Write Markdown."),
        "draft": flag("True opens a draft. Default: `false`."),
        "sourcePath": text("Folder of the workspace whose files are committed. Default: the whole workspace."),
        "targetPath": text("Folder of the repository that gets the files. Default: its root."),
        "reviewers": list("Users who are asked for a review. Write their logins. Default: none."),
        "assignees": list("Users to whom the pull request is assigned. Write their logins. The step takes the first 10. Default: none."),
        "teamReviewers": list("Teams that are asked for a review. Write their slugs. Default: none."),
        "commitMessage": text("Message of the commit. Default: `scaffolder.defaultCommitMessage`, else `title`."),
        "update": flag("True changes the pull request of this branch that is open. False fails then. Default: `false`."),
        "forceFork": flag("True works in a fork in any case. False does so where the token may not push. Default: `false`."),
        "gitAuthorName": text("Name of the commit's author. Default: `scaffolder.defaultAuthor.name`, else the token's user. Where only an address is set: `Scaffolder`."),
        "gitAuthorEmail": text("Mail address of the commit's author. Default: `scaffolder.defaultAuthor.email`, else the token's user. Where only a name is set: `scaffolder@backstage.io`."),
        "forceEmptyGitAuthor": flag("True sends no author. GitHub then takes the owner of the token. Default: `false`."),
        "createWhenEmpty": flag("False opens no pull request where nothing changes. The step has no output then. Default: `true`."),
    })
}

/// A pull request that is to be.
struct Wanted<'a> {
    github: &'a Github,
    at: FullName<'a>,
    context: &'a ActionContext,
    files: Vec<CommitFile>,
    gone: Vec<String>,
    message: String,
    author: Option<CommitAuthor>,
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "github")?;
    let (source, target) = (part(input, "sourcePath"), part(input, "targetPath"));
    let gone = texts(&input["filesToDelete"]);
    let gone: Vec<String> = gone
        .iter()
        .map(|path| joined(target, path))
        .collect::<Result<_, _>>()?;
    let mut files = files(&context, source, target).await?;
    files.retain(|file| !gone.contains(&file.path));
    let branch = part(input, "branchName").ok_or_else(|| Fault::input("branchName is empty"))?;
    if context.dry_run {
        let what = format!(
            "a pull request of the branch {branch} would be opened in {}, with {} files and {} deletions",
            place.at(),
            files.len(),
            gone.len()
        );
        let output = json!({
            "targetBranchName": branch, "remoteUrl": input["repoUrl"], "pullRequestNumber": TRIED_NUMBER,
        });
        return Ok(would(&context, &what, output));
    }
    let github = account(&parts, &place, input)?;
    let wanted = Wanted {
        github: &github,
        at: place.at(),
        context: &context,
        files,
        gone,
        message: message(&parts, input),
        author: author(&parts, input),
    };
    let opened = wanted.open(branch).await.map_err(|fault| {
        let text = format!("Pull request creation failed: {}", fault.message);
        Fault::new(fault.name, text)
    })?;
    let Some(pull) = opened else {
        context
            .log
            .info("No changes to commit, pull request was not created");
        return Ok(json!({}));
    };
    let text = format!("The pull request {} is open: {}", pull.number, pull.html_url);
    context.log.info(text);
    wanted.ask_people(pull.number).await;
    Ok(json!({
        "targetBranchName": pull.base.name,
        "remoteUrl": pull.html_url,
        "pullRequestNumber": pull.number,
    }))
}

fn part<'a>(input: &'a Value, key: &str) -> Option<&'a str> {
    input[key].as_str().filter(|text| !text.is_empty())
}

fn message(parts: &Parts, input: &Value) -> String {
    let configured = parts.settings.configured_message.as_deref();
    let message = part(input, "commitMessage").or(configured);
    message.or(part(input, "title")).unwrap_or_default().to_owned()
}

/// The author where somebody names one; else GitHub takes the token's user.
fn author(parts: &Parts, input: &Value) -> Option<CommitAuthor> {
    if is(input, "forceEmptyGitAuthor", false) {
        return None;
    }
    let (name, email) = &parts.settings.configured_author;
    let name = part(input, "gitAuthorName").or(name.as_deref());
    let email = part(input, "gitAuthorEmail").or(email.as_deref());
    if name.is_none() && email.is_none() {
        return None;
    }
    Some(CommitAuthor {
        name: name.unwrap_or("Scaffolder").to_owned(),
        email: email.unwrap_or("scaffolder@backstage.io").to_owned(),
    })
}

impl Wanted<'_> {
    /// The pull request; nothing where there is no change and none is wanted then.
    async fn open(&self, branch: &str) -> Result<Option<PullRequest>, Fault> {
        let (github, at, input) = (self.github, self.at, &self.context.input);
        let repository = github.existing(at).await?;
        let base = part(input, "targetBranchName").unwrap_or(&repository.default_branch);
        let may_push = repository.permissions.is_none_or(|permissions| permissions.push);
        let fork = self.fork(may_push).await?;
        let from = match &fork {
            Some((owner, fork)) => FullName {
                owner,
                name: &fork.name,
            },
            None => at,
        };
        let source = fork.as_ref().map_or(&repository, |(_, fork)| fork);
        let known = github.open_pull(at, (source, branch)).await?;
        let Some(commit) = self.commit_once(from, base, known.as_ref()).await? else {
            return Ok(None);
        };
        self.set_branch(from, branch, &commit).await?;
        let mut new = json!({"title": input["title"], "body": input["description"], "base": base});
        if let Some(known) = known {
            return github.edit_pull(at, known.number, &new).await.map(Some);
        }
        new["head"] = format!("{}:{branch}", from.owner).into();
        new["draft"] = is(input, "draft", false).into();
        github.open(at, &new).await.map(Some)
    }

    /// The commit, which an earlier attempt of this step may have made; nothing where there is no change and none is wanted then.
    async fn commit_once(
        &self,
        from: FullName<'_>,
        base: &str,
        known: Option<&PullRequest>,
    ) -> Result<Option<String>, Fault> {
        let marks = Marks(&self.context.checkpoint);
        if let Some(Value::String(before)) = marks.get(COMMIT) {
            return Ok(Some(before));
        }
        if let Some(known) = known
            && marks.own(COMMIT).is_none()
            && !is(&self.context.input, "update", false)
        {
            return Err(Fault::conflict(format!(
                "Pull request already exists: {}. Set update=true to enable updating",
                known.html_url
            )));
        }
        let newest = self.github.newest(self.at, base).await?;
        let made = self.commit(from, &newest).await?;
        if let Some(made) = &made {
            marks.set(COMMIT, json!(made)).await?;
        }
        Ok(made)
    }

    /// The fork that is worked in, with its owner, where the repository itself is not written to.
    async fn fork(&self, may_push: bool) -> Result<Option<(String, Repository)>, Fault> {
        let is_forced = is(&self.context.input, "forceFork", false);
        // A token without a user cannot have a fork; GitHub says then what it lacks.
        if !is_forced && (may_push || self.github.own_login().await?.is_none()) {
            return Ok(None);
        }
        let (owner, fork) = self.github.own_fork(self.at).await?;
        self.context
            .log
            .info(format!("The fork {} is used", fork.full_name));
        Ok(Some((owner, fork)))
    }

    async fn commit(&self, from: FullName<'_>, base: &TreeBase) -> Result<Option<String>, Fault> {
        let mut gone = Vec::new();
        for path in &self.gone {
            if self.github.has_file(self.at, path, &base.commit).await? {
                gone.push(path.clone());
            }
        }
        let tree = if self.files.is_empty() && gone.is_empty() {
            base.tree.clone()
        } else {
            let new = NewTree {
                base,
                files: &self.files,
                gone: &gone,
            };
            self.github.make_tree(from, new).await?
        };
        if tree == base.tree && !is(&self.context.input, "createWhenEmpty", true) {
            return Ok(None);
        }
        let made = (tree.as_str(), base.commit.as_str());
        let commit = self
            .github
            .make_commit(from, made, &self.message, self.author.as_ref())
            .await?;
        Ok(Some(commit))
    }

    async fn set_branch(&self, from: FullName<'_>, branch: &str, commit: &str) -> Result<(), Fault> {
        match self.github.branch(from, branch).await? {
            None => self.github.make_branch(from, branch, commit).await,
            Some(known) if known == commit => Ok(()),
            Some(known) => {
                // As in the original; so that nothing is lost, the log names what was there.
                let text = format!("The branch {branch} was at {known}; it is set to {commit}");
                self.context.log.warning(text);
                self.github.move_branch(from, branch, commit).await
            }
        }
    }

    /// Asks for reviews and assigns. What fails is told, and the pull request stays.
    async fn ask_people(&self, number: u64) {
        let (input, log) = (&self.context.input, &self.context.log);
        let (users, mut teams) = (texts(&input["reviewers"]), texts(&input["teamReviewers"]));
        teams.sort();
        teams.dedup();
        if !users.is_empty() || !teams.is_empty() {
            match self
                .github
                .ask_for_review(self.at, number, (&users, &teams))
                .await
            {
                Ok(()) => log.info(format!(
                    "Added users [{}] and teams [{}] as reviewers to Pull request {number}",
                    users.join(", "),
                    teams.join(", ")
                )),
                Err(fault) => log.error(format!(
                    "Failure when adding reviewers to Pull request {number}: {}",
                    fault.message
                )),
            }
        }
        let mut assignees = texts(&input["assignees"]);
        if assignees.len() > MOST_ASSIGNEES {
            log.warning("Assignees list is too long, only the first 10 will be used.");
            assignees.truncate(MOST_ASSIGNEES);
        }
        if assignees.is_empty() {
            return;
        }
        match self.github.assign(self.at, number, &assignees).await {
            Ok(()) => log.info(format!(
                "Added assignees [{}] to Pull request {number}",
                assignees.join(", ")
            )),
            Err(fault) => log.error(format!(
                "Failure when adding assignees to Pull request {number}: {}",
                fault.message
            )),
        }
    }
}
