//! The page of a task, and what people can do about it: end it, have it done again, begin another one.

pub(super) mod view;

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use model::Viewer;
use plugin::Permission;
use ui::{Chrome, Crumb, PageHead};
use web::{ApiError, CurrentActor, CurrentViewer, Permissions};

use super::{Pages, address};
use crate::api::access;
use crate::tasks::{TaskReport, TaskState};
use crate::{TASK_CANCEL, TASK_READ};
use view::{Decision, TaskView};

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
    let task = caller.task(&pages, &id, &TASK_READ).await?;
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

/// The caller of a page, and the way to the tasks that it may see or end.
pub(super) struct Caller {
    pub viewer: Viewer,
    pub permissions: Permissions,
}

impl Caller {
    async fn task(
        &self,
        pages: &Pages,
        id: &str,
        needed: &'static Permission,
    ) -> Result<TaskReport, ApiError> {
        access::task(&pages.scaffolder, id, &self.viewer, &self.permissions, needed).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        let permissions = Extension::<Permissions>::from_request_parts(parts, state).await;
        let Extension(permissions) = permissions.map_err(IntoResponse::into_response)?;
        Ok(Self { viewer, permissions })
    }
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

fn confirmation(chrome: Chrome, task: &TaskReport, decision: Decision) -> Response {
    let title = match decision {
        Decision::Cancel => "Cancel",
        Decision::Retry => "Try again",
    };
    let head = PageHead::new(title).crumbs(crumbs(task, Some(title))).narrow();
    chrome.page(head, view::confirm(task, decision)).into_response()
}

pub(super) async fn confirm_cancel(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages, &id, &TASK_CANCEL).await?;
    if !task.state.is_open() {
        return Ok(Redirect::to(&address::task(task.id)).into_response());
    }
    Ok(confirmation(chrome, &task, Decision::Cancel))
}

pub(super) async fn cancel(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
) -> Result<Redirect, ApiError> {
    let task = caller.task(&pages, &id, &TASK_CANCEL).await?;
    pages.scaffolder.tasks.cancel(task.id, &actor).await?;
    Ok(Redirect::to(&format!(
        "{}?done=cancelled",
        address::task(task.id)
    )))
}

pub(super) async fn confirm_retry(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let task = caller.task(&pages, &id, &TASK_READ).await?;
    if task.state != TaskState::Failed {
        return Ok(Redirect::to(&address::task(task.id)).into_response());
    }
    Ok(confirmation(chrome, &task, Decision::Retry))
}

/// Has a task done again; secrets of the first run are not kept and come with the form.
pub(super) async fn retry(
    State(pages): State<Pages>,
    caller: Caller,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Redirect, ApiError> {
    let task = caller.task(&pages, &id, &TASK_READ).await?;
    let secrets: BTreeMap<String, String> = sent
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("secret/")?.to_owned(), value)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    pages.scaffolder.tasks.retry(task.id, &secrets, &actor).await?;
    Ok(Redirect::to(&format!("{}?done=retried", address::task(task.id))))
}
