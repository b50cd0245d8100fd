//! JSON answers.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;

use super::error::ApiError;
use super::freshness::weak_etag;

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// A value as JSON, with a weak `ETag`.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

/// Text that already is JSON, sent as it is and without `ETag`: what the original streams.
#[derive(Debug, Clone)]
pub struct JsonText(pub Bytes);

/// Text that already is JSON, sent as it is with a weak `ETag`.
#[derive(Debug, Clone)]
pub struct TaggedText(pub Bytes);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(text) => TaggedText(text.into()).into_response(),
            Err(error) => ApiError::internal(&error).into_response(),
        }
    }
}

impl IntoResponse for TaggedText {
    fn into_response(self) -> Response {
        let etag = weak_etag(&self.0);
        let mut response = JsonText(self.0).into_response();
        response.headers_mut().insert(header::ETAG, etag);
        response
    }
}

impl IntoResponse for JsonText {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.0));
        response.headers_mut().insert(header::CONTENT_TYPE, CONTENT_TYPE);
        response
    }
}
