//! The page of a task, and what people can do about it: end it, have it done again, begin another one.

pub(super) mod view;

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor};

use super::{Pages, address};
use crate::api::access::Caller;
use crate::tasks::{TaskReport, TaskState};
use crate::{TASK_CANCEL, TASK_READ};
pub(super) use view::Decision;
use view::TaskView;

/// Words of the address with what they say on the page that follows an action.
const DONE: [(&str, &str); 2] = [
    (
        "cancelled",
        "Cancelled. A step that runs ends as soon as it hears of it.",
    ),
    (
        "retried",
        "It is done again. Steps that went well are not repeated.",
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
    let content = view::task(
        &TaskView {
            task: &task,
            events: &events,
            done: done.map(|(_, text)| *text),
        },
        chrome.now,
    );
    let head = PageHead::new(task.title()).crumbs(crumbs(&task, None));
    Ok(chrome.page(head, content).into_response())
}

fn crumbs(task: &TaskReport, last: Option<&str>) -> Vec<Crumb> {
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

/// Asks before a decision is carried out; where it makes no sense any more, the task itself is shown.
pub(super) async fn confirm(
    decision: Decision,
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let (title, needed) = match decision {
        Decision::Cancel => ("Cancel", &TASK_CANCEL),
        Decision::Retry => ("Try again", &TASK_READ),
    };
    let task = caller.task(&pages.scaffolder, &id, needed).await?;
    let is_open = match decision {
        Decision::Cancel => task.state.is_open(),
        Decision::Retry => task.state == TaskState::Failed,
    };
    if !is_open {
        return Ok(Redirect::to(&address::task(task.id)).into_response());
    }
    let head = PageHead::new(title).crumbs(crumbs(&task, Some(title))).narrow();
    Ok(chrome.page(head, view::confirm(&task, decision)).into_response())
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
    let secrets: BTreeMap<String, String> = sent
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("secret/")?.to_owned(), value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    pages.scaffolder.tasks.retry(task.id, &secrets, &actor).await?;
    Ok(back_to(&task, "retried"))
}
