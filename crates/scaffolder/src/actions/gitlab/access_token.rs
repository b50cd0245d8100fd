//! `gitlab:projectAccessToken:create`: an access token of a project.

use std::sync::Arc;

use jiff::{ToSpan, Zoned};
use model::Fault;
use plugin::ActionContext;
use serde_json::{Value, json};

use super::super::at_host::{self, About, Marks, Parts, example, texts, would};
use super::super::{object, text};
use super::{account, host_of, project_of, repo_url, token};

/// The mark of the token that this step made. GitLab shows it once.
const MADE: &str = "made";
/// Name, level and life of a token where the input does not say.
const NAME: &str = "tokenname";
const MAINTAINER: u64 = 40;
const DAYS: i64 = 365;

pub(super) fn about() -> About {
    let input = json!({
        "repoUrl": repo_url(),
        "token": token(),
        "projectId": {"type": ["number", "string"], "description": "Number of the project, or its whole path, such as `group/name`."},
        "name": text("Name of the token. Default: `tokenname`."),
        "accessLevel": {"type": "number", "description": "Role of the token: `10` is a guest, `20` a reporter, `30` a developer, `40` a maintainer, `50` an owner. Default: `40`."},
        "scopes": {"type": "array", "items": {"type": "string"}, "description": "What the token may do. Write the names of GitLab's scopes. Default: `read_repository`."},
        "expiresAt": text("Day on which the token ends. Write `YYYY-MM-DD`. Default: 365 days from now."),
    });
    About {
        id: "gitlab:projectAccessToken:create",
        description: "Makes an access token of a project at GitLab.",
        input: at_host::input(&["repoUrl", "projectId"], input),
        output: object(
            &[],
            json!({"access_token": text("The token. GitLab shows it only once.")}),
        ),
        examples: example(
            "Makes a token. It may read the repository.",
            json!({"repoUrl": "gitlab.com?repo=project_name&owner=group_name", "projectId": "456", "scopes": ["read_repository"]}),
        ),
        run: |parts, context| Box::pin(run(parts, context)),
    }
}

async fn run(parts: Arc<Parts>, context: ActionContext) -> Result<Value, Fault> {
    let input = &context.input;
    let (host, project) = (host_of(input), project_of(input)?);
    context
        .log
        .info(format!("Creating Token for Project \"{project}\""));
    if context.dry_run {
        let what = format!("an access token of {project} would be made");
        return Ok(would(&context, &what, json!({"access_token": "<example>"})));
    }
    let marks = Marks(&context.checkpoint);
    if let Some(made) = marks.get(MADE) {
        return Ok(json!({"access_token": made}));
    }
    let gitlab = account(&parts, &host, input)?;
    let until = input["expiresAt"]
        .as_str()
        .filter(|day| !day.is_empty())
        .map(str::to_owned);
    let last = Zoned::now().date().saturating_add(DAYS.days()).to_string();
    let scopes = texts(&input["scopes"]);
    let scopes = if scopes.is_empty() {
        vec!["read_repository".to_owned()]
    } else {
        scopes
    };
    let new = json!({
        "name": input["name"].as_str().unwrap_or(NAME),
        "access_level": input["accessLevel"].as_u64().unwrap_or(MAINTAINER),
        "scopes": scopes,
        "expires_at": until.unwrap_or(last),
    });
    let made = gitlab.create_access_token(&project, &new).await?;
    marks.set(MADE, json!(made)).await?;
    Ok(json!({"access_token": made}))
}
