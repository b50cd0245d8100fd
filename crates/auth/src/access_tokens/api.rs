//! `/api/auth/tokens` and `/api/auth/service-tokens`: access tokens, for scripts.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use model::{Fault, Principal, Viewer};
use plugin::{Rows, Rule};
use serde_json::{Value, json};
use web::api::{Json, JsonBody};
use web::{ApiError, CurrentActor, CurrentViewer};

use super::wish::{self, Wish};
use super::{AccessToken, AccessTokens, Holder, Made, TOKENS_ADMINISTER};

pub(super) fn rows(tokens: &AccessTokens) -> Rows {
    let administer = Rule::signed_in().needs(&TOKENS_ADMINISTER);
    Rows::new()
        .get("/tokens", Rule::person(), list)
        .post("/tokens", Rule::person(), make)
        .delete("/tokens/{id}", Rule::person(), revoke)
        .get("/service-tokens", administer, list_all)
        .post("/service-tokens", administer, make_for_account)
        .delete("/service-tokens/{id}", administer, revoke_any)
        .with_state(tokens)
}

/// The person whose tokens a caller may manage. Who holds a token only must not make itself another one.
pub(super) fn own(viewer: &Viewer) -> Result<Holder, Fault> {
    without_scopes(viewer)?;
    match &viewer.who {
        Principal::Person { entity, .. } => Ok(Holder::Person(entity.clone())),
        _ => Err(Fault::not_allowed("Only people who signed in have access tokens")),
    }
}

/// Refuses callers that came by an access token.
pub(super) fn without_scopes(viewer: &Viewer) -> Result<(), Fault> {
    match viewer.scopes() {
        None => Ok(()),
        Some(_) => Err(Fault::not_allowed(
            "An access token cannot make, list or revoke access tokens; sign in for that",
        )),
    }
}

async fn list(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
) -> Result<Response, ApiError> {
    Ok(listed(&tokens.of(&own(&viewer)?).await?))
}

async fn make(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    let holder = own(&viewer)?;
    let wish = Wish::from_json(&body, &tokens.scopes)?;
    Ok(made(&tokens.make(holder, wish, actor).await?))
}

async fn revoke(
    State(tokens): State<AccessTokens>,
    Path(id): Path<String>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
) -> Result<Response, ApiError> {
    tokens.revoke(&id, Some(&own(&viewer)?), actor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_all(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
) -> Result<Response, ApiError> {
    without_scopes(&viewer)?;
    Ok(listed(&tokens.all().await?))
}

async fn make_for_account(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    JsonBody(body): JsonBody,
) -> Result<Response, ApiError> {
    without_scopes(&viewer)?;
    let account = wish::account(body["account"].as_str().unwrap_or_default())?;
    let wish = Wish::from_json(&body, &tokens.scopes)?;
    Ok(made(&tokens.make(Holder::Account(account), wish, actor).await?))
}

async fn revoke_any(
    State(tokens): State<AccessTokens>,
    Path(id): Path<String>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
) -> Result<Response, ApiError> {
    without_scopes(&viewer)?;
    tokens.revoke(&id, None, actor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn listed(tokens: &[AccessToken]) -> Response {
    let tokens: Vec<Value> = tokens.iter().map(to_wire).collect();
    Json(json!({ "tokens": tokens })).into_response()
}

/// The one answer with the text of a token.
fn made(made: &Made) -> Response {
    let mut body = to_wire(&made.token);
    body["token"] = made.text.as_str().into();
    let headers = [(CACHE_CONTROL, "no-store")];
    (StatusCode::CREATED, headers, Json(body)).into_response()
}

fn to_wire(token: &AccessToken) -> Value {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    json!({
        "id": token.id,
        "holder": token.holder.to_string(),
        "name": token.name,
        "scopes": scopes,
        "madeBy": token.made_by,
        "createdAt": token.created.to_string(),
        "expiresAt": token.expires.to_string(),
        "lastUsedAt": token.last_used.map(|used| used.to_string()),
    })
}
