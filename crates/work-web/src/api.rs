//! The API, `/api/work`.

use std::str::FromStr;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::Fault;
use plugin::{ActionRegistry, Rows, Rule, Slot};
use serde_json::{Value, json};
use web::api::{Json, Parameter, ReadQuery, Values};
use web::{ApiError, CurrentActor, Query};
use work::{JobFilter, JobPosition, JobReport, JobState, Jobs, LogLine, ScheduleReport};

use crate::desk::{Desk, fault, job};
use crate::{CHANGE, SEE};

/// Jobs or lines in one answer, unless the request says otherwise.
const LISTED: usize = 100;

type Answer = Result<Response, ApiError>;

pub(crate) fn rows(desk: &Desk, actions: &Slot<ActionRegistry>) -> Rows {
    let work = Rows::new()
        .get("/jobs", SEE, list)
        .get("/jobs/{id}", SEE, show)
        .get("/jobs/{id}/log", SEE, log)
        .post("/jobs/{id}/cancel", CHANGE, cancel_job)
        .post("/jobs/{id}/retry", CHANGE, retry_job)
        .get("/kinds", SEE, kinds)
        .get("/schedules", SEE, schedules)
        .with_state(desk);
    let actions = Rows::new()
        .get("/actions", Rule::signed_in(), all_actions)
        .with_state(actions);
    work.and(actions)
}

struct Listing {
    filter: JobFilter,
    after: Option<JobPosition>,
    limit: usize,
}

impl ReadQuery for Listing {
    const PARAMETERS: &'static [Parameter] = &[
        Parameter::text("kind"),
        Parameter::choice("state", &["waiting", "running", "done", "failed", "cancelled"]),
        Parameter::text("key"),
        Parameter::text("schedule"),
        Parameter::text("cursor"),
        Parameter::integer("limit"),
    ];

    fn read(values: &Values) -> Result<Self, Fault> {
        let text = |name| values.text(name).map(str::to_owned);
        let filter = JobFilter {
            kind: text("kind"),
            state: values.text("state").map(JobState::from_str).transpose()?,
            key: text("key"),
            schedule: text("schedule"),
        };
        let after = values.text("cursor").map(JobPosition::from_str).transpose()?;
        Ok(Self {
            filter,
            after,
            limit: limit(values),
        })
    }
}

fn limit(values: &Values) -> usize {
    let limit = values.integer("limit").map(usize::try_from);
    limit.map_or(LISTED, |limit| limit.unwrap_or(usize::MAX))
}

async fn list(State(jobs): State<Jobs>, Query(asked): Query<Listing>) -> Answer {
    let page = jobs
        .list(&asked.filter, asked.after, asked.limit)
        .await
        .map_err(fault)?;
    let next = page.next.map(|position| position.to_word());
    let items: Vec<Value> = page.jobs.iter().map(shown).collect();
    Ok(Json(json!({"items": items, "pageInfo": {"nextCursor": next}})).into_response())
}

async fn show(State(jobs): State<Jobs>, Path(id): Path<String>, _: Query<()>) -> Answer {
    Ok(Json(shown(&job(&jobs, &id).await?)).into_response())
}

struct Lines {
    after: u32,
    limit: usize,
}

impl ReadQuery for Lines {
    const PARAMETERS: &'static [Parameter] = &[Parameter::integer("after"), Parameter::integer("limit")];

    fn read(values: &Values) -> Result<Self, Fault> {
        let after = values.integer("after").unwrap_or_default();
        Ok(Self {
            after: u32::try_from(after).unwrap_or(u32::MAX),
            limit: limit(values),
        })
    }
}

async fn log(State(jobs): State<Jobs>, Path(id): Path<String>, Query(asked): Query<Lines>) -> Answer {
    let id = job(&jobs, &id).await?.id;
    let lines = jobs.log(id, asked.after, asked.limit).await.map_err(fault)?;
    let line = |line: &LogLine| json!({"line": line.number, "at": line.at.to_string(), "level": line.level.as_str(), "text": line.text});
    Ok(Json(json!({"items": lines.iter().map(line).collect::<Vec<_>>()})).into_response())
}

async fn cancel_job(
    State(desk): State<Desk>,
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
) -> Answer {
    let id = desk.cancel(&id, &actor).await?;
    Ok(Json(shown(&job(&jobs, &id.to_string()).await?)).into_response())
}

async fn retry_job(
    State(desk): State<Desk>,
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
) -> Answer {
    let id = desk.retry(&id, &actor).await?;
    Ok(Json(shown(&job(&jobs, &id.to_string()).await?)).into_response())
}

async fn kinds(State(jobs): State<Jobs>, _: Query<()>) -> Answer {
    let kinds = jobs.kinds().await.map_err(fault)?;
    let kinds: Vec<Value> = kinds
        .iter()
        .map(|one| json!({"kind": one.kind, "state": one.state.as_str(), "jobs": one.jobs}))
        .collect();
    Ok(Json(json!({"items": kinds})).into_response())
}

async fn schedules(State(jobs): State<Jobs>, _: Query<()>) -> Answer {
    let schedules = jobs.schedules().await.map_err(fault)?;
    let schedule = |one: &ScheduleReport| {
        let job = one.last_job.as_ref();
        json!({
            "name": one.name,
            "kind": one.kind,
            "periodSeconds": one.period.as_secs_f64(),
            "nextAt": one.next_at.to_string(),
            "lastAt": one.last_at.map(|at| at.to_string()),
            "lastJob": job.map(|(id, state)| json!({"id": id.to_string(), "state": state.map(JobState::as_str)})),
        })
    };
    Ok(Json(json!({"items": schedules.iter().map(schedule).collect::<Vec<_>>()})).into_response())
}

async fn all_actions(State(actions): State<Slot<ActionRegistry>>, _: Query<()>) -> Answer {
    let actions = actions.get().map(ActionRegistry::to_json);
    Ok(Json(json!({"items": actions.unwrap_or(json!([]))})).into_response())
}

fn shown(job: &JobReport) -> Value {
    let at = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string());
    json!({
        "id": job.id.to_string(),
        "kind": job.kind,
        "state": job.state.as_str(),
        "key": job.key,
        "payload": job.payload,
        "actor": job.actor.to_json(),
        "attempt": job.attempt,
        "cancelling": job.is_cancelling,
        "problem": job.problem.as_ref().map(Fault::to_wire),
        "schedule": job.schedule,
        "createdAt": job.created_at.to_string(),
        "startedAt": at(job.started_at),
        "endedAt": at(job.ended_at),
        "dueAt": at(job.due_at),
    })
}
