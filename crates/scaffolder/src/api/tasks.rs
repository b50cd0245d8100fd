//! Tasks: begun, listed, shown, cancelled and tried again.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::{EntityRef, Fault};
use serde_json::{Value, json};
use sight::CurrentSight;
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{ApiError, CurrentActor, CurrentViewer, JsonBody, Permissions, Query, RawBody};

use super::access::{self, Caller};
use super::templates::template;
use crate::Scaffolder;
use crate::conditions::Authors;
use crate::permissions::{TASK_CANCEL, TASK_READ};
use crate::tasks::{FROM_STEP, NotCreated, TaskFilter, TaskOrder, TaskReport};
use crate::validation::Violation;

type Answer = Result<Response, ApiError>;

/// Tasks in one answer, unless the request says otherwise.
const LISTED: usize = 500;

pub(super) async fn create(
    State(scaffolder): State<Scaffolder>,
    CurrentSight(sight): CurrentSight,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    Extension(permissions): Extension<Permissions>,
    JsonBody(body): JsonBody,
) -> Answer {
    let required = |key: &str| Fault::input(format!("request/body must have required property '{key}'"));
    let wrong = |key: &str, kind: &str| Fault::input(format!("request/body/{key} must be {kind}"));
    let written = body.get("templateRef").ok_or_else(|| required("templateRef"))?;
    let values = body.get("values").ok_or_else(|| required("values"))?;
    let written = written.as_str().ok_or_else(|| wrong("templateRef", "string"))?;
    if !values.is_object() {
        return Err(wrong("values", "object").into());
    }
    let secrets = secrets(&body)?;
    let reference = EntityRef::parse(written, Some("template"), "default")?;
    let template = template(&scaffolder, &sight, &reference).await?;
    let template = access::seen(template, &viewer, &permissions).await?;
    let limit = access::check_actions(&template, &viewer, &permissions).await?;
    match scaffolder
        .tasks
        .create(&template, values, &secrets, (&viewer, &limit), &actor)
        .await
    {
        Ok(id) => Ok((StatusCode::CREATED, Json(json!({"id": id.to_string()}))).into_response()),
        Err(NotCreated::Invalid(wrong)) => Ok(violations(&wrong)),
        Err(NotCreated::Fault(fault)) => Err(fault.into()),
    }
}

/// The answer to values that do not fit.
pub(super) fn violations(violations: &[Violation]) -> Response {
    let errors: Vec<Value> = violations.iter().map(Violation::to_wire).collect();
    (StatusCode::BAD_REQUEST, Json(json!({ "errors": errors }))).into_response()
}

pub(super) fn secrets(body: &Value) -> Result<BTreeMap<String, String>, Fault> {
    let wrong = |key: &str| Fault::input(format!("request/body/secrets/{key} must be string"));
    let secrets = body["secrets"].as_object().into_iter().flatten();
    let text = |(key, value): (&String, &Value)| {
        let text = value.as_str().ok_or_else(|| wrong(key))?;
        Ok((key.clone(), text.to_owned()))
    };
    secrets.map(text).collect()
}

pub(super) struct Listing(TaskFilter);

impl ReadQuery for Listing {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::repeated("createdBy"),
        Parameter::repeated("status"),
        Parameter::repeated("order"),
        Parameter::integer("limit"),
        Parameter::integer("offset"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let list = |name| values.list(name).unwrap_or_default().to_vec();
        let number = |name, default| {
            values
                .integer(name)
                .map_or(default, |number| usize::try_from(number).unwrap_or(usize::MAX))
        };
        let order = list("order");
        let order = order.iter().map(|one| order_of(one)).collect::<Result<_, _>>()?;
        Ok(Self(TaskFilter {
            created_by: list("createdBy"),
            states: list("status"),
            order,
            limit: number("limit", LISTED),
            offset: number("offset", 0),
            ..TaskFilter::default()
        }))
    }
}

fn order_of(text: &str) -> Result<(TaskOrder, bool), Fault> {
    let wrong = || {
        Fault::input(format!(
            "Invalid order parameter \"{text}\", expected \"<asc or desc>:<field name>\""
        ))
    };
    let (direction, field) = text.split_once(':').ok_or_else(wrong)?;
    let is_descending = match direction {
        "asc" => false,
        "desc" => true,
        _ => return Err(wrong()),
    };
    let field = match field {
        "created_at" => TaskOrder::CreatedAt,
        "status" => TaskOrder::Status,
        "created_by" => TaskOrder::CreatedBy,
        other => return Err(Fault::input(format!("Invalid order field \"{other}\""))),
    };
    Ok((field, is_descending))
}

pub(super) async fn list(
    State(scaffolder): State<Scaffolder>,
    CurrentViewer(viewer): CurrentViewer,
    Extension(permissions): Extension<Permissions>,
    Query(Listing(mut filter)): Query<Listing>,
) -> Answer {
    let decision = permissions.decide(&viewer, &TASK_READ).await?;
    filter.seen = Authors::of(&decision)?;
    let page = scaffolder.tasks.list(&filter).await?;
    let tasks: Vec<Value> = page.tasks.iter().map(TaskReport::to_wire).collect();
    Ok(Json(json!({"tasks": tasks, "totalTasks": page.total})).into_response())
}

pub(super) async fn show(
    State(scaffolder): State<Scaffolder>,
    Path(id): Path<String>,
    caller: Caller,
    _: Query<()>,
) -> Answer {
    let task = caller.task(&scaffolder, &id, &TASK_READ).await?;
    Ok(Json(task.to_wire()).into_response())
}

pub(super) async fn cancel(
    State(scaffolder): State<Scaffolder>,
    Path(id): Path<String>,
    caller: Caller,
    CurrentActor(actor): CurrentActor,
) -> Answer {
    let task = caller.task(&scaffolder, &id, &TASK_CANCEL).await?;
    scaffolder.tasks.cancel(task.id, &actor).await?;
    Ok(Json(json!({"status": "cancelled"})).into_response())
}

pub(super) async fn retry(
    State(scaffolder): State<Scaffolder>,
    Path(id): Path<String>,
    caller: Caller,
    CurrentActor(actor): CurrentActor,
    RawBody(body): RawBody,
) -> Answer {
    let task = caller.task(&scaffolder, &id, &TASK_READ).await?;
    let body = if body.is_empty() {
        Ok(json!({}))
    } else {
        serde_json::from_slice(&body)
    };
    let body: Value = body.map_err(|error| Fault::input(format!("The body is no JSON: {error}")))?;
    let from = match &body[FROM_STEP] {
        Value::Null => None,
        Value::String(step) => Some(step.as_str()),
        _ => return Err(Fault::input(format!("request/body/{FROM_STEP} must be string")).into()),
    };
    scaffolder
        .tasks
        .retry(task.id, from, &secrets(&body)?, &actor)
        .await?;
    Ok((StatusCode::CREATED, Json(json!({"id": task.id.to_string()}))).into_response())
}
