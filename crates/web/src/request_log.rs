//! One log line and two metrics for each request, its id, and the headers around every answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use metrics::SharedString;
use tracing::Instrument;

use crate::call::Call;
use crate::cors::Cors;
use crate::options::ServerOptions;

const HEADER: &str = "x-request-id";
/// Longest id that is taken over from a client.
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
    count(&method, &call, answer.status(), started.elapsed());
    tell(&method, &path, &id, answer.status().as_u16(), started.elapsed());
    answer
}

/// Labels have few values: the rows of the table, and one for everything that has no row. They are shared, not copied.
fn count(method: &Method, call: &Call, status: StatusCode, elapsed: Duration) {
    let method = label_of(method);
    let none = || SharedString::const_str("none");
    let (plugin, path) = call.route().map_or_else(
        || (none(), none()),
        |route| (route.plugin.clone().into(), route.path.clone().into()),
    );
    let status = status.as_str().to_owned();
    metrics::counter!(
        "http_requests_total",
        "method" => method, "plugin" => plugin.clone(), "path" => path.clone(), "status" => status
    )
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "plugin" => plugin, "path" => path)
        .record(elapsed.as_secs_f64());
}

/// A client may make up methods.
fn label_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
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
    mut request: Request,
    next: Next,
) -> Response {
    options.proxies.note(&mut request);
    let mut answer = match &options.cors {
        Some(cors) => shared_with_origins(cors, request, next).await,
        None => next.run(request).await,
    };
    options.headers.apply(answer.headers_mut());
    answer
}

async fn shared_with_origins(cors: &Cors, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    if let Some(answer) = cors.preflight(request.method(), &headers) {
        return answer;
    }
    let mut answer = next.run(request).await;
    cors.apply(&headers, answer.headers_mut());
    answer
}
