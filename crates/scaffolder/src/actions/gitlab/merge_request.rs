//! `publish:gitlab:merge-request`: the workspace becomes a change of a project that is there
//! (`plugins/scaffolder-backend-module-gitlab/src/actions/gitlabMergeRequest.ts` of the original).

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use scm::gitlab::{FileChange, Gitlab, MergeRequest};
use serde_json::{Value, json};

use super::super::at_host::{self, About, Marks, Parts, example, is, texts, would};
use super::super::change::{files, joined};
use super::super::{flag, object, text};
use super::{account, committing, repo_url, token};

/// The mark of a branch that this step began to make.
const BRANCH: &str = "branch";

pub(super) fn about() -> About {
    let output = json!({
        "targetBranchName": text("Branch into which the merge request goes."),
        "projectid": text("Path of the project, or its number where `repoUrl` names that."),
        "projectPath": text("The same as `projectid`."),
        "mergeRequestUrl": text("Address of the merge request's page."),
    });
    About {
        id: "publish:gitlab:merge-request",
        description: "Commits the workspace to a new branch and opens a merge request at GitLab.",
        input: at_host::input(&["repoUrl", "branchName", "title"], inputs()),
        output: object(&[], output),
        examples: example(
            "Opens a merge request. It adds the workspace below apps.",
            json!({
                "repoUrl": "gitlab.com?repo=project_name&owner=group_name", "title": "Add orders",
                "description": "Takes orders of customers.", "branchName": "add-orders", "sourcePath": ".", "targetPath": "apps",
            }),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

fn inputs() -> Value {
    let list = json!({"type": "array", "items": {"type": "string"}});
    json!({
        "repoUrl": repo_url(),
        "title": text("Title of the merge request. It is the commit's message too."),
        "description": text("Text of the merge request. Write Markdown. Default: none."),
        "branchName": text("Branch that gets the commit. The step makes it."),
        "targetBranchName": text("Branch into which the merge request goes. Default: the project's default branch."),
        "sourcePath": text("Folder of the workspace whose files are committed. Write `.` for the whole workspace. Default: the folder that `targetPath` names, else the whole workspace."),
        "targetPath": text("Folder of the project that gets the files. Default: its root."),
        "token": token(),
        "commitAction": {
            "type": "string", "enum": ["create", "delete", "update", "skip", "auto"],
            "description": "What the commit does with each file. `auto` creates what is new, updates what differs and skips the rest. `skip` commits nothing. Default: `auto`.",
        },
        "projectid": text("Deprecated. It has no effect. Write `gitlab.com?project=group/name` as `repoUrl` instead."),
        "removeSourceBranch": flag("True deletes the branch after the merge. Default: `false`."),
        "assignee": text("User to whom the merge request is assigned. Write the username. Default: nobody."),
        "reviewers": {"type": "array", "items": {"type": "string"}, "description": "Users who are asked for a review. Write their usernames. Default: none."},
        "assignReviewersFromApprovalRules": flag("True also asks those who may approve by the project's rules. Code owners are among them. Default: `false`."),
        "labels": {"anyOf": [{"type": "string"}, list], "description": "Labels of the merge request. Write a list, or one text with commas between them. Default: none."},
    })
}

/// A merge request that is to be.
struct Wanted<'a> {
    gitlab: Gitlab,
    project: String,
    branch: &'a str,
    title: &'a str,
    context: &'a ActionContext,
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let place = parts.place(&context, "gitlab")?;
    let project = place.project_path();
    let part = |key: &str| input[key].as_str().filter(|text| !text.is_empty());
    let branch = part("branchName").ok_or_else(|| Fault::input("branchName is empty"))?;
    let target = part("targetPath");
    // As in the original, the folder is the same on both sides where only the one in the project is named.
    let files = files(&context, part("sourcePath").or(target), target).await?;
    let output = |into: &str, page: &str| json!({"projectid": project, "targetBranchName": into, "projectPath": project, "mergeRequestUrl": page});
    if context.dry_run {
        let what = format!(
            "a merge request of the branch {branch} would be opened in {project}, with {} files",
            files.len()
        );
        let into = part("targetBranchName").unwrap_or("<example>");
        return Ok(would(&context, &what, output(into, "<example>")));
    }
    let wanted = Wanted {
        gitlab: account(&parts, &place.host, input)?,
        project: project.clone(),
        branch,
        title: part("title").ok_or_else(|| Fault::input("title is empty"))?,
        context: &context,
    };
    let into = wanted.target(part("targetBranchName")).await?;
    let folder = joined(target, "")?;
    let action = part("commitAction").unwrap_or("auto");
    let is_again =
        committing::is_done_again(&context) && wanted.gitlab.branch(&project, branch).await?.is_some();
    let compared = if is_again { branch } else { into.as_str() };
    let at = (project.as_str(), compared, folder.as_str());
    let changes = committing::changes(&wanted.gitlab, at, files, action, is_again).await?;
    let opened = wanted.open(&into, &changes).await?;
    let text = format!("The merge request {} is open: {}", opened.iid, opened.web_url);
    context.log.info(text);
    Ok(output(&into, &opened.web_url))
}

impl Wanted<'_> {
    async fn target(&self, named: Option<&str>) -> Result<String, Fault> {
        if let Some(named) = named {
            return Ok(named.to_owned());
        }
        let project = self.gitlab.existing(&self.project).await?;
        project.default_branch.ok_or_else(|| {
            Fault::input(format!(
                "The branch creation failed. Target branch was not provided, and could not find default branch from project \
                 settings. Project: {}",
                self.project
            ))
        })
    }

    async fn open(&self, into: &str, changes: &[FileChange]) -> Result<MergeRequest, Fault> {
        let (gitlab, project, input) = (&self.gitlab, self.project.as_str(), &self.context.input);
        let is_again = self.make_branch(into, !changes.is_empty()).await?;
        if !changes.is_empty() {
            let at = (project, self.branch);
            committing::commit_once(gitlab, at, self.title, changes, self.context).await?;
        }
        let reviewers = self.people(&texts(&input["reviewers"]), "reviewer").await;
        let known = if is_again {
            gitlab.open_merge_request(project, self.branch).await?
        } else {
            None
        };
        let opened = match known {
            Some(known) => known,
            None => {
                gitlab
                    .open(project, &self.request(into, &reviewers).await)
                    .await?
            }
        };
        if is(input, "assignReviewersFromApprovalRules", false)
            && let Err(fault) = self.add_approvers(&opened, reviewers).await
        {
            let text = format!(
                "Failed to assign reviewers from approval rules: {}",
                fault.message
            );
            self.context.log.warning(text);
        }
        Ok(opened)
    }

    /// Makes the branch; whether an earlier attempt of this step did. One that is there is used only where nothing is changed.
    async fn make_branch(&self, into: &str, has_changes: bool) -> Result<bool, Fault> {
        let (gitlab, project, branch) = (&self.gitlab, self.project.as_str(), self.branch);
        let marks = Marks(&self.context.checkpoint);
        let is_again = marks.own(BRANCH).is_some();
        match gitlab.branch(project, branch).await? {
            Some(_) if is_again => {}
            Some(known) if has_changes => {
                let request = gitlab.open_merge_request(project, branch).await?;
                let more = request.map_or_else(String::new, |request| {
                    format!(
                        " Additionally, there is a Merge Request for this branch: {}",
                        request.web_url
                    )
                });
                return Err(Fault::input(format!(
                    "The branch creation failed because the branch already exists at: {}.{more}",
                    known.web_url
                )));
            }
            Some(_) => {
                self.context
                    .log
                    .info(format!("Using existing branch {branch} without modification."));
            }
            None => {
                let making = gitlab.create_branch(project, branch, into);
                marks.announce(BRANCH, json!(branch), making).await?;
            }
        }
        Ok(is_again)
    }

    /// The keys of the call that opens the merge request.
    async fn request(&self, into: &str, reviewers: &[u64]) -> Value {
        let input = &self.context.input;
        let mut new = json!({
            "source_branch": self.branch,
            "target_branch": into,
            "title": self.title,
            "remove_source_branch": is(input, "removeSourceBranch", false),
        });
        if let Some(description) = input.get("description") {
            new["description"] = description.clone();
        }
        if !reviewers.is_empty() {
            new["reviewer_ids"] = json!(reviewers);
        }
        let assignee: Vec<String> = input["assignee"]
            .as_str()
            .map(str::to_owned)
            .into_iter()
            .collect();
        if let Some(assignee) = self.people(&assignee, "assignee").await.first() {
            new["assignee_id"] = json!(assignee);
        }
        match &input["labels"] {
            Value::String(labels) => new["labels"] = labels.as_str().into(),
            list @ Value::Array(_) => new["labels"] = texts(list).join(",").into(),
            _ => {}
        }
        new
    }

    /// The numbers of people; one who is not found is told and left out.
    async fn people(&self, names: &[String], what: &str) -> Vec<u64> {
        let mut found = Vec::new();
        for name in names {
            match self.gitlab.user(name).await {
                Ok(id) => found.push(id),
                Err(fault) => self.context.log.warning(format!(
                    "Failed to find gitlab user id for {name}: {}. Proceeding with MR creation without {what}.",
                    fault.message
                )),
            }
        }
        found
    }

    async fn add_approvers(&self, opened: &MergeRequest, mut reviewers: Vec<u64>) -> Result<(), Fault> {
        let approvers = self.gitlab.approvers(&self.project, opened.iid).await?;
        if approvers.is_empty() {
            return Ok(());
        }
        reviewers.extend(approvers);
        reviewers.sort_unstable();
        reviewers.dedup();
        self.gitlab
            .set_reviewers(&self.project, opened.iid, &reviewers)
            .await
    }
}
