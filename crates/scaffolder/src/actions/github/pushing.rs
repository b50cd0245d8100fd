//! The first commit of a repository, and the rules for the branch that it makes.

use model::Fault;
use plugin::ActionContext;
use scm::git::{Objects, Pushed, Remote, push_first};
use scm::github::{FullName, Github, Protected, Repository};
use serde_json::{Value, json};

use super::super::at_host::{Place, is, texts, would};

/// Name of the first branch, unless the input says otherwise.
const BRANCH: &str = "master";

/// The branch that is pushed.
pub(super) fn branch(input: &Value) -> &str {
    input["defaultBranch"]
        .as_str()
        .filter(|name| !name.is_empty())
        .unwrap_or(BRANCH)
}

/// Pushes the commit, protects the branch, and gives the output of the action.
pub(super) async fn push_and_protect(
    github: &Github,
    repository: &Repository,
    objects: &Objects,
    (place, context): (&Place, &ActionContext),
) -> Result<Value, Fault> {
    let (input, at) = (&context.input, place.at());
    let branch = branch(input);
    let remote = github.remote(repository)?;
    let target = Remote {
        host: github.host(),
        repository: &remote,
        authorization: Some(github.git_authorization()),
    };
    let word = match push_first(&target, branch, objects).await? {
        Pushed::New => "is pushed",
        Pushed::Known => "was pushed before",
    };
    context
        .log
        .info(format!("Commit {} {word} to {branch}", objects.commit()));
    if is(input, "protectDefaultBranch", true) {
        protect(github, at, branch, context).await;
    }
    Ok(output(
        &repository.clone_url,
        &repository.html_url,
        branch,
        objects,
    ))
}

/// What a dry run gives: the addresses that GitHub would give.
pub(super) fn tried(place: &Place, context: &ActionContext, objects: &Objects, begin: &str) -> Value {
    let (input, at) = (&context.input, place.at());
    let branch = branch(input);
    let page = format!("https://{}/{at}", place.host);
    let protection = if is(input, "protectDefaultBranch", true) {
        ", and protect that branch"
    } else {
        ""
    };
    let what = format!(
        "{begin} the commit {} to the branch {branch} of {at}{protection}",
        objects.commit()
    );
    would(
        context,
        &what,
        output(&format!("{page}.git"), &page, branch, objects),
    )
}

fn output(clone: &str, page: &str, branch: &str, objects: &Objects) -> Value {
    json!({
        "remoteUrl": clone,
        "repoContentsUrl": format!("{page}/blob/{branch}"),
        "commitHash": objects.commit(),
    })
}

/// Protects the first branch. Where that fails the log says why, and the repository is used without, as in the original.
async fn protect(github: &Github, at: FullName<'_>, branch: &str, context: &ActionContext) {
    let input = &context.input;
    let must_sign = is(input, "requiredCommitSigning", false);
    let rules = rules(input, is(input, "protectEnforceAdmins", true));
    match github.protect(at, branch, &rules, must_sign).await {
        Ok(Protected::Yes) => context.log.info(format!("The branch {branch} is protected")),
        Ok(Protected::NotInPlan) => context
            .log
            .warning("Branch protection was not enabled as it requires GitHub Pro for private repositories"),
        Err(fault) => context.log.warning(format!(
            "Skipping: default branch protection on '{}', {}",
            at.name, fault.message
        )),
    }
}

/// The keys of the call that protects a branch.
pub(super) fn rules(input: &Value, binds_admins: bool) -> Value {
    let mut reviews = json!({
        "required_approving_review_count": input["requiredApprovingReviewCount"].as_f64().map_or(1, whole),
        "require_code_owner_reviews": is(input, "requireCodeOwnerReviews", false),
        "dismiss_stale_reviews": is(input, "dismissStaleReviews", false),
        "require_last_push_approval": is(input, "requireLastPushApproval", false),
    });
    if let Some(allowances) = input.get("bypassPullRequestAllowances") {
        reviews["bypass_pull_request_allowances"] = allowances.clone();
    }
    json!({
        "required_status_checks": {
            "strict": is(input, "requireBranchesToBeUpToDate", true),
            "contexts": texts(&input["requiredStatusCheckContexts"]),
        },
        "restrictions": input["restrictions"],
        "enforce_admins": binds_admins,
        "required_pull_request_reviews": reviews,
        "required_conversation_resolution": is(input, "requiredConversationResolution", false),
        "required_linear_history": is(input, "requiredLinearHistory", false),
    })
}

/// A count; the schema takes any number.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is within bounds"
)]
fn whole(count: f64) -> u64 {
    count.clamp(0.0, 6.0) as u64
}
