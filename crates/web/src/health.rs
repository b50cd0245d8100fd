//! The health endpoints that orchestrators ask.
//!
//! All checks run at the same time. The answer waits for the checks of the portal itself and depends on them alone.
//! Checks of plugins are only reported, in the log and as a metric, so that no plugin takes the portal out of service.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::future::join_all;
use plugin::{Health, HealthCheck, HealthScope, Rows, Rule};
use serde_json::json;

use crate::api::Json;
use crate::caching::SameForAll;
use crate::readiness::{Readiness, Stage};

/// How long one check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(crate) struct HealthState {
    pub(crate) readiness: Readiness,
    pub(crate) checks: Arc<[Arc<Check>]>,
    pub(crate) headers: Arc<HeaderMap>,
}

/// The path of the endpoints.
pub(crate) const PATH: &str = "/.backstage/health/";

pub(crate) fn rows(state: &HealthState) -> Rows {
    Rows::new()
        .get("/.backstage/health/v1/readiness", Rule::anyone(), readiness)
        .get("/.backstage/health/v1/liveness", Rule::anyone(), liveness)
        .with_state(state)
}

async fn liveness(State(state): State<HealthState>) -> Response {
    let headers = (*state.headers).clone();
    (Extension(SameForAll), headers, Json(json!({ "status": "ok" }))).into_response()
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
    (Extension(SameForAll), (*state.headers).clone(), answer).into_response()
}

/// Runs all checks; the first complaint of a check of the portal.
async fn first_failure(checks: &[Arc<Check>]) -> Option<String> {
    let (deciding, others): (Vec<_>, Vec<_>) = checks
        .iter()
        .cloned()
        .partition(|check| check.of.scope() == HealthScope::Portal);
    for check in others {
        tokio::spawn(async move { check.run_alone().await });
    }
    let complaints = join_all(deciding.iter().map(|check| check.run())).await;
    complaints.into_iter().flatten().next()
}

/// A check and its last result.
pub(crate) struct Check {
    of: Arc<dyn HealthCheck>,
    is_running: AtomicBool,
    last_complaint: Mutex<Option<String>>,
}

impl Check {
    pub(crate) fn new(of: Arc<dyn HealthCheck>) -> Arc<Self> {
        Arc::new(Self {
            of,
            is_running: AtomicBool::new(false),
            last_complaint: Mutex::default(),
        })
    }

    /// Runs the check, unless it is running: nothing waits for it, so runs could pile up.
    async fn run_alone(&self) {
        if !self.is_running.swap(true, Ordering::AcqRel) {
            self.run().await;
            self.is_running.store(false, Ordering::Release);
        }
    }

    /// The complaint, if there is one.
    async fn run(&self) -> Option<String> {
        let of = self.of.clone();
        let mut task = tokio::spawn(async move { of.check().await });
        let outcome = tokio::time::timeout(CHECK_TIMEOUT, &mut task).await;
        task.abort();
        let reason = match outcome {
            Ok(Ok(Health::Ok | Health::Degraded(_))) => None,
            Ok(Ok(Health::Failed(reason))) => Some(reason),
            Ok(Err(_)) => Some("the check panicked; the log says where".to_owned()),
            Err(_) => Some(format!("no answer within {} s", CHECK_TIMEOUT.as_secs())),
        };
        let complaint = reason.map(|reason| format!("{}: {reason}", self.of.name()));
        self.tell(complaint.clone());
        complaint
    }

    /// Reports the result as a metric, and in the log when it changes.
    fn tell(&self, complaint: Option<String>) {
        let name = self.of.name().to_owned();
        let works = f64::from(u8::from(complaint.is_none()));
        metrics::gauge!("backstage_health_check", "name" => name.clone()).set(works);
        let mut last = self.last_complaint.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*last, &complaint) {
            (None, Some(complaint)) => tracing::warn!(check = name, "health check failed: {complaint}"),
            (Some(_), None) => tracing::info!(check = name, "health check works again"),
            _ => {}
        }
        *last = complaint;
    }
}
