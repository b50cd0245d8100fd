//! Weak entity tags and `If-None-Match`.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha1::{Digest, Sha1};

/// The tag of a body: its length and digest, so that equal bodies have equal tags.
pub(crate) fn weak_etag(body: &[u8]) -> HeaderValue {
    let digest = STANDARD_NO_PAD.encode(Sha1::digest(body));
    HeaderValue::from_str(&format!("W/\"{:x}-{digest}\"", body.len()))
        .expect("hexadecimal and base64 are ASCII")
}

/// Turns an answer that the client already has into 304.
pub(crate) fn revalidate(method: &Method, request: &HeaderMap, response: Response) -> Response {
    let readable = *method == Method::GET || *method == Method::HEAD;
    if !readable || response.status() != StatusCode::OK || !is_fresh(request, response.headers()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

fn is_fresh(request: &HeaderMap, response: &HeaderMap) -> bool {
    let text = |headers: &HeaderMap, name| headers.get(name).and_then(|v| v.to_str().ok().map(str::to_owned));
    let Some(etag) = text(response, header::ETAG) else {
        return false;
    };
    let Some(known) = text(request, header::IF_NONE_MATCH) else {
        return false;
    };
    if text(request, header::CACHE_CONTROL).is_some_and(|control| control.contains("no-cache")) {
        return false;
    }
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.trim() == "*" || known.split(',').any(|tag| opaque(tag) == opaque(&etag))
}
