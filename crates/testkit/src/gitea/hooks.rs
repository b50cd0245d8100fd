//! Webhooks as they are kept.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::shapes::moment;

/// What a webhook belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A repository, by number.
    Repository(u64),
    /// An organisation, by name.
    Organization(String),
    /// A user, by name.
    User(String),
    /// The whole server: it is sent what happens everywhere.
    System,
    /// A pattern that is copied into new repositories; it is sent nothing itself.
    Default,
}

impl Target {
    /// The word of the header `X-Gitea-Hook-Installation-Target-Type`.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Repository(_) => "repository",
            Self::Organization(_) => "organization",
            Self::User(_) => "user",
            Self::System => "system",
            Self::Default => "default",
        }
    }
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Its number.
    pub id: u64,
    /// What it belongs to.
    pub target: Target,
    /// Where it is sent to.
    pub url: String,
    /// `json` or `form`.
    pub content_type: String,
    /// The key of the signature; without one the signature is empty.
    pub secret: String,
    /// The events that are sent, such as `push`.
    pub events: Vec<String>,
    /// The branches whose events are sent, as a pattern; empty for all.
    pub branch_filter: String,
    /// The header `Authorization` that is sent.
    pub authorization: String,
    /// Whether it is sent at all.
    pub active: bool,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
}

/// A webhook as the API writes it; the secret is never shown.
pub(super) fn shape(hook: &Hook) -> Value {
    json!({
        "id": hook.id,
        "name": "",
        "type": "gitea",
        "branch_filter": hook.branch_filter,
        "config": { "content_type": hook.content_type, "url": hook.url },
        "events": hook.events,
        "authorization_header": hook.authorization,
        "active": hook.active,
        "updated_at": moment(hook.updated),
        "created_at": moment(hook.created),
    })
}
