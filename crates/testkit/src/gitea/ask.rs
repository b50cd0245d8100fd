//! One request as the routes see it, and what they answer.

use std::collections::HashMap;

use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

/// A request after the gate: who asks, the parts of the path, the query, the body.
#[derive(Debug)]
pub(super) struct Ask {
    pub method: Method,
    /// The path as it was sent, with the sub-path.
    pub path: String,
    pub raw_query: String,
    pub parts: HashMap<String, String>,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Value,
    /// The body is no JSON.
    pub malformed: bool,
    /// Name of who asks; nothing for nobody.
    pub viewer: Option<String>,
}

impl Ask {
    /// A part of the path; empty where the route has none of this name.
    pub(super) fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }

    /// A part of the path that is a number; 0, which nothing has, for another text.
    pub(super) fn number(&self, name: &str) -> u64 {
        self.part(name).parse().unwrap_or(0)
    }

    /// A value of the query that is not empty.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        let mut values = self.query.iter().filter(|(key, _)| key == name);
        values
            .next()
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A switch of the query.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.asked(name)
            .map(|value| matches!(value, "true" | "1" | "on" | "t" | "True" | "TRUE"))
    }

    /// A text of the body; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What a route makes of a request; the error is an answer, too.
pub(super) type Answer = Result<Reply, Reply>;

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let mut text = body.to_string();
        text.push('\n');
        Self::empty(status)
            .with("content-type", "application/json;charset=utf-8")
            .body(text)
    }

    #[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
    pub(super) fn ok(body: &Value) -> Answer {
        Ok(Self::json(200, body))
    }

    #[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
    pub(super) fn created(body: &Value) -> Answer {
        Ok(Self::json(201, body))
    }

    #[expect(clippy::unnecessary_wraps, reason = "routes end with it")]
    pub(super) fn no_content() -> Answer {
        Ok(Self::empty(204))
    }

    pub(super) fn empty(status: u16) -> Self {
        let cache = "max-age=0, private, must-revalidate, no-transform".to_owned();
        Self {
            status,
            headers: vec![("cache-control", cache)],
            body: Vec::new(),
        }
    }

    /// With a header, in place of one of the same name.
    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

/// An error in the words of the API; `base` is the address that links point to.
pub(super) fn fault(base: &str, status: u16, message: &str) -> Reply {
    let url = format!("{base}/api/swagger");
    Reply::json(status, &json!({ "message": message, "url": url }))
}

/// 404 as newer versions write it.
pub(super) fn not_found(base: &str, message: &str, errors: &[&str]) -> Reply {
    let url = format!("{base}/api/swagger");
    let errors = if errors.is_empty() {
        Value::Null
    } else {
        json!(errors)
    };
    let body = json!({ "errors": errors, "message": message, "url": url });
    Reply::json(404, &body)
}
