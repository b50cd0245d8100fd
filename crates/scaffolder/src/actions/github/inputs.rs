//! The inputs that several of the actions have, with the names and defaults of the original
//! (`plugins/scaffolder-backend-module-github/src/actions/inputProperties.ts`).

use serde_json::{Map, Value, json};

use super::super::at_host;
use super::super::{flag, text};

/// The schema of an input with these of the shared keys, and further ones.
pub(super) fn input(required: &[&str], shared: &[&str], own: &Value) -> Value {
    let mut all: Map<String, Value> = shared
        .iter()
        .map(|key| ((*key).to_owned(), property(key)))
        .collect();
    let own = own.as_object().into_iter().flatten();
    all.extend(own.map(|(key, schema)| (key.clone(), schema.clone())));
    at_host::input(required, all.into())
}

/// The outputs of actions that publish.
pub(super) fn outputs() -> Value {
    super::super::published::output()
}

/// Keys that say how a new repository is.
pub(super) const REPOSITORY: [&str; 24] = [
    "repoUrl",
    "description",
    "homepage",
    "access",
    "repoVisibility",
    "deleteBranchOnMerge",
    "allowMergeCommit",
    "allowSquashMerge",
    "squashMergeCommitTitle",
    "squashMergeCommitMessage",
    "allowRebaseMerge",
    "allowAutoMerge",
    "allowUpdateBranch",
    "collaborators",
    "hasProjects",
    "hasWiki",
    "hasIssues",
    "token",
    "topics",
    "repoVariables",
    "secrets",
    "oidcCustomization",
    "customProperties",
    "subscribe",
];

/// Keys that say how a branch is protected.
pub(super) const PROTECTION: [&str; 10] = [
    "requireCodeOwnerReviews",
    "dismissStaleReviews",
    "requiredStatusCheckContexts",
    "requireBranchesToBeUpToDate",
    "requiredConversationResolution",
    "requireLastPushApproval",
    "bypassPullRequestAllowances",
    "requiredApprovingReviewCount",
    "restrictions",
    "requiredCommitSigning",
];

/// Keys that say what is pushed.
pub(super) const PUSH: [&str; 8] = [
    "defaultBranch",
    "protectDefaultBranch",
    "protectEnforceAdmins",
    "gitCommitMessage",
    "gitAuthorName",
    "gitAuthorEmail",
    "sourcePath",
    "requiredLinearHistory",
];

/// The schema of one key.
fn property(key: &str) -> Value {
    about_flag(key)
        .or_else(|| about_text(key))
        .unwrap_or_else(|| about_parts(key))
}

fn about_flag(key: &str) -> Option<Value> {
    let (default, description) = match key {
        "requireCodeOwnerReviews" => (
            None,
            "Require an approved review in PR including files with a designated Code Owner",
        ),
        "dismissStaleReviews" => (
            None,
            "New reviewable commits pushed to a matching branch will dismiss pull request review approvals.",
        ),
        "requireBranchesToBeUpToDate" => (
            Some(true),
            "Require branches to be up to date before merging. The default value is `true`",
        ),
        "requiredConversationResolution" => (
            None,
            "Requires all conversations on code to be resolved before a pull request can be merged into this branch",
        ),
        "requireLastPushApproval" => (
            Some(false),
            "Whether the most recent push to a PR must be approved by someone other than the person who pushed it. The default value is `false`",
        ),
        "requiredCommitSigning" => (
            None,
            "Require commit signing so that you must sign commits on this branch.",
        ),
        "requiredLinearHistory" => (
            None,
            "Prevent merge commits from being pushed to matching branches.",
        ),
        "deleteBranchOnMerge" => (
            Some(false),
            "Delete the branch after merging the PR. The default value is `false`",
        ),
        "allowMergeCommit" => (Some(true), "Allow merge commits. The default value is `true`"),
        "allowSquashMerge" => (Some(true), "Allow squash merges. The default value is `true`"),
        "allowRebaseMerge" => (Some(true), "Allow rebase merges. The default value is `true`"),
        "allowUpdateBranch" => (
            Some(false),
            "Allow branch to be updated. The default value is `false`",
        ),
        "allowAutoMerge" => (
            Some(false),
            "Allow individual PRs to merge automatically when all merge requirements are met. The default value is `false`",
        ),
        "hasProjects" => (
            None,
            "Enable projects for the repository. The default value is `true` unless the organization has disabled repository projects",
        ),
        "hasWiki" => (
            Some(true),
            "Enable the wiki for the repository. The default value is `true`",
        ),
        "hasIssues" => (
            Some(true),
            "Enable issues for the repository. The default value is `true`",
        ),
        "protectDefaultBranch" => (
            Some(true),
            "Protect the default branch after creating the repository. The default value is `true`",
        ),
        "protectEnforceAdmins" => (
            Some(true),
            "Enforce admins to adhere to default branch protection. The default value is `true`",
        ),
        "subscribe" => (None, "Subscribe to the repository. The default value is 'false'"),
        _ => return None,
    };
    let mut schema = flag(description);
    if let Some(default) = default {
        schema["default"] = default.into();
    }
    Some(schema)
}

fn about_text(key: &str) -> Option<Value> {
    let (default, description) = match key {
        "repoUrl" => (
            None,
            "Accepts the format `github.com?repo=reponame&owner=owner` where `reponame` is the new repository name and `owner` is an organization or username",
        ),
        "description" => (None, "Repository Description"),
        "homepage" => (None, "Repository Homepage"),
        "access" => (
            None,
            "Sets an admin collaborator on the repository. Can either be a user reference different from `owner` in `repoUrl` or team reference, eg. `org/team-name`",
        ),
        "token" => (None, "The token to use for authorization to GitHub"),
        "defaultBranch" => (
            Some("master"),
            "Sets the default branch on the repository. The default value is 'master'",
        ),
        "gitCommitMessage" => (
            Some("initial commit"),
            "Sets the commit message on the repository. The default value is `initial commit`",
        ),
        "gitAuthorName" => (
            Some("Scaffolder"),
            "Sets the default author name for the commit. The default value is `Scaffolder`",
        ),
        "gitAuthorEmail" => (None, "Sets the default author email for the commit."),
        "sourcePath" => (
            None,
            "Path within the workspace that will be used as the repository root. If omitted, the entire workspace will be published as the repository.",
        ),
        _ => return None,
    };
    let mut schema = text(description);
    if let Some(default) = default {
        schema["default"] = default.into();
    }
    Some(schema)
}

fn about_parts(key: &str) -> Value {
    let list =
        |description: &str| json!({"type": "array", "items": {"type": "string"}, "description": description});
    let map = |description: &str| json!({"type": "object", "additionalProperties": {"type": "string"}, "description": description});
    match key {
        "repoVisibility" => {
            json!({"type": "string", "enum": ["private", "public", "internal"], "description": "Repository Visibility"})
        }
        "squashMergeCommitTitle" => json!({
            "type": "string", "enum": ["PR_TITLE", "COMMIT_OR_PR_TITLE"], "default": "COMMIT_OR_PR_TITLE",
            "description": "Sets the default value for a squash merge commit title. The default value is `COMMIT_OR_PR_TITLE`",
        }),
        "squashMergeCommitMessage" => json!({
            "type": "string", "enum": ["PR_BODY", "COMMIT_MESSAGES", "BLANK"], "default": "COMMIT_MESSAGES",
            "description": "Sets the default value for a squash merge commit message. The default value is `COMMIT_MESSAGES`",
        }),
        "requiredStatusCheckContexts" => {
            list("The list of status checks to require in order to merge into this branch")
        }
        "topics" => list("Adds topics to the repository"),
        "repoVariables" => map("Variables attached to the repository"),
        "secrets" => map("Secrets attached to the repository"),
        "requiredApprovingReviewCount" => json!({
            "type": "number",
            "description": "Specify the number of reviewers required to approve pull requests. Use a number between `1` and `6` or `0` to not require reviewers. Defaults to `1`.",
        }),
        "bypassPullRequestAllowances" => people(
            &[],
            "Allow specific users, teams, or apps to bypass pull request requirements.",
        ),
        "restrictions" => people(
            &["users", "teams"],
            "Restrict who can push to the protected branch. User, app, and team restrictions are only available for organization-owned repositories.",
        ),
        "collaborators" => collaborators(),
        "oidcCustomization" => json!({
            "type": "object",
            "description": "OIDC customization template attached to the repository.",
            "properties": {
                "useDefault": {"type": "boolean", "default": true, "description": "Whether to use the default template or not. If true, includeClaimKeys must not be set."},
                "includeClaimKeys": list("Array of unique strings. Each claim key can only contain alphanumeric characters and underscores."),
            },
        }),
        "customProperties" => json!({
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "description": "Custom properties to be added to the repository (note, this only works for organization repositories). All values must be strings",
        }),
        _ => json!({}),
    }
}

fn people(required: &[&str], description: &str) -> Value {
    let list = json!({"type": "array", "items": {"type": "string"}});
    json!({
        "type": "object", "required": required, "description": description,
        "properties": {"apps": list, "users": list, "teams": list},
    })
}

fn collaborators() -> Value {
    let one = |kind: &str| {
        json!({
            "type": "object",
            "required": ["access", kind],
            "properties": {
                "access": text(&format!("The type of access for the {kind}")),
                (kind): text(&format!("The name of the {kind} that will be added as a collaborator")),
            },
        })
    };
    json!({
        "type": "array",
        "description": "Provide additional users or teams with permissions",
        "items": {"anyOf": [one("user"), one("team")]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shared_key_is_described() {
        for key in REPOSITORY.iter().chain(&PROTECTION).chain(&PUSH) {
            assert!(property(key)["description"].is_string(), "{key}");
        }
    }
}
