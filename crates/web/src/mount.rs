//! The mount of plugin APIs at `/api/<id>`: paths, and answers as clients expect them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::Fault;

use crate::api::{ApiError, ApiRouter, ErrorDetails, revalidate, with_path};

/// Everything below `/api`.
pub(crate) struct Mounts {
    pub(crate) plugins: HashMap<String, ApiRouter>,
}

/// Answers requests below `/api`; all others go on. A path below `/api` never reaches a page.
pub(crate) async fn dispatch(State(mounts): State<Arc<Mounts>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(rest) = below(path, "api") else {
        return next.run(request).await;
    };
    let rest = rest.trim_start_matches('/');
    let (id, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match mounts.plugins.get(id.to_ascii_lowercase().as_str()) {
        Some(router) => {
            let path = if rest.is_empty() {
                "/".to_owned()
            } else {
                rest.to_owned()
            };
            call(router, &path, request).await
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The rest of a path after its first part, if that is `first` in any letter case.
fn below<'a>(path: &'a str, first: &str) -> Option<&'a str> {
    let start = path.get(1..=first.len())?;
    let rest = &path[1 + first.len()..];
    (start.eq_ignore_ascii_case(first) && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

async fn call(router: &ApiRouter, path: &str, mut request: Request) -> Response {
    let method = request.method().clone();
    let headers = request.headers().clone();
    let url = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let answer = match with_path(request.uri(), path) {
        Some(uri) => {
            let original = std::mem::replace(request.uri_mut(), uri);
            request.extensions_mut().insert(OriginalUri(original));
            router.answer(request).await
        }
        None => ApiError::new(Fault::input("malformed uri'")).into_response(),
    };
    let answer = match answer.extensions().get::<ErrorDetails>() {
        Some(details) => details.render(Some((method.as_str(), &url))),
        None => answer,
    };
    revalidate(&method, &headers, unroutable(&method, answer))
}

/// A known path with another method is 404 with an empty body, but OPTIONS lists the methods.
fn unroutable(method: &Method, answer: Response) -> Response {
    if answer.status() != StatusCode::METHOD_NOT_ALLOWED {
        return answer;
    }
    let allowed = answer.headers().get(header::ALLOW).cloned();
    match allowed.filter(|_| *method == Method::OPTIONS) {
        Some(methods) => {
            let etag = crate::api::weak_etag(methods.as_bytes());
            let body = Body::from(methods.as_bytes().to_vec());
            let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
            ([kind], [(header::ALLOW, methods), (header::ETAG, etag)], body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
