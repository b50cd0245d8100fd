//! `gitlab:issues:create`: an issue of a project.

use std::sync::Arc;

use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{self, About, Marks, Parts, example, would};
use super::super::{flag, object, text};
use super::{account, host_of, project_of, repo_url, token};

/// The mark of the issue that this step made.
const MADE: &str = "made";
/// The keys of the call by the keys of the input.
const KEYS: [(&str, &str); 13] = [
    ("title", "title"),
    ("description", "description"),
    ("assignees", "assignee_ids"),
    ("confidential", "confidential"),
    ("createdAt", "created_at"),
    ("dueDate", "due_date"),
    ("discussionToResolve", "discussion_to_resolve"),
    ("epicId", "epic_id"),
    ("labels", "labels"),
    ("issueType", "issue_type"),
    (
        "mergeRequestToResolveDiscussionsOf",
        "merge_request_to_resolve_discussions_of",
    ),
    ("milestoneId", "milestone_id"),
    ("weight", "weight"),
];

pub(super) fn about() -> About {
    let number = |description: &str| json!({"type": "number", "description": description});
    let time = |description: &str| {
        json!({
            "type": "string", "description": description,
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$",
        })
    };
    let input = json!({
        "repoUrl": repo_url(),
        "token": token(),
        "projectId": number("Project Id"),
        "title": text("Title of the issue"),
        "assignees": {"type": "array", "items": {"type": "number"}, "description": "IDs of the users to assign the issue to."},
        "confidential": flag("Issue Confidentiality"),
        "description": {"type": "string", "maxLength": 1_048_576, "description": "Issue description"},
        "createdAt": time("Creation date/time"),
        "dueDate": time("Due date/time"),
        "discussionToResolve": text("Id of a discussion to resolve. Use in combination with \"merge_request_to_resolve_discussions_of\""),
        "epicId": {"type": "number", "minimum": 0, "description": "Id of the linked Epic"},
        "labels": text("Labels to apply"),
        "issueType": {"type": "string", "enum": ["issue", "incident", "test_case", "task"], "description": "Type of the issue"},
        "mergeRequestToResolveDiscussionsOf": number("IID of a merge request in which to resolve all issues"),
        "milestoneId": number("Global ID of a milestone to assign the issue"),
        "weight": {"type": "number", "minimum": 0, "description": "The issue weight"},
    });
    let output = json!({
        "issueUrl": text("Issue Url"), "issueId": number("Issue Id"), "issueIid": number("Issue Iid"),
    });
    About {
        id: "gitlab:issues:create",
        description: "Creates a Gitlab issue.",
        input: at_host::input(&["repoUrl", "projectId", "title"], input),
        output: object(&[], output),
        examples: example(
            "Creates an issue.",
            json!({"repoUrl": "gitlab.com?repo=project_name&owner=group_name", "projectId": 12, "title": "Test Issue"}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let (host, project) = (host_of(input), project_of(input)?);
    if context.dry_run {
        let what = format!("the issue {} would be made in {project}", input["title"]);
        let output = json!({"issueUrl": "<example>", "issueId": 0, "issueIid": 0});
        return Ok(would(&context, &what, output));
    }
    let marks = Marks(&context.checkpoint);
    if let Some(made) = marks.get(MADE) {
        return Ok(made);
    }
    let mut new = json!({});
    for (from, to) in KEYS {
        if let Some(value) = input.get(from) {
            new[to] = value.clone();
        }
    }
    let made = account(&parts, &host, input)?
        .create_issue(&project, &new)
        .await?;
    let output = json!({"issueUrl": made.web_url, "issueId": made.id, "issueIid": made.iid});
    marks.set(MADE, output.clone()).await?;
    Ok(output)
}
