//! Webhooks of a repository, an organisation or the whole server.
//!
//! A server never shows the secret of a webhook, and a change of a webhook leaves its secret as it was (Gitea 1.26,
//! `routers/api/v1/utils/hook.go`): another secret needs a new webhook.

use config::Secret;
use http::Method;
use jiff::Timestamp;
use model::Fault;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Gitea;
use super::call::Call;
use super::repositories::or_default;

/// Whose events a webhook gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookScope<'a> {
    /// Of every repository of the server. Only an administrator's token sees and makes such webhooks.
    System,
    /// Of the repositories of one organisation. Needs a token of one of its owners.
    Organization(&'a str),
    /// Of one repository, by owner and name. Needs a token of one of its administrators.
    Repository(&'a str, &'a str),
}

/// A webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Hook {
    /// Its number on this server.
    pub id: i64,
    /// The form of its payload: `gitea`, `slack` and others.
    #[serde(rename = "type")]
    pub kind: String,
    /// It sends.
    pub active: bool,
    /// Where it sends, and how.
    #[serde(deserialize_with = "or_default")]
    pub config: HookConfig,
    /// What it sends, by the server's words. What is sent for all of a group has the group's word alone.
    #[serde(deserialize_with = "or_default")]
    pub events: Vec<String>,
    /// The branches of which it sends pushes, as a pattern; all where it is empty.
    #[serde(deserialize_with = "or_default")]
    pub branch_filter: String,
    /// When it was changed, or tried to send, last: the server notes the outcome of each try at the webhook.
    pub updated_at: Option<Timestamp>,
}

/// Where a webhook sends, and how.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HookConfig {
    /// The address that it calls.
    #[serde(deserialize_with = "or_default")]
    pub url: String,
    /// `json` or `form`.
    #[serde(deserialize_with = "or_default")]
    pub content_type: String,
}

/// A webhook as it is to be.
#[derive(Debug, Clone, Copy)]
pub struct HookForm<'a> {
    /// The address that it calls.
    pub url: &'a str,
    /// The secret with which it signs; nothing for no signature.
    pub secret: Option<&'a Secret>,
    /// What it sends.
    pub events: &'a [String],
    /// It sends; one that does not is only kept.
    pub active: bool,
    /// `json` or `form`.
    pub content_type: &'a str,
    /// The branches of which it sends pushes, as a pattern; `*` for all.
    pub branch_filter: &'a str,
}

impl HookScope<'_> {
    /// The path of the list of webhooks.
    fn path(&self) -> Vec<&str> {
        match self {
            Self::System => vec!["admin", "hooks"],
            Self::Organization(name) => vec!["orgs", name, "hooks"],
            Self::Repository(owner, name) => vec!["repos", owner, name, "hooks"],
        }
    }

    fn words(&self) -> String {
        match self {
            Self::System => "the server".to_owned(),
            Self::Organization(name) => format!("the organisation {name}"),
            Self::Repository(owner, name) => format!("{owner}/{name}"),
        }
    }
}

impl HookForm<'_> {
    fn body(&self, scope: HookScope<'_>) -> Value {
        let mut config = json!({"url": self.url, "content_type": self.content_type});
        if let Some(secret) = self.secret {
            config["secret"] = secret.current().expose().into();
        }
        if scope == HookScope::System {
            // Without it the server makes a pattern for webhooks of new repositories.
            config["is_system_webhook"] = json!("true");
        }
        // All of it always: what is left out of a change falls back to a default.
        json!({
            "type": "gitea",
            "active": self.active,
            "config": config,
            "events": self.events,
            "branch_filter": self.branch_filter,
        })
    }
}

impl Gitea {
    /// All webhooks of a scope.
    pub async fn hooks(&self, scope: HookScope<'_>) -> Result<Vec<Hook>, Fault> {
        let doing = format!("The webhooks of {} cannot be listed", scope.words());
        let path = scope.path();
        self.list(Call::new(&path, &doing)).await?.complete()
    }

    /// Makes a webhook.
    pub async fn create_hook(&self, scope: HookScope<'_>, form: &HookForm<'_>) -> Result<Hook, Fault> {
        let doing = format!("The webhook of {} cannot be made", scope.words());
        let path = scope.path();
        let call = Call::new(&path, &doing);
        self.change(Method::POST, call, &form.body(scope)).await
    }

    /// Makes a webhook what it is to be; all but its secret.
    pub async fn change_hook(
        &self,
        scope: HookScope<'_>,
        id: i64,
        form: &HookForm<'_>,
    ) -> Result<Hook, Fault> {
        let doing = format!("The webhook {id} of {} cannot be changed", scope.words());
        let (mut path, id) = (scope.path(), id.to_string());
        path.push(&id);
        let call = Call::new(&path, &doing);
        self.change(Method::PATCH, call, &form.body(scope)).await
    }

    /// Deletes a webhook. One that is gone is no failure.
    pub async fn delete_hook(&self, scope: HookScope<'_>, id: i64) -> Result<(), Fault> {
        let doing = format!("The webhook {id} of {} cannot be deleted", scope.words());
        let (mut path, id) = (scope.path(), id.to_string());
        path.push(&id);
        let sent = self.send(Method::DELETE, Call::new(&path, &doing), None).await;
        match sent {
            Err(fault) if !fault.is(&model::FaultKind::NotFound) => Err(fault),
            _ => Ok(()),
        }
    }
}

/// The page on which people see a webhook, its deliveries, and a button that sends a test; `web` is the address of the server for
/// people.
pub fn hook_page(web: &str, scope: HookScope<'_>, id: i64) -> String {
    match scope {
        HookScope::System => format!("{web}/-/admin/system-hooks/{id}"),
        HookScope::Organization(name) => format!("{web}/org/{name}/settings/hooks/{id}"),
        HookScope::Repository(owner, name) => format!("{web}/{owner}/{name}/settings/hooks/{id}"),
    }
}
