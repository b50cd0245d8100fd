//! Which requests there were.

use std::collections::BTreeMap;

use axum::http::HeaderMap;

/// Requests that are kept whole; later ones are only counted.
const KEPT: usize = 20_000;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// The route with its method, such as `GET /repos/{owner}/{repo}`; `GET -` where there is none.
    pub route: String,
    /// Path and query below `/api/v1`.
    pub target: String,
    /// Name of who asked; nothing for nobody.
    pub viewer: Option<String>,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// What it was answered with.
    pub status: u16,
}

/// Counts of all requests and the first of them.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub calls: BTreeMap<String, usize>,
    pub requests: Vec<Request>,
}

impl Record {
    pub(super) fn add(&mut self, request: Request) {
        *self.calls.entry(request.route.clone()).or_default() += 1;
        if self.requests.len() < KEPT {
            self.requests.push(request);
        }
    }
}
