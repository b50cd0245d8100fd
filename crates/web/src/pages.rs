//! Common parts of all pages: the nonce for scripts, a strict content security policy, and error pages.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::api::{ErrorDetails, tell_when_to_retry};
use crate::assembly::{ErrorPage, RenderErrorPage};
use crate::call::Call;
use crate::request_log::RequestId;

/// The value that allows a page's own inline scripts and styles to run.
#[derive(Debug, Clone)]
pub struct Nonce(pub Arc<str>);

impl Nonce {
    fn new() -> Self {
        Self(STANDARD_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()).into())
    }

    fn policy(&self) -> HeaderValue {
        let nonce = &self.0;
        let policy = format!(
            "default-src 'self'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; \
             frame-ancestors 'self'; img-src 'self' data: https:; object-src 'none'; \
             script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'"
        );
        HeaderValue::from_str(&policy).expect("base64 is ASCII")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Nonce {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::new))
    }
}

pub(crate) struct PageGuard {
    pub(crate) error_page: Option<Arc<dyn RenderErrorPage>>,
}

/// Prepares the request of a page and finishes its answer.
pub(crate) async fn guard(State(guard): State<Arc<PageGuard>>, mut request: Request, next: Next) -> Response {
    if let Some(moved) = without_slash(&request) {
        return moved;
    }
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let (parts, body) = request.into_parts();
    let mut head = parts.clone();
    let answer = next.run(Request::from_parts(parts, body)).await;
    if let Some(viewer) = Call::of(&head.extensions).viewer() {
        head.extensions.insert(viewer.clone());
    }
    if let Some(permissions) = Call::of(&head.extensions).permissions() {
        head.extensions.insert(permissions.clone());
    }
    let mut answer = guard.with_error_page(answer, head).await;
    answer
        .headers_mut()
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| nonce.policy());
    answer
}

/// Where a page lies whose address ends with a slash. Not for `//host/`, which would lead to another site.
fn without_slash(request: &Request) -> Option<Response> {
    let path = request.uri().path().strip_suffix('/')?;
    if request.method() != Method::GET || path.is_empty() || path.starts_with("//") || path.ends_with('/') {
        return None;
    }
    let query = request.uri().query().map(|query| format!("?{query}"));
    Some(Redirect::permanent(&format!("{path}{}", query.unwrap_or_default())).into_response())
}

impl PageGuard {
    /// Replaces an error without a page by an error page.
    async fn with_error_page(&self, answer: Response, request: Parts) -> Response {
        let status = answer.status();
        let kind = answer.headers().get(header::CONTENT_TYPE);
        let has_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let is_error = status.is_client_error() || status.is_server_error();
        let Some(renderer) = self.error_page.as_ref().filter(|_| is_error && !has_page) else {
            return answer;
        };
        let message = answer
            .extensions()
            .get::<ErrorDetails>()
            .map(ErrorDetails::message);
        let request_id = request.extensions.get::<RequestId>().cloned().unwrap_or_default();
        let missing = Call::of(&request.extensions).missing();
        let mut page = renderer
            .render(ErrorPage {
                status,
                message,
                missing,
                request_id,
                request,
            })
            .await;
        if page.status().is_redirection() {
            return page;
        }
        *page.status_mut() = status;
        tell_when_to_retry(&mut page);
        page
    }
}
