//! The HTTP side: a thread of its own, and the gate that every request passes before its route.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, get};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::ask::{Ask, Reply};
use super::record::{self, Record};
use super::routes::{self, Row};
use super::settings::Settings;
use super::trouble::{self, Kind};
use super::world::World;

/// The world behind its lock.
pub(super) type Shared = Arc<Mutex<World>>;

/// Largest body of a request.
const BODY: usize = 64 << 20;

/// The lock of the world; a test that panicked while it held the lock leaves the world as it was.
pub(super) fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a server on a free port. It runs on a thread of its own until the sender is dropped.
pub(super) fn start(settings: Settings) -> (Shared, oneshot::Sender<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("the socket is bound");
    listener.set_nonblocking(true).expect("the socket is ours");
    let (stop, stopped) = oneshot::channel();
    let sub_path = settings.sub_path.clone();
    let world = World::new(settings, format!("http://{address}"));
    let world = Arc::new(Mutex::new(world));
    let routes = router(&sub_path, &world);
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("threads and sockets are there");
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).expect("the socket does not block");
            tokio::select! {
                _ = axum::serve(listener, routes) => {}
                _ = stopped => {}
            }
        });
        // Answers that are still awaited by somebody end with their connections.
        runtime.shutdown_background();
    });
    (world, stop)
}

fn router(sub_path: &str, world: &Shared) -> Router {
    let mut routes: HashMap<&str, MethodRouter<Shared>> = HashMap::new();
    for row in routes::all() {
        let filter = MethodFilter::try_from(row.method()).expect("a method of the table");
        let here = routes.remove(row.path).unwrap_or_default();
        // Gitea answers no HEAD, which axum would add to every GET.
        let here = if row.method() == Method::GET {
            here.head(not_allowed)
        } else {
            here
        };
        let handler = move |State(world): State<Shared>, parts: RawPathParams, request: Request| async move {
            let part = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let parts = parts.iter().map(part).collect();
            gate(world, Some(row), request, parts).await
        };
        routes.insert(row.path, here.on(filter, handler));
    }
    let mut router = Router::new();
    for (path, methods) in routes {
        router = router.route(&format!("{sub_path}/api/v1{path}"), methods);
    }
    let nowhere = |State(world): State<Shared>, request: Request| gate(world, None, request, HashMap::new());
    router
        .route(&format!("{sub_path}/fake/calls"), get(calls).delete(forget_calls))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_allowed)
        .with_state(world.clone())
}

async fn not_allowed() -> impl IntoResponse {
    (StatusCode::METHOD_NOT_ALLOWED, [("allow", "GET")])
}

/// The counts, for those who measure from another process.
async fn calls(State(world): State<Shared>) -> Json<BTreeMap<String, usize>> {
    Json(lock(&world).record.calls.clone())
}

async fn forget_calls(State(world): State<Shared>) {
    lock(&world).record = Record::default();
}

pub(super) struct Asked {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    /// A header; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    async fn of(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            // A client that hangs up does not read the answer either.
            body: to_bytes(body, BODY).await.unwrap_or_default(),
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Counts the request, does the trouble to it, and lets it through to its route.
async fn gate(
    world: Shared,
    row: Option<&'static Row>,
    request: Request,
    parts: HashMap<String, String>,
) -> Response<Body> {
    let asked = Asked::of(request).await;
    if row.is_none() && super::wire::is_git(&world, asked.uri.path()) {
        return super::wire::serve(world, asked).await;
    }
    let (reply, delay, half) = {
        let mut world = lock(&world);
        answer(&mut world, row, &asked, parts)
    };
    if delay > Duration::ZERO {
        tokio::time::sleep(delay).await;
    }
    respond(reply, half)
}

fn answer(
    world: &mut World,
    row: Option<&'static Row>,
    asked: &Asked,
    parts: HashMap<String, String>,
) -> (Reply, Duration, bool) {
    let whole = asked.uri.to_string();
    let target = whole
        .split_once("/api/v1")
        .map_or(whole.as_str(), |(_, rest)| rest)
        .to_owned();
    let viewer = super::gate::viewer(world, &asked.headers);
    let kind = trouble::take(&mut world.troubles, &format!("{} {target}", asked.method));
    let replaced = kind.as_ref().and_then(|kind| trouble::reply(kind, &world.base()));
    let name = viewer.as_ref().ok().and_then(|viewer| viewer.login.clone());
    let reply = replaced.map_or_else(
        || {
            let ask = ask(asked, parts, name.clone());
            super::gate::through(world, row, viewer, &ask)
        },
        Ok,
    );
    let reply = match reply {
        Ok(reply) | Err(reply) => reply,
    };
    let path = row.map_or("-", |row| row.path);
    world.record.add(record::Request {
        route: format!("{} {path}", asked.method),
        target,
        viewer: name,
        headers: asked.headers.clone(),
        body: asked.body.to_vec(),
        status: reply.status,
    });
    let slow = match kind {
        Some(Kind::Slow(by)) => by,
        _ => Duration::ZERO,
    };
    (
        reply,
        slow + world.settings.latency,
        matches!(kind, Some(Kind::Half)),
    )
}

fn ask(asked: &Asked, parts: HashMap<String, String>, viewer: Option<String>) -> Ask {
    let raw_query = asked.uri.query().unwrap_or_default().to_owned();
    let pairs = raw_query.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (
            decoded(&name.replace('+', " ")),
            decoded(&value.replace('+', " ")),
        )
    };
    let body = serde_json::from_slice(&asked.body).ok();
    Ask {
        method: asked.method.clone(),
        path: asked.uri.path().to_owned(),
        query: pairs.map(pair).collect(),
        raw_query: raw_query.clone(),
        parts,
        headers: asked.headers.clone(),
        malformed: body.is_none() && !asked.body.is_empty(),
        body: body.unwrap_or(Value::Null),
        viewer,
    }
}

pub(super) fn respond(reply: Reply, half: bool) -> Response<Body> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let bodiless = matches!(reply.status, 204 | 304);
    let length = reply.body.len();
    let body = match (bodiless, half) {
        (true, _) => Body::empty(),
        (false, false) => Body::from(reply.body),
        (false, true) => {
            response = response.header("content-length", length);
            super::half::body(&reply.body[..length / 2])
        }
    };
    response.body(body).expect("the headers are plain text")
}

/// Name and password of a `Basic` header.
pub(super) fn basic(value: &str) -> Option<(String, String)> {
    let bytes = BASE64_STANDARD.decode(value.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}
