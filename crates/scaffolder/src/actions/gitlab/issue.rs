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
        "projectId": number("Number of the project."),
        "title": text("Title in one line."),
        "assignees": {"type": "array", "items": {"type": "number"}, "description": "Users to whom the issue is assigned. Write their numbers. Default: none."},
        "confidential": flag("True hides the issue from the public. Default: `false`."),
        "description": {"type": "string", "maxLength": 1_048_576, "description": "Text of the issue. Write Markdown, up to 1,048,576 characters. Default: none."},
        "createdAt": time("When the issue was opened. Write UTC as `2026-01-31T12:00:00Z`. Default: now."),
        "dueDate": time("When the issue is due. Write UTC as `2026-01-31T12:00:00Z`. Default: never."),
        "discussionToResolve": text("Discussion that the issue resolves. Write its id. It needs `mergeRequestToResolveDiscussionsOf`. Default: none."),
        "epicId": {"type": "number", "minimum": 0, "description": "Epic that the issue belongs to. Write its id. Default: none."},
        "labels": text("Labels of the issue. Write commas between them. Default: none."),
        "issueType": {"type": "string", "enum": ["issue", "incident", "test_case", "task"], "description": "What kind of issue it is. Default: `issue`."},
        "mergeRequestToResolveDiscussionsOf": number("Merge request whose discussions the issue resolves. Write its number in the project. Default: none."),
        "milestoneId": number("Milestone of the issue. Write its id, which is not its number in the project. Default: none."),
        "weight": {"type": "number", "minimum": 0, "description": "Weight of the issue. Write `0` or more. Default: none."},
    });
    let output = json!({
        "issueUrl": text("Address of the issue's page."), "issueId": number("Number of the issue among all of this GitLab."), "issueIid": number("Number of the issue in its project."),
    });
    About {
        id: "gitlab:issues:create",
        description: "Opens an issue of a project at GitLab.",
        input: at_host::input(&["repoUrl", "projectId", "title"], input),
        output: object(&[], output),
        examples: example(
            "Opens an issue with a title alone.",
            json!({"repoUrl": "gitlab.com?repo=project_name&owner=group_name", "projectId": 12, "title": "Set up alerts"}),
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
