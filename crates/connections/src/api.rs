//! `GET /api/connections/hosts`: the servers for programs.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use outside::{BreakerState, HostStatus, OutsideCalls};
use plugin::Rows;
use serde_json::{Value, json};
use web::api::Json;

use crate::RULE;

/// The rows below `/api/connections`.
pub(crate) fn rows(calls: &OutsideCalls) -> Rows {
    Rows::new().get("/hosts", RULE, hosts).with_state(calls)
}

async fn hosts(State(calls): State<OutsideCalls>) -> Response {
    let items: Vec<Value> = calls.status().iter().map(host).collect();
    Json(json!({ "items": items })).into_response()
}

fn host(one: &HostStatus) -> Value {
    let (circuit, until) = match one.breaker {
        BreakerState::Closed => ("closed", None),
        BreakerState::Open { until } => ("open", Some(until)),
        BreakerState::Probing => ("probing", None),
    };
    let failure = one.last_failure.as_ref();
    json!({
        "host": one.host,
        "calls": one.calls,
        "failures": one.failures,
        "underWay": one.under_way,
        "circuit": circuit,
        "leftAloneUntil": until,
        "failingSince": one.failing_since,
        "lastAnswerAt": one.last_success,
        "lastFailure": failure.map(|failure| json!({ "at": failure.at, "reason": failure.reason })),
    })
}
