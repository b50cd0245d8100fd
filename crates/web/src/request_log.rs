//! One log line and two metrics for each request, its id, and the headers around every answer.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::options::ServerOptions;

const HEADER: &str = "x-request-id";
/// Ids that clients send are taken over up to this length.
const MAX_ID_LENGTH: usize = 64;

/// Finds a request's lines in the log; also sent as `x-request-id`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

impl RequestId {
    fn of(request: &Request) -> Self {
        let given = request
            .headers()
            .get(HEADER)
            .and_then(|value| value.to_str().ok());
        let is_plain = |id: &&str| {
            !id.is_empty()
                && id.len() <= MAX_ID_LENGTH
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        match given.filter(is_plain) {
            Some(id) => Self(id.into()),
            None => Self(uuid::Uuid::new_v4().simple().to_string().into()),
        }
    }
}

/// Logs method, path, status, duration and id. Probes and metrics are logged only when they fail.
pub(crate) async fn log(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::of(&request);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request_id = %id.0);
    let mut answer = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        answer.headers_mut().insert(HEADER, value);
    }
    record(&method, &path, &id, answer.status().as_u16(), started);
    answer
}

fn record(method: &Method, path: &str, id: &RequestId, status: u16, started: Instant) {
    let elapsed = started.elapsed();
    let duration_ms = elapsed.as_secs_f64() * 1000.0;
    let area = area(path);
    let method_label = if method.is_safe()
        || matches!(
            *method,
            Method::POST | Method::PUT | Method::DELETE | Method::PATCH
        ) {
        method.as_str().to_owned()
    } else {
        "other".to_owned()
    };
    metrics::counter!("http_requests_total", "method" => method_label.clone(), "area" => area.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method_label, "area" => area)
        .record(elapsed.as_secs_f64());
    let request_id = &*id.0;
    let is_probe = path.starts_with("/.backstage/") || path == "/metrics" || path.starts_with("/-/assets/");
    if is_probe && status < 500 {
        tracing::debug!(%method, path, status, duration_ms, request_id, "{method} {path} {status}");
    } else {
        tracing::info!(%method, path, status, duration_ms, request_id, "{method} {path} {status}");
    }
}

/// A label with few values: the API's plugin, or the first part of a page's path where that is known
/// to be a word and not something a client made up.
fn area(path: &str) -> String {
    let mut parts = path.split('/').skip(1);
    let first = parts.next().unwrap_or_default();
    match first {
        "api" => format!("api/{}", known(parts.next().unwrap_or_default(), &API_AREAS)),
        _ => known(first, &PAGE_AREAS).to_owned(),
    }
}

const API_AREAS: [&str; 5] = ["catalog", "user-settings", "search", "scaffolder", "techdocs"];
const PAGE_AREAS: [&str; 8] = [
    ".backstage",
    "metrics",
    "-",
    "catalog",
    "api-docs",
    "catalog-graph",
    "org",
    "settings",
];

fn known<'a>(word: &'a str, words: &[&str]) -> &'a str {
    if word.is_empty() || words.contains(&word) {
        word
    } else {
        "other"
    }
}

/// Answers preflight requests and adds CORS and security headers to every answer.
pub(crate) async fn frame(
    State(options): State<Arc<ServerOptions>>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers().clone();
    let preflight = options
        .cors
        .as_ref()
        .and_then(|cors| cors.preflight(request.method(), &headers));
    let mut answer = if let Some(answer) = preflight {
        answer
    } else {
        let mut answer = next.run(request).await.into_response();
        if let Some(cors) = &options.cors {
            cors.apply(&headers, answer.headers_mut());
        }
        answer
    };
    options.headers.apply(answer.headers_mut());
    answer
}
