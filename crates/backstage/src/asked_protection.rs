//! Who is served when the configuration asks for protection that the portal does not have: callers with a token,
//! and nobody else.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use config::Config;
use model::Fault;
use web::ApiError;

/// Where machines ask how the portal does.
const HEALTH: &str = "/.backstage/health/";

/// The router, behind a guard if the configuration asks for one.
pub fn guarded(router: Router, config: &Config) -> Router {
    match config.only_tokens_because_of() {
        [] => router,
        keys => router.layer(from_fn_with_state(reason(keys), refuse_without_token)),
    }
}

fn reason(keys: &[String]) -> Arc<str> {
    let keys: Vec<String> = keys.iter().map(|key| format!("'{key}'")).collect();
    let keys = keys.join(" and ");
    format!(
        "This portal serves nobody without a token: {keys} of its configuration ask for protection that it does not \
         have. Whoever runs it can remove that, or list it in portal.unprotected to do without."
    )
    .into()
}

/// Whether a token is right is judged behind this; only a caller without any would be let in there as a guest.
async fn refuse_without_token(State(reason): State<Arc<str>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with(HEALTH) || has_token(&request) {
        return next.run(request).await;
    }
    if path.starts_with("/api/") {
        return ApiError::new(Fault::new("AuthenticationError", &*reason)).into_response();
    }
    (StatusCode::UNAUTHORIZED, reason.to_string()).into_response()
}

fn has_token(request: &Request) -> bool {
    let value = request.headers().get(header::AUTHORIZATION);
    let words = value.and_then(|value| value.to_str().ok()?.split_once(' '));
    words.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
}
