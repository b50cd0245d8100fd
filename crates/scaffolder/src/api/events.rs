//! Events of a task: as a list that is waited for, and as a stream.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use model::Fault;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{ApiError, Query};

use super::access::Caller;
use crate::Scaffolder;
use crate::permissions::TASK_READ;
use crate::tasks::{EventKind, TaskEvent, TaskReport};

/// How long a request for events waits for the first one.
const LONGEST: Duration = Duration::from_secs(30);
/// How long such a request may take in all.
pub(super) const LONGEST_ANSWER: Duration = Duration::from_secs(40);

pub(super) struct After(i64);

impl ReadQuery for After {
    const PARAMETERS: &'static [Parameter] = &[Parameter::integer("after")];

    fn read(values: &Values) -> Result<Self, Fault> {
        let after = values.integer("after").unwrap_or_default();
        Ok(Self(i64::try_from(after).unwrap_or(i64::MAX)))
    }
}

fn wire(task: &TaskReport, event: &TaskEvent) -> Value {
    event.to_wire(task.id, task.recover_strategy() == "startOver")
}

pub(super) async fn poll(
    State(scaffolder): State<Scaffolder>,
    Path(id): Path<String>,
    caller: Caller,
    Query(After(after)): Query<After>,
) -> Result<Response, ApiError> {
    let task = caller.task(&scaffolder, &id, &TASK_READ).await?;
    let events = scaffolder.tasks.next_events(task.id, after, LONGEST).await?;
    let events: Vec<Value> = events.iter().map(|event| wire(&task, event)).collect();
    Ok(Json(events).into_response())
}

pub(super) async fn stream(
    State(scaffolder): State<Scaffolder>,
    Path(id): Path<String>,
    caller: Caller,
    Query(After(after)): Query<After>,
) -> Result<Response, ApiError> {
    let task = caller.task(&scaffolder, &id, &TASK_READ).await?;
    let soft: CancellationToken = scaffolder.stop.clone();
    let start = Some((scaffolder, task, after));
    let batches = stream::unfold(start, |state| async move {
        let (scaffolder, task, after) = state?;
        // A stream that cannot be read on is closed, and the client begins anew.
        let events = scaffolder.tasks.next_events(task.id, after, LONGEST).await.ok()?;
        let sent: Vec<Event> = events
            .iter()
            .map(|event| {
                Event::default()
                    .event(event.kind.as_str())
                    .data(wire(&task, event).to_string())
            })
            .collect();
        let has_ended = events.iter().any(|event| event.kind == EventKind::Completion);
        let last = events.iter().map(|event| event.id).max().unwrap_or(after);
        let next = (!has_ended).then_some((scaffolder, task, last.max(after)));
        Some((stream::iter(sent), next))
    });
    Ok(web::sse::answer(batches.flatten(), soft).into_response())
}
