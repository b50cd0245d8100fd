//! The inputs that say how a branch is protected, and the rule that the server is given for them.

use model::Fault;
use plugin::ActionContext;
use scm::gitea::{Gitea, Repository};
use serde_json::{Map, Value, json};

use super::super::{flag, text};
use super::texts;

/// Approvals that a pull request needs, unless the input says otherwise, as at GitHub.
const APPROVALS: u64 = 1;

/// The inputs. Those of GitHub's actions that Gitea has no rule for are left out.
pub(super) fn properties() -> Value {
    json!({
        "requiredApprovingReviewCount": {
            "type": "integer", "minimum": 0, "maximum": 100,
            "description": "The number of approvals that a pull request needs to be merged. Default: 1.",
        },
        "dismissStaleReviews": flag("New commits take away the approvals that there are. Default: false."),
        "requireCodeOwnerReviews": flag(
            "A pull request cannot be merged while official reviewers, such as those of CODEOWNERS, have not answered. Default: false.",
        ),
        "requiredStatusCheckContexts": {
            "type": "array", "items": {"type": "string", "minLength": 1},
            "description": "The checks that must succeed before a pull request is merged, as patterns of their contexts.",
        },
        "requireBranchesToBeUpToDate": flag(
            "A pull request must have the newest commit of the branch to be merged. Default: true where checks are required.",
        ),
        "requiredCommitSigning": flag("Only signed commits are taken. Default: false."),
        "restrictions": {
            "type": "object", "additionalProperties": false,
            "description": "Who may push to the branch without a pull request. Default: nobody.",
            "properties": {
                "users": {"type": "array", "items": {"type": "string"}, "description": "Names of users."},
                "teams": {"type": "array", "items": {"type": "string"}, "description": "Names of teams of the organisation."},
            },
        },
    })
}

/// The inputs of actions that protect the default branch beside other work.
pub(super) fn default_branch_properties() -> Value {
    let more = json!({
        "protectDefaultBranch": flag(
            "Protect the default branch after the push: changes need a pull request. Default: false.",
        ),
        "protectEnforceAdmins": flag("Administrators are held to the rule, too (Gitea 1.23 and later). Default: true."),
    });
    super::with(properties(), &more)
}

/// The fields of the rule, in the words of the API.
pub(super) fn fields(input: &Value, enforce_admins: bool) -> Map<String, Value> {
    let is = |key: &str| input[key] == true;
    let checks = texts(&input["requiredStatusCheckContexts"]);
    let up_to_date = input["requireBranchesToBeUpToDate"].as_bool();
    let (users, teams) = (
        texts(&input["restrictions"]["users"]),
        texts(&input["restrictions"]["teams"]),
    );
    let may_push = !users.is_empty() || !teams.is_empty();
    let fields = json!({
        "enable_push": may_push,
        "enable_push_whitelist": may_push,
        "push_whitelist_usernames": users,
        "push_whitelist_teams": teams,
        "required_approvals": input["requiredApprovingReviewCount"].as_u64().unwrap_or(APPROVALS),
        "dismiss_stale_approvals": is("dismissStaleReviews"),
        "block_on_official_review_requests": is("requireCodeOwnerReviews"),
        "enable_status_check": !checks.is_empty(),
        "status_check_contexts": checks,
        "block_on_outdated_branch": up_to_date.unwrap_or(!checks.is_empty()),
        "require_signed_commits": is("requiredCommitSigning"),
        "block_admin_merge_override": enforce_admins,
    });
    fields.as_object().cloned().unwrap_or_default()
}

/// Protects a branch, and says so.
pub(super) async fn protect(
    context: &ActionContext,
    gitea: &Gitea,
    repository: &Repository,
    branch: &str,
    fields: &Map<String, Value>,
) -> Result<(), Fault> {
    let rule = gitea.protect(repository, branch, fields).await?;
    let word = if rule.is_new { "made" } else { "set" };
    let line = format!("The rule for {branch} of {} is {word}", repository.full_name);
    context.log.info(line);
    let missed = rule.unknown.iter().filter(|field| asks_for(&fields[*field]));
    for field in missed {
        let version = gitea.features().await?.named;
        context.log.warning(format!(
            "The version {version} of the server does not know {field}, and the rule is without it"
        ));
    }
    Ok(())
}

/// Whether a field makes a difference where the server does not know it.
fn asks_for(value: &Value) -> bool {
    !matches!(value, Value::Bool(false)) && *value != json!([]) && *value != json!(0)
}

/// Protects the default branch where the input says so.
pub(super) async fn protect_default(
    context: &ActionContext,
    gitea: &Gitea,
    repository: &Repository,
    branch: &str,
) -> Result<(), Fault> {
    let input = &context.input;
    if input["protectDefaultBranch"] != true {
        return Ok(());
    }
    let enforce_admins = input["protectEnforceAdmins"] != false;
    protect(context, gitea, repository, branch, &fields(input, enforce_admins)).await
}

/// The words with which a dry run says the same.
pub(super) fn foreseen(input: &Value, branch: &str) -> String {
    if input["protectDefaultBranch"] == true {
        format!(", and protect {branch}")
    } else {
        String::new()
    }
}

/// The name or pattern of the branches of a rule.
pub(super) fn branch_property() -> Value {
    text(
        "The branch to protect, or a pattern such as release/**. Default: the default branch of the repository.",
    )
}
