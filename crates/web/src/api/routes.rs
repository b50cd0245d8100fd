//! API routes, found as the original finds them: in any letter case, with or without a last slash.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use plugin::{Face, PluginId, RowHead};
use tower::ServiceExt;

use crate::gate::{Gate, Gates, enforce};

/// The API of one plugin.
pub(crate) struct ApiRouter {
    router: Router,
    patterns: Vec<Cow<'static, str>>,
    /// For what has no row.
    elsewhere: Arc<Gate>,
}

impl ApiRouter {
    /// Puts the rows of a plugin together, each behind its gate.
    pub(crate) fn new(
        gates: &Arc<Gates>,
        plugin: &PluginId,
        rows: impl IntoIterator<Item = (RowHead, MethodRouter)>,
    ) -> Self {
        let elsewhere = gates.elsewhere(Face::Api, Some(plugin.clone()));
        let mut router = Router::new();
        let mut patterns: Vec<Cow<'static, str>> = Vec::new();
        for (head, endpoint) in rows {
            let gate = from_fn_with_state(gates.of(&head), enforce);
            router = router.route(&head.path, endpoint.route_layer(gate));
            if !patterns.contains(&head.path) {
                patterns.push(head.path);
            }
        }
        // `/locations/by-query` must win over `/locations/{id}`.
        patterns.sort_by_key(|pattern| pattern.matches('{').count());
        let wrong_method = elsewhere.clone();
        let router = router.method_not_allowed_fallback(move |request: Request| async move {
            wrong_method
                .nothing(request, StatusCode::METHOD_NOT_ALLOWED)
                .await
        });
        Self {
            router,
            patterns,
            elsewhere,
        }
    }

    /// Answers a request whose path is relative to the mount.
    pub(crate) async fn answer(&self, mut request: Request) -> Response {
        let spelled = |pattern: &Cow<'static, str>| spelled_as(pattern, request.uri().path());
        let spelled = self.patterns.iter().find_map(spelled);
        let Some(uri) = spelled.and_then(|path| with_path(request.uri(), &path)) else {
            return self.elsewhere.nothing(request, StatusCode::NOT_FOUND).await;
        };
        *request.uri_mut() = uri;
        self.router.clone().oneshot(request).await.into_response()
    }
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

/// The address with another path; host and query stay.
pub(crate) fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(text.parse().ok()?);
    Uri::from_parts(parts).ok()
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
