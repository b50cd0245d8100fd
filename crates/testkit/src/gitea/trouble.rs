//! Answers that are not those of a server in good order.

use std::time::Duration;

use serde_json::json;

use super::ask::{Reply, fault};

/// What the server does in place of answering.
#[derive(Debug, Clone)]
pub enum Kind {
    /// The page of the sign-in, with 200.
    SignInPage,
    /// The HTML page of a proxy, with this status.
    ProxyPage(u16),
    /// This status with the JSON of an error and this message.
    Fault(u16, String),
    /// This status without a body.
    Empty(u16),
    /// 403 for a token that lacks this scope, such as `read:organization`.
    MissingScope(String),
    /// 429, with `Retry-After` in seconds if there is a number.
    TooMany(Option<u32>),
    /// 500 with an empty message, as people get it who are not administrators.
    ServerError,
    /// The right answer, this much later.
    Slow(Duration),
    /// The first half of the right answer, under the length of the whole.
    Half,
    /// This status and address.
    Redirect(u16, String),
    /// This status, content type and body.
    Body(u16, String, String),
}

/// Trouble with some requests; the first that fits a request is done to it.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub(super) matching: String,
    pub(super) kind: Kind,
    pub(super) left: Option<usize>,
    pub(super) passed: usize,
}

impl Trouble {
    /// Trouble with every request whose method, path and query contain a text, such as `GET /repos/shop/cart/contents` (the method is followed by the path below
    /// `/api/v1`), `/contents/`, or nothing for all.
    pub fn with(matching: &str, kind: Kind) -> Self {
        let matching = matching.to_owned();
        Self {
            matching,
            kind,
            left: None,
            passed: 0,
        }
    }

    /// Only so many times.
    pub fn times(mut self, count: usize) -> Self {
        self.left = Some(count);
        self
    }

    /// Only after so many requests that it would fit.
    pub fn after(mut self, count: usize) -> Self {
        self.passed = count;
        self
    }
}

/// Takes the trouble that a request gets, if any.
pub(super) fn take(troubles: &mut [Trouble], target: &str) -> Option<Kind> {
    for trouble in troubles
        .iter_mut()
        .filter(|trouble| target.contains(&trouble.matching))
    {
        if trouble.passed > 0 {
            trouble.passed -= 1;
            continue;
        }
        match &mut trouble.left {
            Some(0) => {}
            Some(left) => {
                *left -= 1;
                return Some(trouble.kind.clone());
            }
            None => return Some(trouble.kind.clone()),
        }
    }
    None
}

/// The answer in place of the right one; nothing for trouble that changes the right one.
pub(super) fn reply(kind: &Kind, base: &str) -> Option<Reply> {
    let html = |status: u16, page: &str| {
        Reply::empty(status)
            .with("content-type", "text/html; charset=utf-8")
            .body(page)
    };
    Some(match kind {
        Kind::SignInPage => html(
            200,
            "<!DOCTYPE html>\n<html><head><title>Sign In - Gitea</title></head><body><form></form></body></html>\n",
        ),
        Kind::ProxyPage(status) => html(
            *status,
            "<html>\r\n<head><title>Error</title></head>\r\n<body><hr><center>nginx</center></body>\r\n</html>\r\n",
        ),
        Kind::Fault(status, message) => fault(base, *status, message),
        Kind::Empty(status) => Reply::empty(*status),
        Kind::MissingScope(scope) => missing_scope(base, scope, "public-only"),
        Kind::TooMany(seconds) => {
            let reply = html(
                429,
                "<html><head><title>429 Too Many Requests</title></head></html>\r\n",
            );
            match seconds {
                Some(seconds) => reply.with("retry-after", &seconds.to_string()),
                None => reply,
            }
        }
        Kind::ServerError => {
            let url = format!("{base}/api/swagger");
            Reply::json(500, &json!({ "message": "", "url": url }))
        }
        Kind::Redirect(status, to) => Reply::empty(*status).with("location", to),
        Kind::Body(status, content_type, body) => Reply::empty(*status)
            .with("content-type", content_type)
            .body(body.as_str()),
        Kind::Slow(_) | Kind::Half => return None,
    })
}

/// 403 in the words of Gitea.
pub(super) fn missing_scope(base: &str, required: &str, has: &str) -> Reply {
    let message = format!(
        "token does not have at least one of required scope(s), required=[{required}], token scope={has}"
    );
    fault(base, 403, &message)
}
