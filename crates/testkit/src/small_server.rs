//! A server on a free port of the loopback interface, whose answers one function gives. It runs on a thread of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Largest body of a request.
const BODY: usize = 64 << 20;

/// A request.
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The segments of the path, decoded.
    pub(crate) path: Vec<String>,
    /// The query, decoded; of equal names the last one.
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    async fn of(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let pairs = raw_query.split('&').filter_map(|pair| pair.split_once('='));
        Self {
            method: parts.method.to_string(),
            path: parts
                .uri
                .path()
                .trim_matches('/')
                .split('/')
                .map(decoded)
                .collect(),
            query: pairs
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
            raw_query: raw_query.clone(),
            headers: parts.headers,
            // A client that hangs up does not read the answer either.
            body: to_bytes(body, BODY).await.unwrap_or_default(),
        }
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; nothing where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let mut reply = Self::of(status, body.to_string());
        reply
            .headers
            .push(("content-type".to_owned(), "application/json".to_owned()));
        reply
    }

    fn into_response(self) -> Response<Body> {
        let response = self.headers.iter().fold(
            Response::builder().status(self.status),
            |response, (name, value)| response.header(name, value),
        );
        response
            .body(Body::from(self.body))
            .expect("the answers of a test are answers")
    }
}

/// A running server; it stops when dropped.
pub(crate) struct SmallServer {
    /// Its address without a slash at its end.
    pub(crate) url: String,
    _stop: oneshot::Sender<()>,
}

/// Starts a server. `answers` is made from its address.
pub(crate) fn serve<F>(answers: impl FnOnce(&str) -> F) -> SmallServer
where
    F: Fn(&Asked) -> Reply + Send + Sync + 'static,
{
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
    let address = listener.local_addr().expect("the socket is bound");
    listener.set_nonblocking(true).expect("the socket is ours");
    let url = format!("http://{address}");
    let answers = Arc::new(answers(&url));
    let (stop, stopped) = oneshot::channel();
    let routes = Router::new().fallback(move |request: Request| {
        let answers = answers.clone();
        async move {
            let asked = Asked::of(request).await;
            let answered = tokio::task::spawn_blocking(move || answers(&asked)).await;
            answered.expect("the answer is given").into_response()
        }
    });
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
        runtime.shutdown_background();
    });
    SmallServer { url, _stop: stop }
}
