//! Headers for caches: an answer may not be used again without asking, unless its handler says otherwise.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// Answers depend on who asks.
const VARY: HeaderValue = HeaderValue::from_static("Cookie, Authorization");

/// Marks an answer that is the same for every caller.
#[derive(Clone)]
pub(crate) struct SameForAll;

/// Adds the headers that an answer lacks.
pub(crate) async fn private(mut answer: Response) -> Response {
    if answer.extensions().get::<SameForAll>().is_some() {
        return answer;
    }
    let is_refusal = matches!(
        answer.status(),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
    );
    let headers = answer.headers_mut();
    let is_public = headers
        .get(header::CACHE_CONTROL)
        .is_some_and(|value| value.as_bytes().starts_with(b"public"));
    if is_public {
        return answer;
    }
    let value = if is_refusal {
        "no-store"
    } else {
        "private, no-cache"
    };
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(value));
    headers.append(header::VARY, VARY);
    answer
}
