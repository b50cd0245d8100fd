//! A commit with the files of the workspace on a branch of a repository that has commits already: what pull requests need, and
//! pushes to repositories in use.

use model::Fault;
use plugin::ActionContext;
use scm::git::{
    Branches, CommitText, FileChanges, Objects, Pushed, Remote, Service, check_branch, fetch, push,
};
use serde_json::json;

use super::blocking;
use crate::run::EARLIER;

/// Most branches that one error names.
const MOST_TOLD: usize = 10;

/// What is to be on the branch.
pub(super) struct Proposal<'a> {
    /// The branch.
    pub(super) branch: &'a str,
    /// The branch on which it begins; without one the default branch.
    pub(super) onto: Option<&'a str>,
    /// A branch that is there already gets one more commit.
    pub(super) may_update: bool,
    /// A commit is made even where no file changes.
    pub(super) may_be_empty: bool,
    pub(super) changes: FileChanges,
    pub(super) text: CommitText,
}

/// What is on the branch now.
pub(super) struct Proposed {
    /// The branch on which it begins.
    pub(super) onto: String,
    /// Its commit; nothing where no file changes and no empty commit is wanted.
    pub(super) commit: Option<String>,
}

/// Pushes the commit. A step that is done again finds the commit that it has pushed before.
pub(super) async fn propose(
    context: &ActionContext,
    remote: &Remote<'_>,
    proposal: Proposal<'_>,
) -> Result<Proposed, Fault> {
    check_branch(proposal.branch)?;
    let branches = remote.branches(Service::Fetch).await?;
    let onto = base_branch(&branches, &proposal, remote.repository)?.to_owned();
    let now = branches.heads.get(proposal.branch);
    let kept = context.checkpoint.get().unwrap_or_default();
    if let Some(commit) = now.filter(|now| kept["commit"] == now.as_str()) {
        let line = format!("Commit {commit} was pushed before to {}", proposal.branch);
        context.log.info(line);
        return Ok(Proposed {
            onto,
            commit: Some(commit.clone()),
        });
    }
    // Where a person has the step done again, its own commit gets another one on top.
    let is_own = now.is_some_and(|now| kept[EARLIER]["commit"] == now.as_str());
    if now.is_some() && !is_own && !proposal.may_update {
        return Err(Fault::conflict(format!(
            "The branch {} of {} is there already; choose another name, or set update to add a commit to it",
            proposal.branch, remote.repository
        )));
    }
    let commit = add_commit(context, remote, &branches, (&onto, now), proposal).await?;
    Ok(Proposed { onto, commit })
}

async fn add_commit(
    context: &ActionContext,
    remote: &Remote<'_>,
    branches: &Branches,
    (onto, now): (&str, Option<&String>),
    proposal: Proposal<'_>,
) -> Result<Option<String>, Fault> {
    let start = now
        .or_else(|| branches.heads.get(onto))
        .cloned()
        .unwrap_or_default();
    let base = fetch(remote, branches, &start).await?;
    let (changes, text) = (proposal.changes, proposal.text);
    let objects = blocking(move || Objects::on_top_of(&base, changes, &text)).await?;
    let (commit, branch) = (objects.commit(), proposal.branch);
    if !objects.is_change() && (now.is_some() || !proposal.may_be_empty) {
        let from = if now.is_some() { branch } else { onto };
        let line = format!("No file differs from {from}: there is nothing to push");
        context.log.info(line);
        return Ok(now.cloned());
    }
    // Kept before it is pushed: whoever does the step again must know it.
    let kept = context.checkpoint.save(&json!({ "commit": commit })).await;
    kept.map_err(|error| Fault::error(error.to_string()))?;
    let pushed = push(remote, branch, now.map(String::as_str), &objects).await?;
    let word = if pushed == Pushed::New {
        "is pushed"
    } else {
        "was pushed before"
    };
    let line = format!("Commit {commit} {word} to {branch}, on top of {onto}");
    context.log.info(line);
    Ok(Some(commit))
}

/// The branch on which the commit begins.
fn base_branch<'a>(
    branches: &'a Branches,
    proposal: &'a Proposal<'_>,
    repository: &str,
) -> Result<&'a str, Fault> {
    if branches.heads.is_empty() {
        return Err(Fault::input(format!(
            "{repository} has no commits yet, and nothing can be proposed to it; publish it first"
        )));
    }
    let onto = proposal.onto.or(branches.default.as_deref()).ok_or_else(|| {
        Fault::input(format!(
            "{repository} does not say which branch is its default one; set targetBranchName"
        ))
    })?;
    if onto == proposal.branch {
        return Err(Fault::input(format!(
            "The branch {onto} cannot be proposed to itself; choose another branchName"
        )));
    }
    if !branches.heads.contains_key(onto) {
        let known: Vec<&str> = branches
            .heads
            .keys()
            .map(String::as_str)
            .take(MOST_TOLD)
            .collect();
        return Err(Fault::not_found(format!(
            "{repository} has no branch {onto}; it has {}",
            known.join(", ")
        )));
    }
    Ok(onto)
}
