//! What the original's plugin for browsers asks Grafana through the proxy: `/api/proxy<proxyPath>/api/…`.
//!
//! The original passes every request on, with the portal's token. Here it is the four questions of that plugin, only read, and
//! only where the configuration has the endpoint under `proxy`.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::Fault;
use plugin::{PluginId, Rows, Rule};
use sight::{ENTITY_READ, WholeSight};
use web::ApiError;

use crate::grafana::{Configured, Grafana, Grafanas};

/// The plugin of the original whose address this is.
pub(crate) const ID: PluginId = PluginId::built_in("proxy");
/// The paths that are asked for.
const ASKED: [&str; 4] = [
    "/api/search",
    "/api/alerts",
    "/api/ruler/grafana/api/v1/rules",
    "/api/prometheus/grafana/api/v1/alerts",
];
/// Longest query that is passed on, in bytes.
const LONGEST: usize = 2_000;

/// The rows below `/api/proxy`.
pub(crate) fn rows(grafanas: &Configured) -> Rows {
    Rows::new()
        .get("/{*path}", Rule::signed_in().left_to_handler(&ENTITY_READ), pass)
        .with_state(grafanas)
}

/// Answers name dashboards and alerts of everything, so that they are for callers who may see everything.
async fn pass(
    State(grafanas): State<Option<Arc<Grafanas>>>,
    _: WholeSight,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let found = grafanas.as_deref().and_then(|all| endpoint(all, &path));
    let Some((host, rest)) = found else {
        return Err(Fault::not_found(format!(
            "No endpoint of the configuration's section proxy serves /{path}"
        ))
        .into());
    };
    if !ASKED.contains(&rest) {
        return Err(Fault::not_allowed(format!(
            "{rest} of Grafana is not passed on; only {} are",
            ASKED.join(", ")
        ))
        .into());
    }
    let query = query.unwrap_or_default();
    if query.len() > LONGEST {
        return Err(Fault::input(format!("The query has more than {LONGEST} bytes")).into());
    }
    let separator = if query.is_empty() { "" } else { "?" };
    let passed = host.client.pass(&format!("{rest}{separator}{query}")).await;
    match passed {
        Ok((status, body)) => {
            let json =
                HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
            Ok((status, json, body).into_response())
        }
        Err(trouble) => {
            let fault = Fault::error(trouble.message);
            Err(ApiError::new(fault).with_status(StatusCode::BAD_GATEWAY))
        }
    }
}

/// The instance whose endpoint a path is below, and the path at Grafana.
fn endpoint<'a, 'b>(grafanas: &'a Grafanas, path: &'b str) -> Option<(&'a Grafana, &'b str)> {
    grafanas.all().iter().find_map(|host| {
        let rest = below(host.settings.proxy_path.as_deref()?, path)?;
        Some((host, rest))
    })
}

/// What of a path is below an endpoint's.
fn below<'b>(endpoint: &str, path: &'b str) -> Option<&'b str> {
    let rest = path.strip_prefix(endpoint.trim_matches('/'))?;
    rest.starts_with('/').then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_found_by_their_path() {
        for (endpoint, path, expected) in [
            ("/grafana/api", "grafana/api/api/search", Some("/api/search")),
            ("/grafana/b/", "grafana/b/api/alerts", Some("/api/alerts")),
            ("grafana/a", "grafana/ab/api/search", None),
            ("/grafana/a", "grafana/a", None),
            ("/grafana/a", "", None),
        ] {
            assert_eq!(below(endpoint, path), expected, "{endpoint} {path}");
        }
    }
}
