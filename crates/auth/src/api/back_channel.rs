//! A provider says that a person's session there has ended (OpenID Connect Back-Channel Logout 1.0 §2.5).
//!
//! Nobody is asked who calls: the token that comes is proof, or nothing happens.

use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::Fault;
use plugin::{Rows, Rule};
use serde_json::json;
use web::api::Json;
use web::{ApiError, RequestId};

use super::{check_provider, no_store, parameter};
use crate::front::Front;
use crate::oidc::LogoutFault;

/// Most bytes of the form: one token, and its name.
const FORM_BYTES: usize = 40 << 10;

/// The row, below each provider.
pub(super) fn rows() -> Rows<Front> {
    let rule = Rule::anyone().raw_body(FORM_BYTES);
    Rows::new().post("/{provider}/back-channel-logout", rule, logout)
}

async fn logout(
    State(front): State<Front>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    request: Option<Extension<RequestId>>,
    form: Bytes,
) -> Result<Response, ApiError> {
    check_provider(&front, &id)?;
    let environment = parameter(query.as_deref(), "env").unwrap_or_else(|| front.environment.to_string());
    let provider = front.provider_of(&id, &environment).ok_or_else(|| {
        Fault::not_found(format!(
            "No configuration available for the '{environment}' environment of this provider."
        ))
    })?;
    let request = request.map(|Extension(id)| id.0);
    let form = std::str::from_utf8(&form).ok();
    let ended = match parameter(form, "logout_token") {
        Some(text) => match provider.logout_token(&text).await {
            Ok(token) => {
                let key = provider.settings.key();
                front.sessions.end_at_provider(&key, &token, request).await
            }
            Err(fault) => Err(fault),
        },
        None => Err(LogoutFault::Claim("is missing")),
    };
    Ok(no_store(match ended {
        Ok(count) => {
            tracing::info!(
                provider = provider.settings.key(),
                "a logout there ended {count} sessions here"
            );
            StatusCode::OK.into_response()
        }
        Err(fault) => refused(&provider.settings.key(), &fault),
    }))
}

/// The answer of §2.8; a provider that is told that it is not the token's fault may try again.
fn refused(provider: &str, fault: &LogoutFault) -> Response {
    tracing::warn!(provider, "a logout token ends nothing: {fault}");
    let (status, error) = match fault {
        LogoutFault::Away(_) => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
        _ => (StatusCode::BAD_REQUEST, "invalid_request"),
    };
    let body = json!({ "error": error, "error_description": fault.to_string() });
    (status, Json(body)).into_response()
}
