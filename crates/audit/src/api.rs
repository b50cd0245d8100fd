//! `GET /api/audit/events`: events for programs, newest first.

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use plugin::Rows;
use serde_json::json;
use web::ApiError;
use web::api::Json;

use crate::RULE;
use crate::question::{PAGE, Question};
use crate::record::Audit;

/// The rows below `/api/audit`.
pub(crate) fn rows(audit: &Audit) -> Rows {
    Rows::new().get("/events", RULE, events).with_state(audit)
}

async fn events(State(audit): State<Audit>, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let (question, limit) = Question::parse(&query.unwrap_or_default())?;
    let limit = limit.unwrap_or(PAGE);
    let mut found = audit
        .find(&question, limit + 1)
        .await
        .map_err(|error| ApiError::internal(&error))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let before = found.last().filter(|_| more).map(|event| event.id);
    Ok(Json(json!({ "items": found, "nextBefore": before })).into_response())
}
