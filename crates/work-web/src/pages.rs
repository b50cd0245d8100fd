//! The pages: jobs with filters, one job with its log, schedules, and asking before a job is ended or done again.

mod samples;
mod view;

pub use samples::{PageSample, page_samples};

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use model::Fault;
use plugin::Rows;
use ui::{Chrome, Crumb, Live, Notice, PageHead, Tone, notice};
use url::form_urlencoded;
use web::{ApiError, CurrentActor};
use work::{JobFilter, JobReport, Jobs};

use crate::desk::{Desk, fault, job};
use crate::{CHANGE, SEE};
use view::{Decision, JobList};

/// Jobs on one page of the list.
const LISTED: usize = 50;
/// Lines of a log on the page of a job: the last ones.
const LINES: usize = 500;

/// Words of the address with what they say on the page that follows an action.
const DONE: [(&str, &str); 2] = [
    (
        "cancelled",
        "Cancelled. A job that runs ends as soon as its process hears of it.",
    ),
    ("retried", "It is done again, from its last checkpoint on."),
];

pub(crate) fn rows(desk: &Desk) -> Rows {
    Rows::new()
        .get("/work", SEE.prefetch(), list)
        .get("/work/schedules", SEE.prefetch(), schedules)
        .get("/work/jobs/{id}", SEE.prefetch(), show)
        .get("/work/jobs/{id}/cancel", CHANGE, confirm_cancel)
        .post("/work/jobs/{id}/cancel", CHANGE, cancel_job)
        .get("/work/jobs/{id}/retry", CHANGE, confirm_retry)
        .post("/work/jobs/{id}/retry", CHANGE, retry_job)
        .with_state(desk)
}

fn parameter(chrome: &Chrome, name: &str) -> Option<String> {
    let mut all = form_urlencoded::parse(chrome.query.as_bytes());
    let found = all.find(|(key, value)| key == name && !value.is_empty());
    found.map(|(_, value)| value.into_owned())
}

fn done(chrome: &Chrome) -> Markup {
    let word = parameter(chrome, "done");
    let known = word.and_then(|word| DONE.iter().find(|(known, _)| *known == word));
    html! { @if let Some((_, text)) = known { (notice(Notice { tone: Tone::Green, text })) } }
}

/// The head of a page that follows every job.
fn following(title: &str) -> PageHead {
    PageHead::new(title).live(Live::Topics(vec![work::TOPIC.to_owned()]))
}

async fn list(State(jobs): State<Jobs>, chrome: Chrome) -> Result<Response, ApiError> {
    let filter = JobFilter {
        kind: parameter(&chrome, "kind"),
        state: parameter(&chrome, "state").map(|word| word.parse()).transpose()?,
        key: parameter(&chrome, "key"),
        schedule: parameter(&chrome, "schedule"),
    };
    let after = parameter(&chrome, "after").map(|word| word.parse()).transpose()?;
    let page = jobs.list(&filter, after, LISTED).await.map_err(fault)?;
    let list = JobList {
        kinds: jobs.kinds().await.map_err(fault)?,
        is_first: after.is_none(),
        filter,
        page,
    };
    let content = view::jobs(&list, chrome.now);
    Ok(chrome.page(following("Work"), content).into_response())
}

async fn schedules(State(jobs): State<Jobs>, chrome: Chrome) -> Result<Response, ApiError> {
    let schedules = jobs.schedules().await.map_err(fault)?;
    let content = view::schedules(&schedules, chrome.now);
    Ok(chrome.page(following("Schedules"), content).into_response())
}

async fn show(
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let job = job(&jobs, &id).await?;
    let newest = jobs.last_lines(job.id, LINES).await.map_err(fault)?;
    let content = html! { (done(&chrome)) (view::job(&job, &newest, chrome.now)) };
    let title = job.kind.clone();
    let crumbs = vec![Crumb::to("Work", "/work"), Crumb::here(title.clone())];
    let live = Live::Topics(vec![format!("{}.{}", work::TOPIC, job.id)]);
    Ok(chrome
        .page(PageHead::new(title).crumbs(crumbs).live(live), content)
        .into_response())
}

async fn confirm_cancel(
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let job = job(&jobs, &id).await?;
    if !job.state.is_open() {
        return Err(Fault::conflict(format!("The job {id} has ended already.")).into());
    }
    Ok(confirmation(chrome, &job, Decision::Cancel))
}

async fn confirm_retry(
    State(jobs): State<Jobs>,
    Path(id): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let job = job(&jobs, &id).await?;
    if !view::may_be_done_again(&job) {
        let message = format!("The job {id} is not one that failed or was cancelled.");
        return Err(Fault::conflict(message).into());
    }
    Ok(confirmation(chrome, &job, Decision::Retry))
}

fn confirmation(chrome: Chrome, job: &JobReport, decision: Decision) -> Response {
    let here = match decision {
        Decision::Cancel => "Cancel",
        Decision::Retry => "Try again",
    };
    let crumbs = vec![
        Crumb::to("Work", "/work"),
        Crumb::to(job.kind.clone(), view::address(job.id)),
        Crumb::here(here),
    ];
    let head = PageHead::new(here).crumbs(crumbs).narrow();
    chrome.page(head, view::confirm(job, decision)).into_response()
}

async fn cancel_job(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
) -> Result<Redirect, ApiError> {
    let id = desk.cancel(&id, &actor).await?;
    Ok(Redirect::to(&format!("{}?done=cancelled", view::address(id))))
}

async fn retry_job(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    CurrentActor(actor): CurrentActor,
) -> Result<Redirect, ApiError> {
    let id = desk.retry(&id, &actor).await?;
    Ok(Redirect::to(&format!("{}?done=retried", view::address(id))))
}
