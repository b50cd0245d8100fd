//! Answers made of entities, whose JSON is passed on as it is stored.

use std::fmt::Write as _;
use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use catalog::Sight;
use model::Fault;
use store::Seq;
use web::ApiError;
use web::api::{JsonText, TaggedText};

use super::Api;
use catalog::query::{Body, Fields, QueryError};

/// Longest wait for an own write to show in the index.
const VISIBLE: Duration = Duration::from_secs(5);

/// Why a request has no answer.
pub(super) struct Refused(ApiError);

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self(ApiError::new(fault))
    }
}

impl From<QueryError> for Refused {
    fn from(error: QueryError) -> Self {
        Fault::from(error).into()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

pub(super) type Answer = Result<Response, Refused>;

/// An answer that depends on what the caller sees: caches must not give it to another caller, and equal texts for
/// different sights have different tags.
pub(super) fn for_sight(sight: &Sight, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Cookie, Authorization"));
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let (Some(tag), Some(key)) = (tag.and_then(|tag| tag.strip_suffix('"')), sight.key().tag())
        && let Ok(tag) = HeaderValue::from_str(&format!("{tag}-{key}\""))
    {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// One entity, without an `ETag`: its body is passed on unseen.
pub(super) fn entity(body: Body) -> Response {
    streamed(body.to_string())
}

/// Entities: whole ones are streamed, parts of them are an answer of our own making with an `ETag`.
pub(super) fn entities(text: String, fields: &Fields) -> Response {
    if fields.is_all() {
        streamed(text)
    } else {
        tagged(text)
    }
}

/// A JSON list of bodies, projected.
pub(super) fn list_text<'a>(
    bodies: impl Iterator<Item = Option<&'a Body>> + Clone,
    fields: &Fields,
) -> String {
    let length: usize = bodies.clone().flatten().map(|body| body.len() + 1).sum();
    // Projected, the list is much shorter.
    let expected = if fields.is_all() { length + 2 } else { 0 };
    let mut text = String::with_capacity(expected);
    text.push('[');
    for body in bodies {
        if text.len() > 1 {
            text.push(',');
        }
        match body {
            Some(body) if fields.is_all() => text.push_str(body),
            Some(body) => text.push_str(&fields.project_text(body)),
            None => text.push_str("null"),
        }
    }
    text.push(']');
    text
}

/// A JSON text with an `ETag`.
pub(super) fn tagged(text: String) -> Response {
    TaggedText(text.into()).into_response()
}

/// A JSON text that is streamed without `ETag`.
pub(super) fn streamed(text: String) -> Response {
    JsonText(text.into()).into_response()
}

/// `name:value` pairs as an object around a list.
pub(super) fn with_items(items: &str, total: u64, page_info: &serde_json::Value) -> String {
    let mut text = String::with_capacity(items.len() + 200);
    let _ = write!(
        text,
        "{{\"items\":{items},\"totalItems\":{total},\"pageInfo\":{page_info}}}"
    );
    text
}

impl Api {
    /// Waits until what was written can be seen, so that a client reads its own writes.
    pub(super) async fn visible(&self, seq: Option<Seq>) {
        if let Some(seq) = seq {
            self.catalog.wait_for(seq, VISIBLE).await;
        }
    }
}
