//! Answers made of entities, whose JSON is passed on as it is stored.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use model::Fault;
use store::Seq;
use web::ApiError;
use web::api::{JsonText, TaggedText};

use super::Api;
use crate::outgoing::{Answered, Outgoing};
use catalog::View;
use catalog::query::{Body, Fields, QueryError};
pub(super) use sight::for_sight;

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

/// Whether an answer gets an `ETag`, which can only be made of what is known whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Never,
    WhereShort,
}

impl Tag {
    /// Whole entities are passed on unseen. Parts of them are an answer of our own making.
    pub fn of(fields: &Fields) -> Self {
        if fields.is_all() {
            Self::Never
        } else {
            Self::WhereShort
        }
    }
}

/// Sends a list of entities.
pub(super) async fn send(seen: View<'_>, list: Outgoing, tag: Tag) -> Answer {
    Ok(match list.answer(seen).await? {
        Answered::Short(text) if tag == Tag::WhereShort => tagged(text),
        Answered::Short(text) => streamed(text),
        Answered::Long(body, unread) => {
            let mut response = streamed(String::new());
            *response.body_mut() = body;
            response.extensions_mut().insert(unread);
            response
        }
    })
}

/// One entity, without an `ETag`: its body is passed on unseen.
pub(super) fn entity(body: Body) -> Response {
    streamed(body.to_string())
}

/// A JSON text with an `ETag`.
pub(super) fn tagged(text: String) -> Response {
    TaggedText(text.into()).into_response()
}

/// A JSON text that is streamed without `ETag`.
pub(super) fn streamed(text: String) -> Response {
    JsonText(text.into()).into_response()
}

impl Api {
    /// Waits until what was written can be seen, so that a client reads its own writes.
    pub(super) async fn visible(&self, seq: Option<Seq>) {
        if let Some(seq) = seq {
            self.catalog.wait_for(seq, VISIBLE).await;
        }
    }
}
