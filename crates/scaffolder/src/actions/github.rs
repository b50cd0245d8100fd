//! The actions at GitHub: repositories, pull requests, webhooks, workflows.

mod branch_protection;
mod deploy_key;
mod dispatch;
mod environment;
mod inputs;
mod issue_labels;
mod making;
mod publish;
mod pull_request;
mod pushing;
mod repo_create;
mod repo_push;
mod webhook;

use std::sync::Arc;

use model::Fault;
use plugin::Action;
use scm::github::{FullName, Github};
use serde_json::Value;

use super::at_host::{About, HostAction, Parts, Place};

/// All of them.
pub(super) fn all(parts: &Arc<Parts>) -> Vec<Arc<dyn Action>> {
    let all: [About; 10] = [
        publish::about(),
        pull_request::about(),
        repo_create::about(),
        repo_push::about(),
        webhook::about(),
        dispatch::about(),
        branch_protection::about(),
        issue_labels::about(),
        environment::about(),
        deploy_key::about(),
    ];
    let action = |about: About| -> Arc<dyn Action> {
        let parts = parts.clone();
        Arc::new(HostAction { about, parts })
    };
    all.into_iter().map(action).collect()
}

/// The account with which a step works: the token of its input, else that of the host's integration.
fn account(parts: &Parts, place: &Place, input: &Value) -> Result<Github, Fault> {
    let token = input["token"].as_str().filter(|token| !token.is_empty());
    Github::of(&parts.integrations, &parts.calls, &place.host, token)
}

/// The names of an input with their texts.
fn named_texts(input: &Value) -> Vec<(&str, &str)> {
    let all = input.as_object().into_iter().flatten();
    all.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect()
}

impl Place {
    /// Owner and name, as GitHub takes them.
    fn at(&self) -> FullName<'_> {
        FullName {
            owner: &self.owner,
            name: &self.name,
        }
    }
}
