//! What an answer without success means, and the way out.

use http::StatusCode;
use http::header::RETRY_AFTER;
use jiff::Timestamp;
use model::{Fault, FaultKind};
use outside::Answer;
use serde_json::Value;

use super::{Rest, Words};
use crate::gitea::refusal::asked_pause;

/// Longest text of a server that is passed on, in characters.
const MAX_SAID: usize = 300;
/// Most values of an answer that are gone through for its reason.
const MAX_PARTS: usize = 20;

impl Rest {
    /// The fault for an answer without success.
    pub(super) async fn refused(&self, answer: Answer, doing: &str) -> Fault {
        let status = answer.status();
        let pause = answer.header(RETRY_AFTER).map(str::to_owned);
        let used_up = used_up(&answer);
        let said = answer.text().await.unwrap_or_default();
        let (kind, why) = match used_up {
            Some(until) => (
                FaultKind::TooManyRequests,
                format!("has no calls left for this token{until}; try again later, or use another token"),
            ),
            // A host that says when to come back refuses the pace, not the person.
            None if status == StatusCode::FORBIDDEN && pause.is_some() => {
                (FaultKind::TooManyRequests, "is asked too often".to_owned())
            }
            None => meaning(status, self.words),
        };
        let said = reason(&said).replace(self.token.current().expose().trim(), "***");
        Fault::new(
            kind,
            format!(
                "{doing}: {} answers {} and {why}{said}{}",
                self.name,
                status.as_u16(),
                asked_pause(pause.as_deref())
            ),
        )
    }
}

/// Whether the token's calls are used up, and until when.
fn used_up(answer: &Answer) -> Option<String> {
    let status = answer.status();
    if status != StatusCode::FORBIDDEN && status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let either = |name: &str| {
        answer
            .header(format!("x-{name}"))
            .or_else(|| answer.header(name))
            .map(str::to_owned)
    };
    if either("ratelimit-remaining")?.trim() != "0" {
        return None;
    }
    let until = either("ratelimit-reset").and_then(|text| text.trim().parse().ok());
    let until = until.and_then(|seconds| Timestamp::from_second(seconds).ok());
    Some(until.map_or_else(String::new, |until| format!(" until {until}")))
}

/// What a status means.
fn meaning(status: StatusCode, words: &Words) -> (FaultKind, String) {
    let (kind, why) = match status {
        StatusCode::UNAUTHORIZED => {
            return (
                FaultKind::Authentication,
                format!(
                    "does not accept the token; put a valid one into {}",
                    words.token_key
                ),
            );
        }
        StatusCode::FORBIDDEN => {
            return (
                FaultKind::NotAllowed,
                format!(
                    "does not allow it; the token, or its owner, lacks a right: {}",
                    words.rights
                ),
            );
        }
        StatusCode::BAD_REQUEST => (FaultKind::Input, "does not take the request"),
        StatusCode::NOT_FOUND => (
            FaultKind::NotFound,
            "does not know it, or does not show it to this token",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (FaultKind::NotAllowed, "does not allow it in this state"),
        StatusCode::CONFLICT => (
            FaultKind::Conflict,
            "finds it in another state, or has one of this name already",
        ),
        StatusCode::GONE => (FaultKind::NotFound, "had it once, and has it no more"),
        StatusCode::UNPROCESSABLE_ENTITY => (FaultKind::Input, "does not take these values"),
        StatusCode::LOCKED => (FaultKind::Conflict, "keeps it locked"),
        StatusCode::TOO_MANY_REQUESTS => (FaultKind::TooManyRequests, "is asked too often"),
        status if status.is_redirection() => (
            FaultKind::Conflict,
            "has moved it: the repository was renamed, use its new name",
        ),
        status if status.is_server_error() => (FaultKind::Unavailable, "fails at it; its own log says why"),
        _ => (FaultKind::Plain, "fails at it"),
    };
    (kind, why.to_owned())
}

/// What the server says about it, in brackets. A page in place of a reason is not passed on.
fn reason(said: &str) -> String {
    let Ok(said) = serde_json::from_str::<Value>(said) else {
        return String::new();
    };
    let mut parts = Vec::new();
    for key in ["message", "error", "error_description", "errors"] {
        collect(&said[key], "", &mut parts);
    }
    parts.dedup();
    let text: String = parts.join("; ").chars().take(MAX_SAID).collect();
    if text.is_empty() {
        return text;
    }
    format!(" ({text})")
}

/// The texts of a reason: GitHub has a message and a list of errors, GitLab a text, a list, or texts by field.
fn collect(value: &Value, field: &str, parts: &mut Vec<String>) {
    if parts.len() >= MAX_PARTS {
        return;
    }
    match value {
        Value::String(text) if field.is_empty() => parts.push(text.trim().to_owned()),
        Value::String(text) => parts.push(format!("{field} {}", text.trim())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, field, parts)),
        Value::Object(error) if error.contains_key("code") || error.contains_key("resource") => {
            let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
            let told = match text("message") {
                "" => format!("{} {}", text("field"), text("code")),
                message => message.to_owned(),
            };
            parts.push(told.trim().to_owned());
        }
        Value::Object(fields) => fields
            .iter()
            .for_each(|(field, value)| collect(value, field, parts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_both_hosts_are_told() {
        for (said, expected) in [
            (
                r#"{"message":"Repository creation failed.","errors":[{"resource":"Repository","code":"custom","field":"name","message":"name already exists on this account"}]}"#,
                " (Repository creation failed.; name already exists on this account)",
            ),
            (
                r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","field":"head","code":"invalid"}]}"#,
                " (Validation Failed; head invalid)",
            ),
            (
                r#"{"message":{"name":["has already been taken"],"path":["has already been taken"]}}"#,
                " (name has already been taken; path has already been taken)",
            ),
            (
                r#"{"message":"404 Project Not Found"}"#,
                " (404 Project Not Found)",
            ),
            (
                r#"{"error":"insufficient_scope","error_description":"The request requires higher privileges"}"#,
                " (insufficient_scope; The request requires higher privileges)",
            ),
            ("<html>", ""),
            ("{}", ""),
        ] {
            assert_eq!(reason(said), expected);
        }
    }
}
