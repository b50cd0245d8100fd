//! The mount of plugin APIs at `/api/<id>`: credentials, paths, and answers as clients expect them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::Fault;
use percent_encoding::percent_decode_str;
use tower::ServiceExt;

use crate::access::Access;
use crate::api::{ApiError, ErrorDetails, revalidate, with_path};
use crate::cors::Cors;
use crate::guest;
use crate::options::Limits;
use crate::readiness::Readiness;

/// Everything below `/api`.
pub(crate) struct Mounts {
    pub(crate) plugins: HashMap<&'static str, Router>,
    pub(crate) access: Access,
    pub(crate) cors: Option<Cors>,
    pub(crate) readiness: Readiness,
    pub(crate) limits: Limits,
}

/// Answers requests below `/api`; all others go on. A path below `/api` never reaches a page.
pub(crate) async fn dispatch(State(mounts): State<Arc<Mounts>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(rest) = below(path, "api") else {
        return next.run(request).await;
    };
    let rest = rest.trim_start_matches('/');
    let (id, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match mounts.plugins.get(id.to_ascii_lowercase().as_str()) {
        Some(router) => {
            let path = if rest.is_empty() {
                "/".to_owned()
            } else {
                rest.to_owned()
            };
            mounts.call(router.clone(), &path, request).await
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The rest of a path after its first part, if that is `first` in any letter case.
fn below<'a>(path: &'a str, first: &str) -> Option<&'a str> {
    let start = path.get(1..=first.len())?;
    let rest = &path[1 + first.len()..];
    (start.eq_ignore_ascii_case(first) && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

impl Mounts {
    async fn call(&self, router: Router, path: &str, request: Request) -> Response {
        let method = request.method().clone();
        let headers = request.headers().clone();
        let url = match request.uri().query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let answer = match self.admit(path, request).await {
            Ok(request) => router.oneshot(request).await.into_response(),
            Err(fault) => ApiError::new(fault).into_response(),
        };
        let answer = match answer.extensions().get::<ErrorDetails>() {
            Some(details) => details.render(Some((method.as_str(), &url))),
            None => answer,
        };
        revalidate(&method, &headers, unroutable(&method, answer))
    }

    /// Checks who calls and the path, and hands the request on as the plugin sees it.
    async fn admit(&self, path: &str, mut request: Request) -> Result<Request, Fault> {
        if !self.readiness.started_within(self.limits.startup_pause).await {
            return Err(Fault::new(
                "ServiceUnavailableError",
                "Service has not started up yet",
            ));
        }
        let viewer = self.access.viewer(&request)?;
        if !viewer.is_service() {
            self.refuse_foreign_pages(&request)?;
        }
        if !decodes(path) {
            return Err(Fault::input("malformed uri'"));
        }
        crate::nul::refuse_in_address(request.uri())?;
        let uri = with_path(request.uri(), path).ok_or_else(|| Fault::input("malformed uri'"))?;
        let original = std::mem::replace(request.uri_mut(), uri);
        request.extensions_mut().insert(OriginalUri(original));
        request.extensions_mut().insert(viewer);
        Ok(request)
    }

    /// A guest is known by the connection alone, so another site's page must not act or read in its name.
    fn refuse_foreign_pages(&self, request: &Request) -> Result<(), Fault> {
        let origin = request.headers().get(header::ORIGIN);
        let origin = origin.and_then(|origin| origin.to_str().ok());
        let is_trusted =
            origin.is_some_and(|origin| self.cors.as_ref().is_some_and(|cors| cors.is_allowed(origin)));
        if !is_trusted && guest::is_of_another_origin(request) {
            return Err(Fault::not_allowed(
                "Requests from pages of other origins must carry a token",
            ));
        }
        Ok(())
    }
}

fn decodes(path: &str) -> bool {
    crate::api::well_escaped(path) && percent_decode_str(path).decode_utf8().is_ok()
}

/// A known path with another method is 404 with an empty body, but OPTIONS lists the methods.
fn unroutable(method: &Method, answer: Response) -> Response {
    if answer.status() != StatusCode::METHOD_NOT_ALLOWED {
        return answer;
    }
    let allowed = answer.headers().get(header::ALLOW).cloned();
    match allowed.filter(|_| *method == Method::OPTIONS) {
        Some(methods) => {
            let etag = crate::api::weak_etag(methods.as_bytes());
            let body = Body::from(methods.as_bytes().to_vec());
            let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
            ([kind], [(header::ALLOW, methods), (header::ETAG, etag)], body).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
