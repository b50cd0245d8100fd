//! The page of a task, and what people can do about it: end it, have it done again, begin another one.

pub(super) mod ansi;
mod confirm;
pub(super) mod log;
pub(super) mod view;

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use model::Fault;
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor};

use super::{Pages, address, files};
use crate::api::access::Caller;
use crate::tasks::{TaskEvent, TaskId, TaskReport, TaskState, Tasks};
use crate::{TASK_CANCEL, TASK_READ};
pub(super) use confirm::{Decision, confirm as question};
use view::TaskView;

/// Most events of a plain log.
const MOST_EVENTS: usize = 100_000;

/// Words of the address with what they say on the page that follows an action.
const DONE: [(&str, &str); 3] = [
    (
        "cancelled",
        "Cancelled. A step that runs ends as soon as it hears of it.",
    ),
    (
        "retried",
        "It is done again. Steps that went well are not repeated.",
    ),
    (
        "retried-from",
        "It is done again from that step on. The steps before it are not repeated.",
    ),
];

/// A task with its steps and log.
pub(super) async fn show(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_READ).await?;
    let events = pages.scaffolder.tasks.events(task.id, 0).await?;
    let word = address::first(&chrome.query, "done");
    let done = word.and_then(|word| DONE.iter().find(|(known, _)| *known == word));
    let find = address::first(&chrome.query, "find").unwrap_or_default();
    let kept = files::kept(&pages, task.id).await;
    let content = view::task(
        &TaskView {
            task: &task,
            events: &events,
            done: done.map(|(_, text)| *text),
            kept: kept.as_ref().map(|(_, states)| states),
            find: find.trim(),
        },
        chrome.now,
    );
    let head = PageHead::new(task.title()).crumbs(crumbs(&task, None));
    Ok(chrome.page(head, content).into_response())
}

/// The way to a task, and to a page of it.
pub(super) fn crumbs(task: &TaskReport, last: Option<&str>) -> Vec<Crumb> {
    let mut way = vec![
        Crumb::to("Create", "/create"),
        Crumb::to("Tasks", "/create/tasks"),
    ];
    match last {
        Some(last) => {
            way.push(Crumb::to(task.title(), address::task(task.id)));
            way.push(Crumb::here(last));
        }
        None => way.push(Crumb::here(task.title())),
    }
    way
}

/// The log as text, of all steps or of one.
pub(super) async fn plain_log(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_READ).await?;
    let events = all_events(&pages.scaffolder.tasks, task.id).await?;
    let step = address::first(query.as_deref().unwrap_or_default(), "step");
    let text = log::plain_log(&events, step.as_deref());
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

async fn all_events(tasks: &Tasks, id: TaskId) -> Result<Vec<TaskEvent>, Fault> {
    let mut all: Vec<TaskEvent> = Vec::new();
    while all.len() < MOST_EVENTS {
        let after = all.last().map_or(0, |event| event.id);
        let next = tasks.events(id, after).await?;
        // The event that ends the task comes with every part.
        let next: Vec<TaskEvent> = next.into_iter().filter(|event| event.id > after).collect();
        if next.is_empty() {
            break;
        }
        all.extend(next);
    }
    Ok(all)
}

/// Asks before a task is ended.
pub(super) async fn confirm_cancel(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_CANCEL).await?;
    Ok(ask(chrome, &task, task.state.is_open(), Decision::Cancel))
}

/// Asks before a task is done again, from a step where the address names one.
pub(super) async fn confirm_retry(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_READ).await?;
    let from = address::first(&chrome.query, "from");
    let decision = from.as_deref().map_or(Decision::Retry, Decision::RetryFrom);
    let kept = files::kept(&pages, task.id).await;
    let known = view::beginnings(&task, kept.as_ref().map(|(_, states)| states));
    let is_possible = from.as_deref().is_none_or(|from| known.contains(&from));
    Ok(ask(
        chrome,
        &task,
        task.state == TaskState::Failed && is_possible,
        decision,
    ))
}

/// A question; where it makes no sense any more, the task itself is shown.
fn ask(chrome: Chrome, task: &TaskReport, makes_sense: bool, decision: Decision<'_>) -> Response {
    if !makes_sense {
        return Redirect::to(&address::task(task.id)).into_response();
    }
    let title = if decision == Decision::Cancel {
        "Cancel"
    } else {
        "Try again"
    };
    let head = PageHead::new(title).crumbs(crumbs(task, Some(title))).narrow();
    chrome.page(head, question(task, decision)).into_response()
}

pub(super) async fn cancel(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
) -> Result<Redirect, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_CANCEL).await?;
    pages.scaffolder.tasks.cancel(task.id, &actor).await?;
    Ok(back_to(&task, "cancelled"))
}

/// The task, with a word for what was done.
fn back_to(task: &TaskReport, done: &str) -> Redirect {
    Redirect::to(&format!("{}?done={done}", address::task(task.id)))
}

/// Has a task done again; secrets of the first run are not kept and come with the form.
pub(super) async fn retry(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Redirect, ApiError> {
    let task = caller.task(&pages.scaffolder, &id, &TASK_READ).await?;
    let from = sent
        .iter()
        .find(|(name, _)| name == "from")
        .map(|(_, step)| step.clone());
    let secrets: BTreeMap<String, String> = sent
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("secret/")?.to_owned(), value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let tasks = &pages.scaffolder.tasks;
    tasks.retry(task.id, from.as_deref(), &secrets, &actor).await?;
    Ok(back_to(
        &task,
        if from.is_some() { "retried-from" } else { "retried" },
    ))
}
