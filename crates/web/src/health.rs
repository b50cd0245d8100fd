//! The health endpoints that orchestrators ask (contract: reference/other.md §1.4).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plugin::{Health, HealthCheck};
use serde_json::json;

use crate::api::Json;
use crate::readiness::{Readiness, Stage};

/// How long one check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(crate) struct HealthState {
    pub(crate) readiness: Readiness,
    pub(crate) checks: Arc<[Arc<dyn HealthCheck>]>,
    pub(crate) headers: Arc<HeaderMap>,
}

pub(crate) fn router(state: HealthState) -> Router {
    Router::new()
        .route("/.backstage/health/v1/readiness", get(readiness))
        .route("/.backstage/health/v1/liveness", get(liveness))
        .with_state(state)
}

async fn liveness(State(state): State<HealthState>) -> Response {
    ((*state.headers).clone(), Json(json!({ "status": "ok" }))).into_response()
}

async fn readiness(State(state): State<HealthState>) -> Response {
    let complaint = match state.readiness.stage() {
        Stage::Starting => Some("Backend has not started yet".to_owned()),
        Stage::Stopping => Some("Backend is shutting down".to_owned()),
        Stage::Ready => first_failure(&state.checks).await,
    };
    let answer = match complaint {
        None => Json(json!({ "status": "ok" })).into_response(),
        Some(message) => {
            let body = Json(json!({ "message": message, "status": "error" }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    };
    ((*state.headers).clone(), answer).into_response()
}

async fn first_failure(checks: &[Arc<dyn HealthCheck>]) -> Option<String> {
    for check in checks {
        match tokio::time::timeout(CHECK_TIMEOUT, check.check()).await {
            Ok(Health::Failed(reason)) => return Some(format!("{}: {reason}", check.name())),
            Ok(Health::Ok | Health::Degraded(_)) => {}
            Err(_) => {
                return Some(format!(
                    "{}: no answer within {} s",
                    check.name(),
                    CHECK_TIMEOUT.as_secs()
                ));
            }
        }
    }
    None
}
