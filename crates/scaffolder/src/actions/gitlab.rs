//! The actions at GitLab: projects, merge requests, commits, groups, variables, issues.

mod access_token;
mod committing;
mod group;
mod issue;
mod merge_request;
mod publish;
mod push;
mod variable;

use std::sync::Arc;

use model::Fault;
use plugin::Action;
use scm::gitlab::Gitlab;
use serde_json::Value;

use super::at_host::{About, HostAction, Parts, Place};
use super::text;

/// All of them.
pub(super) fn all(parts: &Arc<Parts>) -> Vec<Arc<dyn Action>> {
    let all: [About; 7] = [
        publish::about(),
        merge_request::about(),
        push::about(),
        group::about(),
        variable::about(),
        access_token::about(),
        issue::about(),
    ];
    let action = |about: About| -> Arc<dyn Action> {
        let parts = parts.clone();
        Arc::new(HostAction { about, parts })
    };
    all.into_iter().map(action).collect()
}

/// The account with which a step works: the token of its input, else that of the host's integration.
fn account(parts: &Parts, host: &str, input: &Value) -> Result<Gitlab, Fault> {
    let token = input["token"].as_str().filter(|token| !token.is_empty());
    Gitlab::of(&parts.integrations, &parts.calls, host, token)
}

/// The host of actions that name their project apart: `repoUrl` may be the host alone.
fn host_of(input: &Value) -> String {
    let text = input["repoUrl"].as_str().unwrap_or_default();
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    text.split(['?', '/']).next().unwrap_or_default().to_owned()
}

/// The project that an input names by number or path.
fn project_of(input: &Value) -> Result<String, Fault> {
    match &input["projectId"] {
        Value::Number(number) => Ok(number.to_string()),
        Value::String(path) if !path.is_empty() => Ok(path.clone()),
        _ => Err(Fault::input(
            "projectId is empty; it is the number or the whole path of a project",
        )),
    }
}

impl Place {
    /// The project as the API takes it.
    fn project_path(&self) -> String {
        self.project
            .clone()
            .unwrap_or_else(|| format!("{}/{}", self.owner, self.name))
    }
}

fn repo_url() -> Value {
    text(
        "Host, owner and name of the project. Write `gitlab.com?owner=group&repo=name`. The owner is a group, a group in a group, or a user.",
    )
}

fn token() -> Value {
    text("Access token for GitLab. Default: the one of the host's integration.")
}
