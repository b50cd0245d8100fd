//! Asking the engine to look again, and to judge something without storing it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use model::{Fault, FaultKind};
use serde_json::{Value, json};
use sight::{CurrentReach, CurrentSight};
use web::api::Json;
use web::{CurrentActor, JsonBody};

use super::Api;
use super::answer::Answer;

pub(super) async fn refresh(
    State(api): State<Api>,
    CurrentSight(sight): CurrentSight,
    CurrentReach(reach): CurrentReach,
    CurrentActor(actor): CurrentActor,
    JsonBody(body): JsonBody,
) -> Answer {
    let reference = body["entityRef"].as_str().unwrap_or_default();
    if body["authorizationToken"].is_string() {
        return Err(Fault::new(FaultKind::Authentication, "Illegal token").into());
    }
    api.catalog
        .seen_by(&sight)
        .refresh(&actor, &reach, reference)
        .await?;
    Ok(StatusCode::OK.into_response())
}

pub(super) async fn validate(State(api): State<Api>, JsonBody(body): JsonBody) -> Answer {
    let location = body["location"].as_str().unwrap_or_default();
    let outcome = api
        .catalog
        .validate_entity(body["entity"].clone(), location)
        .await;
    let errors = outcome.unwrap_or_else(|fault| vec![fault]);
    if errors.is_empty() {
        return Ok(StatusCode::OK.into_response());
    }
    let errors: Vec<Value> = errors.iter().map(Fault::to_wire).collect();
    Ok((StatusCode::BAD_REQUEST, Json(json!({ "errors": errors }))).into_response())
}

pub(super) async fn analyze(State(api): State<Api>, JsonBody(body): JsonBody) -> Answer {
    let target: &Value = &body["location"]["target"];
    let found = api
        .catalog
        .analyze_location(target.as_str().unwrap_or_default())?;
    Ok(Json(found).into_response())
}
