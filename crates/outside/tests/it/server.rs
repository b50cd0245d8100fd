//! A web server of a few routes, and calls with short bounds to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use outside::{BreakerPolicy, Host, HostPolicy, OutsideCalls, OutsideError, Request, Settings};
use testkit::TestClock;
use url::Url;

/// What the server has seen.
#[derive(Default)]
pub struct Seen {
    /// Calls of `/hang` and `/hang-long` under way.
    pub now: AtomicUsize,
    /// Most of them at once.
    pub most: AtomicUsize,
    /// Requests to `/flaky`.
    pub flaky: AtomicUsize,
    /// How many of these fail.
    pub failing: AtomicUsize,
}

/// A server and calls to it.
pub struct Scene {
    pub calls: OutsideCalls,
    pub host: Host,
    pub clock: TestClock,
    pub seen: Arc<Seen>,
    base: Url,
}

impl Scene {
    pub async fn start() -> Self {
        Self::with(policy()).await
    }

    pub async fn with(policy: HostPolicy) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let seen = Arc::new(Seen::default());
        tokio::spawn(axum::serve(listener, routes(seen.clone())).into_future());
        let clock = TestClock::default();
        let calls = OutsideCalls::new(Settings::default(), Arc::new(clock.clone()));
        let host = calls.host("grafana", &policy).unwrap();
        Self {
            calls,
            host,
            clock,
            seen,
            base,
        }
    }

    pub fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }

    pub fn get(&self, path: &str) -> Request {
        self.host.get(self.url(path))
    }

    /// The whole answer as a text.
    pub async fn text(&self, path: &str) -> Result<String, OutsideError> {
        self.get(path).send().await?.text().await
    }

    /// Why a call fails, with the server's address left out.
    pub async fn failure(&self, path: &str) -> String {
        let error = self.text(path).await.expect_err(path);
        self.told(&error)
    }

    pub fn told(&self, error: &OutsideError) -> String {
        error.to_string().replace(self.base.as_str(), "/")
    }
}

/// Bounds that make bad hosts quick to test.
pub fn policy() -> HostPolicy {
    HostPolicy {
        concurrency: 2,
        queue_time: Duration::from_secs(5),
        connect_time: Duration::from_secs(2),
        answer_time: Duration::from_secs(5),
        max_answer_bytes: 10_000,
        breaker: Some(BreakerPolicy {
            failures: 3,
            first_pause: Duration::from_secs(10),
            longest_pause: Duration::from_mins(1),
        }),
        resolver: None,
        trust: None,
    }
}

fn routes(seen: Arc<Seen>) -> Router {
    let html = [("content-type", "text/html; charset=utf-8")];
    let json = [("content-type", "application/json")];
    Router::new()
        .route("/json", get(move || async move { (json, r#"{"ok":true}"#) }))
        .route("/cut-json", get(move || async move { (json, r#"{"ok":"#) }))
        .route(
            "/html",
            get(move || async move { (html, "<title>Sign in</title>") }),
        )
        .route(
            "/echo",
            post(async |headers: HeaderMap, body: String| format!("{:?} {body}", headers["content-type"])),
        )
        .route(
            "/token",
            get(async |headers: HeaderMap| format!("{:?}", headers.get("authorization"))),
        )
        .route("/version", get(version))
        .route("/denied", get(denied))
        .route(
            "/busy",
            get(async || (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")])),
        )
        .route("/gateway", get(async || StatusCode::BAD_GATEWAY))
        .route(
            "/missing",
            get(async || (StatusCode::NOT_FOUND, "secret stack trace")),
        )
        .route(
            "/protected",
            get(async || Redirect::temporary("/login?next=/x&token=geheim")),
        )
        .route("/moved", get(async || Redirect::permanent("/json")))
        .route("/loop", get(async || Redirect::permanent("/loop")))
        .route(
            "/elsewhere",
            get(async |headers: HeaderMap| {
                let port = headers["host"]
                    .to_str()
                    .unwrap()
                    .rsplit(':')
                    .next()
                    .unwrap()
                    .to_owned();
                Redirect::temporary(&format!("http://localhost:{port}/token"))
            }),
        )
        .route("/hang", get(async |seen| hang(seen, 100).await))
        .route("/hang-long", get(async |seen| hang(seen, 60_000).await))
        .route("/flaky", get(flaky))
        .route("/large", get(async || "x".repeat(20_000)))
        .route("/drip", get(drip))
        .with_state(seen)
}

async fn version(headers: HeaderMap) -> Response {
    let etag = [("etag", "\"v1\"")];
    match headers.get("if-none-match") {
        Some(known) if known == "\"v1\"" => (StatusCode::NOT_MODIFIED, etag).into_response(),
        _ => (etag, "content").into_response(),
    }
}

/// Repeats the token, as some servers do.
async fn denied(headers: HeaderMap) -> Response {
    let token = headers
        .get("authorization")
        .map_or("", |value| value.to_str().unwrap());
    let body = format!(r#"{{"message":"unknown\n {token}"}}"#);
    (StatusCode::UNAUTHORIZED, body).into_response()
}

/// Counts who is there, also who hangs up.
async fn hang(State(seen): State<Arc<Seen>>, milliseconds: u64) {
    struct Leave(Arc<Seen>);
    impl Drop for Leave {
        fn drop(&mut self) {
            self.0.now.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
    seen.most.fetch_max(now, Ordering::SeqCst);
    let _leave = Leave(seen);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

async fn flaky(State(seen): State<Arc<Seen>>) -> Result<&'static str, StatusCode> {
    let number = seen.flaky.fetch_add(1, Ordering::SeqCst);
    if number < seen.failing.load(Ordering::SeqCst) {
        Err(StatusCode::SERVICE_UNAVAILABLE)
    } else {
        Ok("back")
    }
}

/// Three parts, each after 300 ms.
async fn drip() -> Body {
    let parts = futures::stream::unfold(0, |number| async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        (number < 3).then(|| (Ok::<_, std::io::Error>(format!("{number};")), number + 1))
    });
    Body::from_stream(parts)
}
