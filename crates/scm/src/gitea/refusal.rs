//! What an answer without success means, and the way out.

use http::header::RETRY_AFTER;
use http::{Method, StatusCode};
use model::{Fault, FaultKind};
use outside::Answer;
use serde_json::Value;

use super::Gitea;

/// Longest text of a server that is passed on, in characters.
const MAX_SAID: usize = 300;

impl Gitea {
    /// The fault for an answer without success.
    pub(super) async fn refused(&self, answer: Answer, method: &Method, doing: &str) -> Fault {
        let status = answer.status();
        let pause = answer.header(RETRY_AFTER).map(str::to_owned);
        let said = answer.text().await.unwrap_or_default();
        let (kind, why) = if *method == Method::GET {
            meaning_of_reading(status, self.credentials.is_some())
        } else {
            meaning(status, self.credentials.is_some())
        };
        Fault::new(
            kind,
            format!(
                "{doing}: {} answers {} and {why}{}{}",
                self.name,
                status.as_u16(),
                reason(&said),
                asked_pause(pause.as_deref())
            ),
        )
    }
}

/// That the server asks for a pause, if it does.
pub(crate) fn asked_pause(pause: Option<&str>) -> String {
    let pause = pause.map(|pause| pause.chars().take(MAX_SAID).collect::<String>());
    match pause {
        None => String::new(),
        Some(seconds) if seconds.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("; it asks for a pause of {seconds} s")
        }
        Some(date) => format!("; it asks for a pause until {date}"),
    }
}

/// What a status means for a call that only reads.
pub(crate) fn meaning_of_reading(status: StatusCode, has_token: bool) -> (FaultKind, &'static str) {
    match status {
        StatusCode::CONFLICT => (FaultKind::NotFound, "has no commits of it yet"),
        StatusCode::LOCKED => (FaultKind::Conflict, "keeps it locked"),
        status => meaning(status, has_token),
    }
}

/// What a status means.
fn meaning(status: StatusCode, has_token: bool) -> (FaultKind, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED if has_token => (
            FaultKind::Authentication,
            "does not accept the token; put a valid one into integrations.gitea[].password",
        ),
        StatusCode::UNAUTHORIZED => (
            FaultKind::Authentication,
            "shows nothing without a sign-in; put a token into integrations.gitea[].password",
        ),
        StatusCode::FORBIDDEN => (
            FaultKind::NotAllowed,
            "does not allow it; the token lacks a scope, or its user the right: reading needs read:repository, \
             read:organization, read:user and read:issue, writing write:repository and write:organization",
        ),
        StatusCode::BAD_REQUEST => (FaultKind::Input, "does not take the request"),
        StatusCode::NOT_FOUND => (
            FaultKind::NotFound,
            "does not know it, or does not show it to this token",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (FaultKind::NotImplemented, "has no such call in its version"),
        StatusCode::CONFLICT => (FaultKind::Conflict, "has one of this name already"),
        StatusCode::GONE => (FaultKind::NotFound, "had it once, and has it no more"),
        StatusCode::PRECONDITION_FAILED => (
            FaultKind::Conflict,
            "finds it in another state than it must be in for that",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            FaultKind::NotAllowed,
            "has no room left for it: the quota of the owner is used up",
        ),
        StatusCode::UNPROCESSABLE_ENTITY => (
            FaultKind::Input,
            "does not take these values; a name may be reserved or have signs that it must not have",
        ),
        StatusCode::LOCKED => (
            FaultKind::Conflict,
            "has archived it, and nothing in it can be changed",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            FaultKind::TooManyRequests,
            "is asked too often, by a limit of its own or of a proxy before it",
        ),
        status if status.is_server_error() => (
            FaultKind::Unavailable,
            "fails at it; its own log says why, or it is just starting",
        ),
        _ => (FaultKind::Plain, "fails at it"),
    }
}

/// What the server says about it, in brackets. A page in place of a reason is not passed on.
pub(crate) fn reason(said: &str) -> String {
    let Ok(said) = serde_json::from_str::<Value>(said) else {
        return String::new();
    };
    let message = said["message"].as_str().unwrap_or_default().trim();
    let topics = said["invalidTopics"].as_array().into_iter().flatten();
    let topics: Vec<&str> = topics.filter_map(Value::as_str).collect();
    let message: String = message.chars().take(MAX_SAID).collect();
    match (message.is_empty(), topics.is_empty()) {
        (true, true) => String::new(),
        (_, true) => format!(" ({message})"),
        (_, false) => format!(" ({message}: {})", topics.join(", ")),
    }
}
