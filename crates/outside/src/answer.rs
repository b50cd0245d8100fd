//! What a host answered.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::Stream;
use futures::stream::try_unfold;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::body::Body;
use crate::error::{OutsideError, What};
use crate::ticket::Outcome;

/// Longest entity tag that is remembered, in bytes.
const MAX_ETAG_BYTES: usize = 512;
/// Longest refusal that is read for its reason, in bytes.
const MAX_REFUSAL_BYTES: usize = 16 << 10;
/// Longest reason that is passed on, in characters.
const MAX_REASON: usize = 200;

/// An answer whose content is still to be read. It keeps its place among the host's calls until it is read or dropped.
pub struct Answer {
    body: Box<Body>,
}

/// The answer to a conditional request ([`crate::Request::if_changed`]).
pub enum Changed {
    /// The version at hand is still the current one.
    Same,
    /// Another version.
    New(Answer),
}

impl Answer {
    pub(crate) fn new(body: Body) -> Self {
        Self { body: Box::new(body) }
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.body.status()
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        self.status().is_success()
    }

    /// Whether the version at hand is still the current one.
    pub fn is_not_modified(&self) -> bool {
        self.status() == StatusCode::NOT_MODIFIED
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        self.body.headers()
    }

    /// A header, if it is a text.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// The version of the content, to be passed to [`crate::Request::if_changed`]; none if it is too long to be kept.
    pub fn etag(&self) -> Option<&str> {
        self.header(ETAG).filter(|etag| etag.len() <= MAX_ETAG_BYTES)
    }

    /// The address it came from, after redirects.
    pub fn url(&self) -> &Url {
        self.body.url()
    }

    /// Whether there is a new version.
    pub fn changed(self) -> Changed {
        if self.is_not_modified() {
            Changed::Same
        } else {
            Changed::New(self)
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.body.elapsed()
    }

    /// The whole content.
    pub async fn bytes(mut self) -> Result<Bytes, OutsideError> {
        let bytes = self.read().await?;
        self.body.succeed(Outcome::Ok);
        Ok(bytes)
    }

    /// The whole content as a text; bytes that are no UTF-8 are replaced.
    pub async fn text(self) -> Result<String, OutsideError> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The whole content as JSON.
    pub async fn json<T: DeserializeOwned>(mut self) -> Result<T, OutsideError> {
        if self.content_type().contains("html") {
            let reason =
                "a page for people; is the address that of the API, and is a proxy or a sign-in in between?";
            return Err(self.not_json(reason.to_owned()));
        }
        let bytes = self.read().await?;
        match serde_json::from_slice(&bytes) {
            Ok(value) => {
                self.body.succeed(Outcome::Ok);
                Ok(value)
            }
            Err(error) => Err(self.not_json(place_of(&error))),
        }
    }

    /// The content part by part, as it comes. The bounds of its size hold; the time bounds the wait for each part.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, OutsideError>> + Send {
        try_unfold(self.body, |mut body| async {
            body.renew();
            let part = body.next().await?;
            if part.is_none() {
                body.succeed(Outcome::Ok);
            }
            Ok(part.map(|part| (part, body)))
        })
    }

    async fn read(&mut self) -> Result<Bytes, OutsideError> {
        let mut bytes = BytesMut::new();
        while let Some(part) = self.body.next().await? {
            bytes.extend_from_slice(&part);
        }
        Ok(bytes.freeze())
    }

    fn content_type(&self) -> String {
        let named = self.header(CONTENT_TYPE).unwrap_or_default();
        let kind = named.split(';').next().unwrap_or_default().trim();
        kind.chars().take(100).collect::<String>().to_ascii_lowercase()
    }

    fn not_json(&mut self, reason: String) -> OutsideError {
        let mut content_type = self.content_type();
        if content_type.is_empty() {
            "content of an unnamed type".clone_into(&mut content_type);
        }
        self.body.fail(What::NotJson { content_type, reason })
    }

    /// Ends the call without reading the content.
    pub(crate) fn settle(&mut self) {
        let what = self.body.refusal();
        match &what {
            _ if self.is_not_modified() => self.body.succeed(Outcome::NotModified),
            What::Status { status, .. } if status.is_server_error() || status.as_u16() == 429 => {
                self.body.fail(what);
            }
            what => self.body.succeed(Outcome::of(what)),
        }
    }

    /// Turns an answer that is no success into an error, with the reason from its JSON.
    pub(crate) async fn into_refusal(mut self, secrets: &[String]) -> OutsideError {
        let mut error = self.body.fail(self.body.refusal());
        if let What::Status { reason, .. } = &mut error.what {
            *reason = self.reason().await.map(|text| without(text, secrets));
        }
        error
    }

    async fn reason(&mut self) -> Option<String> {
        let mut bytes = BytesMut::new();
        while bytes.len() <= MAX_REFUSAL_BYTES {
            match self.body.next().await.ok()? {
                Some(part) => bytes.extend_from_slice(&part),
                None => break,
            }
        }
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        let texts = [
            "/message",
            "/error/message",
            "/error_description",
            "/error",
            "/detail",
        ];
        texts
            .iter()
            .find_map(|pointer| value.pointer(pointer)?.as_str().map(str::to_owned))
    }
}

/// The line and column where JSON is wrong. The parser's message is left out, because it may repeat the content.
fn place_of(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "it has not the expected form",
        _ => "it cannot be parsed",
    };
    format!("{kind} (line {}, column {})", error.line(), error.column())
}

/// A reason in one line of bounded length, in which no secret is left.
fn without(text: String, secrets: &[String]) -> String {
    let mut text = text;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret.as_str(), "[redacted]");
    }
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(MAX_REASON)
        .collect()
}
