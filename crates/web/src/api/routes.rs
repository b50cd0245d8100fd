//! API routes, found as the original finds them: in any letter case, with or without a last slash.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use tower::ServiceExt;

use super::description::{self, Description};

/// Collects the routes of a plugin's API.
#[derive(Default)]
pub struct Routes {
    router: Router,
    patterns: Vec<&'static str>,
    description: Option<&'static Description>,
}

impl Routes {
    /// No route yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route, written as axum writes it (`/entities/by-uid/{uid}`).
    pub fn route(mut self, pattern: &'static str, methods: MethodRouter) -> Self {
        self.router = self.router.route(pattern, methods);
        self.patterns.push(pattern);
        self
    }

    /// Serves a description of the API at `/openapi.json`, and checks bodies by it.
    pub fn described_by(mut self, description: &'static Description) -> Self {
        self.description = Some(description);
        self.route(description::PATH, get(description::serve).with_state(description))
    }

    /// The router to mount.
    pub fn into_router(mut self) -> Router {
        // `/locations/by-query` must win over `/locations/{id}`.
        self.patterns.sort_by_key(|pattern| pattern.matches('{').count());
        let found = Arc::new(Found {
            router: self.router,
            patterns: self.patterns,
            description: self.description,
        });
        Router::new().fallback(dispatch).with_state(found)
    }
}

struct Found {
    router: Router,
    patterns: Vec<&'static str>,
    description: Option<&'static Description>,
}

async fn dispatch(State(found): State<Arc<Found>>, mut request: Request) -> Response {
    let spelled = |pattern: &&'static str| Some((*pattern, spelled_as(pattern, request.uri().path())?));
    let Some((pattern, path)) = found.patterns.iter().find_map(spelled) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match with_path(request.uri(), &path) {
        Some(uri) => *request.uri_mut() = uri,
        None => return StatusCode::NOT_FOUND.into_response(),
    }
    if let Some(description) = found.description {
        let operation = description.operation(pattern, request.method().clone());
        request.extensions_mut().insert(operation);
    }
    found.router.clone().oneshot(request).await.into_response()
}

/// The path with its fixed parts spelled as in the pattern, if it fits.
fn spelled_as(pattern: &str, path: &str) -> Option<String> {
    let mut rest = path.strip_suffix('/').unwrap_or(path).split('/');
    let mut spelled = Vec::new();
    for part in pattern.strip_suffix('/').unwrap_or(pattern).split('/') {
        if part.starts_with("{*") {
            spelled.extend(rest.by_ref());
            break;
        }
        let given = rest.next()?;
        if part.starts_with('{') && !given.is_empty() {
            spelled.push(given);
        } else if part.eq_ignore_ascii_case(given) {
            spelled.push(part);
        } else {
            return None;
        }
    }
    let joined = spelled.join("/");
    let joined = if joined.is_empty() { "/".to_owned() } else { joined };
    rest.next().is_none().then_some(joined)
}

pub(crate) fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::spelled_as;

    fn check(pattern: &str, path: &str, expected: Option<&str>) {
        assert_eq!(spelled_as(pattern, path).as_deref(), expected, "{pattern} {path}");
    }

    #[test]
    fn spelling() {
        check("/entities", "/ENTITIES", Some("/entities"));
        check("/entities", "/entities/", Some("/entities"));
        check("/entities", "/entities/x", None);
        check("/e/{kind}/ancestry", "/E/API/Ancestry", Some("/e/API/ancestry"));
        check("/e/{kind}", "/e/", None);
        check("/keys/{*key}", "/Keys/A/b", Some("/keys/A/b"));
        check("/", "/", Some("/"));
    }
}
