//! `gitea:webhook`: a webhook of a repository.
//!
//! A server never shows the secret of a webhook, and a change of a webhook leaves its secret as it was. Where a step gives a secret,
//! a webhook with the same address is therefore replaced.

use async_trait::async_trait;
use config::Secret;
use model::Fault;
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use scm::gitea::{Gitea, Hook, HookForm, HookScope};
use serde_json::{Value, json};
use url::Url;

use super::super::{flag, object, text};
use super::{Servers, target_properties, texts, with};

/// The events that `*` stands for (Gitea 1.26, `modules/structs/hook.go`); a group's word stands for all in the group.
const ALL: [&str; 12] = [
    "create",
    "delete",
    "fork",
    "issues",
    "issue_comment",
    "package",
    "pull_request",
    "push",
    "release",
    "repository",
    "status",
    "wiki",
];

pub(super) struct Webhook(pub(super) Servers);

fn properties() -> Value {
    json!({
        "webhookUrl": text("The URL to which the payloads will be delivered"),
        "webhookSecret": text("Webhook secret value, with which the server signs. Default: none."),
        "events": {
            "type": "array", "items": {"type": "string", "minLength": 1},
            "description": "Determines what events the hook is triggered for, in the words of Gitea, or ['*']. Default: push.",
        },
        "active": flag("Determines if notifications are sent when the webhook is triggered. Default: true"),
        "contentType": {
            "type": "string", "enum": ["form", "json"],
            "description": "The media type used to serialize the payloads. The default is 'json'",
        },
        "branchFilter": text("The branches of which pushes are sent, as a pattern. Default: all."),
    })
}

#[async_trait]
impl Action for Webhook {
    fn id(&self) -> &'static str {
        "gitea:webhook"
    }

    fn description(&self) -> &'static str {
        "Creates a webhook for a repository on Gitea."
    }

    fn schema(&self) -> ActionSchema {
        ActionSchema {
            input: object(
                &["repoUrl", "webhookUrl"],
                with(target_properties(), &properties()),
            ),
            output: object(&[], json!({})),
        }
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![
            ActionExample {
                description: "Creates a webhook for pushes.".to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?owner=owner&repo=repo", "webhookUrl": "https://example.com/my-webhook",
                    "webhookSecret": "${{ secrets.WEBHOOK }}",
                }),
            },
            ActionExample {
                description: "Creates a webhook for pushes to the release branches and for pull requests."
                    .to_owned(),
                input: json!({
                    "repoUrl": "gitea.com?owner=owner&repo=repo", "webhookUrl": "https://example.com/my-webhook",
                    "events": ["push", "pull_request"], "branchFilter": "release/*", "contentType": "form",
                }),
            },
        ]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let input = &context.input;
        let target = self.0.target(&context)?;
        let url = input["webhookUrl"].as_str().unwrap_or_default();
        check_url(url)?;
        let secret = input["webhookSecret"]
            .as_str()
            .filter(|secret| !secret.is_empty());
        let secret = secret.map(Secret::new);
        let events = events(input);
        if context.dry_run {
            let work = format!(
                "make a webhook of {} that sends {} to {url}",
                target.full_name(),
                events.join(", ")
            );
            self.0.foresee(&context, &target, &work);
            return Ok(json!({}));
        }
        let (gitea, repository) = self.0.repository(&target).await?;
        let (owner, name) = repository.owner_and_name();
        let form = HookForm {
            url,
            secret: secret.as_ref(),
            events: &events,
            active: input["active"] != false,
            content_type: input["contentType"].as_str().unwrap_or("json"),
            branch_filter: input["branchFilter"].as_str().unwrap_or("*"),
        };
        let hook = have(&context, &gitea, HookScope::Repository(owner, name), &form).await?;
        let missed: Vec<&str> = events
            .iter()
            .map(String::as_str)
            .filter(|event| !hook.events.iter().any(|known| stands_for(known, event)))
            .collect();
        if !missed.is_empty() {
            context.log.warning(format!(
                "The server does not know the events {}, and the webhook is without them",
                missed.join(", ")
            ));
        }
        Ok(json!({}))
    }
}

fn events(input: &Value) -> Vec<String> {
    let events = texts(&input["events"]);
    if events.is_empty() {
        return vec!["push".to_owned()];
    }
    if events.iter().any(|event| event == "*") {
        return ALL.map(str::to_owned).to_vec();
    }
    events
}

/// Whether a word of the server covers an event: its own, or that of its group.
fn stands_for(known: &str, event: &str) -> bool {
    event == known
        || event
            .strip_prefix(known)
            .is_some_and(|rest| rest.starts_with('_'))
}

fn check_url(url: &str) -> Result<(), Fault> {
    let is_right =
        Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
    if is_right {
        return Ok(());
    }
    Err(Fault::input(
        "webhookUrl is no address that a webhook can call; it begins with https:// or http://",
    ))
}

/// Has exactly one webhook with the address of the form, as the form says.
async fn have(
    context: &ActionContext,
    gitea: &Gitea,
    scope: HookScope<'_>,
    form: &HookForm<'_>,
) -> Result<Hook, Fault> {
    let hooks = gitea.hooks(scope).await?;
    let same: Vec<&Hook> = hooks.iter().filter(|hook| hook.config.url == form.url).collect();
    let kept = context.checkpoint.get();
    let before = kept.and_then(|kept| kept["hook"].as_i64());
    let own = same.iter().find(|hook| Some(hook.id) == before);
    let (hook, word) = match (own, same.first(), form.secret) {
        (Some(own), ..) => ((*own).clone(), "was made before"),
        (None, Some(old), None) => (gitea.change_hook(scope, old.id, form).await?, "is changed"),
        _ => (gitea.create_hook(scope, form).await?, "is made"),
    };
    let kept = context.checkpoint.save(&json!({ "hook": hook.id })).await;
    kept.map_err(|error| Fault::error(error.to_string()))?;
    for old in same.iter().filter(|old| old.id != hook.id) {
        gitea.delete_hook(scope, old.id).await?;
    }
    let line = format!("The webhook {} to {} {word}", hook.id, form.url);
    context.log.info(line);
    Ok(hook)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_groups_stand_for_their_events() {
        assert!(stands_for("pull_request", "pull_request_review"));
        assert!(stands_for("push", "push"));
        assert!(!stands_for("push", "pushes") && !stands_for("issue_comment", "issue"));
    }

    #[test]
    fn events_have_a_default_and_a_word_for_all() {
        assert_eq!(events(&json!({})), ["push"]);
        assert_eq!(events(&json!({"events": ["*"]})), ALL);
        assert_eq!(events(&json!({"events": ["fork"]})), ["fork"]);
    }

    #[test]
    fn addresses_of_webhooks_are_checked() {
        assert!(check_url("https://example.com/hook").is_ok());
        for wrong in ["", "example.com", "ftp://example.com/", "https://"] {
            assert!(check_url(wrong).is_err(), "{wrong}");
        }
    }
}
