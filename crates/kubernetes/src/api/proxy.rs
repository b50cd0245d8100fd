//! `/api/kubernetes/proxy/…`: a request to the API server of a cluster, passed on with the portal's account or the viewer's token.
//! Its body is bounded, its answer comes as it comes, so that watches and logs can be followed.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{self, AUTHORIZATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::Response;
use bytes::Bytes;
use futures::StreamExt;
use model::{Fault, FaultKind};
use outside::Answer;
use percent_encoding::percent_decode_str;
use plugin::{AuditEvent, AuditOutcome};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;
use web::api::RawBody;
use web::{ApiError, CurrentActor};

use super::Desk;
use crate::PROXY;
use crate::engine::{Cluster, Line, Token, missing};

/// Largest body that is passed on, in bytes. An API server takes 3 MiB.
pub(super) const MAX_BODY: usize = 4 << 20;
/// How long the head of an answer may take; the cluster has 30 s of it.
pub(super) const TIME: Duration = Duration::from_secs(35);
/// Largest answer that has an end, in bytes.
const MAX_ANSWER: u64 = 256 << 20;
/// Longest silence of an answer that is followed.
const SILENCE: Duration = Duration::from_hours(1);
/// Answers that are passed on at the same time.
const MOST: usize = 100;

static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Semaphore::new(MOST).into());

/// The header that names the cluster.
const CLUSTER: &str = "backstage-kubernetes-cluster";
/// The header with another `Authorization` for the cluster; with `-oidc-<provider>` behind it, a token of the viewer.
const OTHER_AUTHORIZATION: &str = "backstage-kubernetes-authorization";

/// Headers of a request that are not for the cluster: those of the connection, and those of the portal.
const KEPT_BACK: [&str; 16] = [
    "host",
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "expect",
    // The answer is read here, and packed again for the browser.
    "accept-encoding",
    "authorization",
    "cookie",
    "forwarded",
    "x-real-ip",
];
/// Beginnings of such names. With `Impersonate-…` and `X-Remote-…` a caller would be somebody else with the portal's account.
const KEPT_BACK_FAMILIES: [&str; 4] = [
    "backstage-kubernetes-",
    "impersonate-",
    "x-remote-",
    "x-forwarded-",
];

/// Headers of an answer that are not for the browser: those of the connection, and what a cluster may not say for the portal.
const NOT_FOR_BROWSERS: [&str; 14] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
    "set-cookie",
    "clear-site-data",
    "content-security-policy",
    "strict-transport-security",
    "x-frame-options",
    "service-worker-allowed",
];

/// Passes a request on. One that may change something is kept in the audit, with what became of it.
pub(super) async fn forward(
    State(desk): State<Desk>,
    CurrentActor(actor): CurrentActor,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Response, ApiError> {
    if headers.contains_key(header::UPGRADE) {
        let message = "The proxy opens no WebSockets yet; use kubectl for exec, attach and port-forward";
        return Err(Fault::new(FaultKind::NotImplemented, message).into());
    }
    let cluster = cluster_of(&desk, &headers)?;
    let path = path_of(&uri)?;
    let Ok(place) = PLACES.clone().try_acquire_owned() else {
        let message = format!("{MOST} requests to clusters are under way already; try again");
        return Err(Fault::new(FaultKind::TooManyRequests, message).into());
    };
    let query = uri.query().unwrap_or_default();
    let answer = send(&cluster, &method, (path, query), &headers, body).await;
    if !matches!(method, Method::GET | Method::HEAD) {
        let event = AuditEvent {
            actor,
            action: PROXY.name.into(),
            subject: format!("{method} {path} of {}", cluster.name()),
            outcome: outcome(&answer),
        };
        desk.audit.record_attempt(event).await;
    }
    Ok(passed_back(answer?, desk.stop.clone(), place))
}

/// Sends a request to a cluster, and waits for the head of its answer.
async fn send(
    cluster: &Arc<Cluster>,
    method: &Method,
    (path, query): (&str, &str),
    headers: &HeaderMap,
    body: Bytes,
) -> Result<Answer, Fault> {
    let failed = |reason: &str| {
        let name = cluster.name();
        Fault::error(format!("Cluster '{name}' request error; caused by {reason}"))
    };
    let line = cluster
        .usable_line()
        .map_err(|failure| failed(&failure.message))?;
    let address = line.address(path, query);
    let mut call = line.host.request(method.clone(), address).any_status();
    for (name, value) in passed_on(headers) {
        call = call.header(name, &value);
    }
    if let Some(authorization) = authorization(&line, headers).await? {
        call = call.secret_header(AUTHORIZATION, &authorization);
    }
    call = if is_followed(query) {
        call.endless(SILENCE)
    } else {
        call.max_bytes(MAX_ANSWER)
    };
    let answer = call.body(body).send().await;
    answer.map_err(|error| failed(&error.to_string()))
}

/// What became of a request, for the audit.
fn outcome(answer: &Result<Answer, Fault>) -> AuditOutcome {
    match answer {
        Err(fault) => AuditOutcome::Failed(fault.describe()),
        Ok(answer) if answer.is_success() => AuditOutcome::Done,
        Ok(answer) => {
            let status = answer.status();
            let reason = format!("the cluster answered {status}");
            match status.as_u16() {
                401 | 403 => AuditOutcome::Refused(reason),
                _ => AuditOutcome::Failed(reason),
            }
        }
    }
}

/// The cluster that the header names; without it the one cluster that there is.
fn cluster_of(desk: &Desk, headers: &HeaderMap) -> Result<Arc<Cluster>, Fault> {
    let clusters = desk.kubernetes.clusters();
    let named = headers.get(CLUSTER).and_then(|name| name.to_str().ok());
    match (clusters.as_ref(), named) {
        ([], _) => Err(Fault::not_found("No Clusters configured")),
        ([only], None) => Ok(only.clone()),
        (_, named) => {
            // The original's word for a header that is not there.
            let name = named.unwrap_or("undefined");
            let cluster = desk.kubernetes.cluster(name);
            cluster.ok_or_else(|| Fault::not_found(format!("Cluster '{name}' not found")))
        }
    }
}

/// The path behind `/proxy`. One that leads upwards is refused: where clusters share a server, it would lead to another one.
fn path_of(uri: &Uri) -> Result<&str, Fault> {
    let path = uri.path();
    let path = path
        .find("/proxy")
        .map_or(path, |at| &path[at + "/proxy".len()..]);
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut parts = decoded.split(['/', '\\']);
    if parts.any(|part| matches!(part, "." | "..")) {
        return Err(Fault::input(
            "The path of a request to a cluster must not have parts like '..'",
        ));
    }
    Ok(path)
}

/// The headers that the cluster gets.
fn passed_on(headers: &HeaderMap) -> Vec<(HeaderName, String)> {
    let of_connection = headers
        .get(header::CONNECTION)
        .and_then(|value| value.to_str().ok());
    let of_connection: Vec<String> = of_connection
        .into_iter()
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let is_kept_back = |name: &str| {
        KEPT_BACK.contains(&name)
            || KEPT_BACK_FAMILIES.iter().any(|family| name.starts_with(family))
            || of_connection.iter().any(|other| other == name)
    };
    let names = headers.keys().filter(|name| !is_kept_back(name.as_str()));
    names
        .map(|name| {
            let values = headers
                .get_all(name)
                .iter()
                .filter_map(|value| value.to_str().ok());
            (name.clone(), values.collect::<Vec<_>>().join(", "))
        })
        .collect()
}

/// What the cluster is told about who asks: what the caller says for it, a token of the viewer, or the portal's own account.
async fn authorization(line: &Line, headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let of = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(given) = of(OTHER_AUTHORIZATION) {
        return Ok(Some(given.to_owned()));
    }
    let token = match &line.token {
        Token::OfViewer(provider) => {
            let name = format!("{OTHER_AUTHORIZATION}-oidc-{}", provider.to_ascii_lowercase());
            Some(
                of(&name)
                    .ok_or_else(|| Fault::error(missing(provider)))?
                    .to_owned(),
            )
        }
        _ => line
            .token()
            .await
            .map_err(|failure| Fault::error(failure.message))?,
    };
    Ok(token.map(|token| format!("Bearer {token}")))
}

/// Whether an answer has no end by itself.
fn is_followed(query: &str) -> bool {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.any(|(key, value)| matches!(&*key, "watch" | "follow") && matches!(&*value, "" | "1" | "true"))
}

/// The answer as it comes, until the portal stops. It is no page of the portal: what a browser makes of it may run nothing.
fn passed_back(answer: Answer, stop: CancellationToken, place: OwnedSemaphorePermit) -> Response {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let parts = answer.stream().take_until(stop.cancelled_owned());
    let parts = parts.inspect(move |_| {
        let _held = &place;
    });
    let mut response = Response::new(Body::from_stream(parts));
    *response.status_mut() = status;
    for (name, value) in &headers {
        let is_cors = name.as_str().starts_with("access-control-");
        if !is_cors && !NOT_FOR_BROWSERS.contains(&name.as_str()) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    let own = response.headers_mut();
    let policy = HeaderValue::from_static("sandbox; default-src 'none'");
    own.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Packed answers would be held back until there is enough to pack.
    own.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_the_portal_stays_here() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("accept", "application/json"),
            ("authorization", "Bearer portal"),
            ("cookie", "session=1"),
            ("impersonate-user", "admin"),
            ("impersonate-extra-scopes", "x"),
            ("x-remote-user", "admin"),
            ("backstage-kubernetes-cluster", "north"),
            ("connection", "close, x-hop"),
            ("x-hop", "1"),
            ("x-own", "2"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let mut names: Vec<String> = passed_on(&headers)
            .into_iter()
            .map(|(name, _)| name.to_string())
            .collect();
        names.sort();
        assert_eq!(names, ["accept", "x-own"]);
    }

    #[test]
    fn paths_lead_down_alone() {
        for (path, expected) in [
            ("/proxy/api/v1/pods?watch=1", Some("/api/v1/pods")),
            ("/proxy", Some("")),
            ("/proxy/", Some("/")),
            (
                "/proxy/api/v1/namespaces/a/services/http:web:80/proxy/x",
                Some("/api/v1/namespaces/a/services/http:web:80/proxy/x"),
            ),
            ("/proxy/api/../x", None),
            ("/proxy/api/%2e%2e/x", None),
            ("/proxy/api/a%2F..%2Fb", None),
            ("/proxy/api/a%5C..%5Cb", None),
        ] {
            let uri: Uri = path.parse().unwrap();
            assert_eq!(path_of(&uri).ok(), expected, "{path}");
        }
        assert!(is_followed("watch=true") && is_followed("a=b&follow=1") && !is_followed("watch=false"));
    }
}
