//! One log line and two metrics for each request, its id, and the headers around every answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::call::Call;
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
    let call = Call::default();
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(call.clone());
    let span = tracing::info_span!("request", request_id = %id.0);
    let mut answer = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        answer.headers_mut().insert(HEADER, value);
    }
    count(&method, &call, answer.status().as_u16(), started.elapsed());
    tell(&method, &path, &id, answer.status().as_u16(), started.elapsed());
    answer
}

/// Labels have few values: the rows of the table, and one for everything that has no row.
fn count(method: &Method, call: &Call, status: u16, elapsed: Duration) {
    let method = match *method {
        Method::GET
        | Method::HEAD
        | Method::OPTIONS
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::PATCH => method.as_str().to_owned(),
        _ => "other".to_owned(),
    };
    let (plugin, path) = match call.route() {
        Some(route) => (route.plugin.to_string(), route.path.to_string()),
        None => ("none".to_owned(), "none".to_owned()),
    };
    metrics::counter!(
        "http_requests_total",
        "method" => method.clone(), "plugin" => plugin.clone(), "path" => path.clone(), "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "plugin" => plugin, "path" => path)
        .record(elapsed.as_secs_f64());
}

fn tell(method: &Method, path: &str, id: &RequestId, status: u16, elapsed: Duration) {
    let duration_ms = elapsed.as_secs_f64() * 1000.0;
    let request_id = &*id.0;
    let is_probe = path.starts_with("/.backstage/") || path == "/metrics" || path.starts_with("/-/assets/");
    if is_probe && status < 500 {
        tracing::debug!(%method, path, status, duration_ms, request_id, "{method} {path} {status}");
    } else {
        tracing::info!(%method, path, status, duration_ms, request_id, "{method} {path} {status}");
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
