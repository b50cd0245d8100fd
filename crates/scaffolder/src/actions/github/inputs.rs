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
            "True requires that code owners approve changes of their files. Default: `false`.",
        ),
        "dismissStaleReviews" => (
            None,
            "True takes approvals back once a commit is pushed. Default: `false`.",
        ),
        "requireBranchesToBeUpToDate" => (
            Some(true),
            "True merges only what has the newest commit of the branch. Default: `true`.",
        ),
        "requiredConversationResolution" => (
            None,
            "True stops a merge while a conversation is open. Default: `false`.",
        ),
        "requireLastPushApproval" => (
            Some(false),
            "True requires that another person approves the last push. Default: `false`.",
        ),
        "requiredCommitSigning" => (None, "True takes only signed commits. Default: `false`."),
        "requiredLinearHistory" => (
            None,
            "True refuses merge commits on the branch. Default: `false`.",
        ),
        "deleteBranchOnMerge" => (
            Some(false),
            "True deletes the branch of a merged pull request. Default: `false`.",
        ),
        "allowMergeCommit" => (Some(true), "True offers merge commits. Default: `true`."),
        "allowSquashMerge" => (Some(true), "True offers to squash. Default: `true`."),
        "allowRebaseMerge" => (Some(true), "True offers to rebase. Default: `true`."),
        "allowUpdateBranch" => (
            Some(false),
            "True offers to bring a pull request's branch up to date. Default: `false`.",
        ),
        "allowAutoMerge" => (
            Some(false),
            "True offers auto-merge for pull requests. Default: `false`.",
        ),
        "hasProjects" => (
            None,
            "True gives the repository projects. Default: what the organisation allows, else `true`.",
        ),
        "hasWiki" => (Some(true), "True gives the repository a wiki. Default: `true`."),
        "hasIssues" => (Some(true), "True gives the repository issues. Default: `true`."),
        "protectDefaultBranch" => (
            Some(true),
            "True protects the branch after the push. Default: `true`.",
        ),
        "protectEnforceAdmins" => (
            Some(true),
            "True binds administrators to the rules too. Default: `true`.",
        ),
        "subscribe" => (
            None,
            "True has the token's user watch the repository. Default: `false`.",
        ),
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
            "Host, owner and name of the repository. Write `github.com?owner=owner&repo=name`. The owner is an organisation or a user.",
        ),
        "description" => (None, "What the repository is for. Write one line. Default: none."),
        "homepage" => (None, "Address of the project's website. Default: none."),
        "access" => (
            None,
            "Who administers the repository. Write the login of a user, or a team as `organisation/team`. The owner has access without it. Default: nobody else.",
        ),
        "token" => (
            None,
            "Access token for GitHub. Default: the one of the host's integration.",
        ),
        "defaultBranch" => (
            Some("master"),
            "Branch that gets the first commit. Default: `master`.",
        ),
        "gitCommitMessage" => (
            Some("initial commit"),
            "Message of the first commit. Default: `scaffolder.defaultCommitMessage`, else `initial commit`.",
        ),
        "gitAuthorName" => (
            Some("Scaffolder"),
            "Name of the first commit's author. Default: `scaffolder.defaultAuthor.name`, else `Scaffolder`.",
        ),
        "gitAuthorEmail" => (
            None,
            "Mail address of the first commit's author. Default: `scaffolder.defaultAuthor.email`, else `scaffolder@backstage.io`.",
        ),
        "sourcePath" => (
            None,
            "Folder of the workspace that is pushed. Default: the whole workspace.",
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
            json!({"type": "string", "enum": ["private", "public", "internal"], "description": "Who sees the repository. Default: `private`."})
        }
        "squashMergeCommitTitle" => json!({
            "type": "string", "enum": ["PR_TITLE", "COMMIT_OR_PR_TITLE"], "default": "COMMIT_OR_PR_TITLE",
            "description": "Title of a squashed commit. `PR_TITLE` is the pull request's. `COMMIT_OR_PR_TITLE` is the commit's where there is only one. Default: `COMMIT_OR_PR_TITLE`.",
        }),
        "squashMergeCommitMessage" => json!({
            "type": "string", "enum": ["PR_BODY", "COMMIT_MESSAGES", "BLANK"], "default": "COMMIT_MESSAGES",
            "description": "Text of a squashed commit. `PR_BODY` is the pull request's. `COMMIT_MESSAGES` are those of the commits. `BLANK` is none. Default: `COMMIT_MESSAGES`.",
        }),
        "requiredStatusCheckContexts" => {
            list("Checks that must pass before a merge. Write their names. Default: none.")
        }
        "topics" => list("Topics of the repository. The step writes them in lower case. Default: none."),
        "repoVariables" => map("Variables for workflows. Write each as a name with a text. Default: none."),
        "secrets" => map("Secrets for workflows. Write each as a name with a text. Default: none."),
        "requiredApprovingReviewCount" => json!({
            "type": "number",
            "description": "How many people must approve a pull request. Write `0` to `6`. Default: `1`.",
        }),
        "bypassPullRequestAllowances" => people(
            &[],
            "Users, teams and apps that need no pull request. Write logins and slugs. Default: none.",
        ),
        "restrictions" => people(
            &["users", "teams"],
            "Users, teams and apps that may push to the branch. Write logins and slugs. GitHub takes them for repositories of organisations alone. Default: all who may write.",
        ),
        "collaborators" => collaborators(),
        "oidcCustomization" => json!({
            "type": "object",
            "description": "How OIDC tokens of workflows name their subject. Default: GitHub decides.",
            "properties": {
                "useDefault": {"type": "boolean", "default": true, "description": "True keeps GitHub's form of the subject. Leave `includeClaimKeys` out then. Default: `true`."},
                "includeClaimKeys": list("Claims of which the subject is made. Write each once, with letters, digits and `_`."),
            },
        }),
        "customProperties" => json!({
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "description": "Custom properties of the repository. Write each as a name with a text or a list of texts. Users' repositories get none. Default: none.",
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
                "access": text(&format!("What the {kind} may do: `pull`, `triage`, `push`, `maintain`, `admin` or a role of the organisation.")),
                (kind): text(&format!("Name of the {kind}. The step takes what stands behind the last `:` or `/`.")),
            },
        })
    };
    json!({
        "type": "array",
        "description": "Users and teams that get access. Default: none.",
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
