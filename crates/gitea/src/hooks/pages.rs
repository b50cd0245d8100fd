//! `/gitea/webhooks`: each webhook, whether its deliveries come in, and if not, why.

pub(super) mod samples;
mod view;

pub use samples::page_samples;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use plugin::Rows;
use serde_json::Value;
use ui::{Chrome, Live, Notice, PageHead, Tone, notice};
use web::{ApiError, CurrentActor};
use work::{JobOptions, Jobs};

use super::keeping::KIND;
use super::standing::Overview;
use super::{CHANGE, SEE, TOPIC};

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Desk {
    /// What is known of webhooks.
    pub overview: Overview,
    /// Where a check of the servers is asked for.
    pub jobs: Jobs,
}

/// The pages with their full paths.
pub(crate) fn rows(desk: &Desk) -> Rows {
    Rows::new()
        .get("/gitea/webhooks", SEE.prefetch(), show)
        .post("/gitea/webhooks", CHANGE, check)
        .with_state(desk)
}

async fn show(State(desk): State<Desk>, chrome: Chrome) -> Result<Response, ApiError> {
    let all = desk
        .overview
        .now()
        .await
        .map_err(|error| ApiError::internal(&error))?;
    let is_checking = chrome.query == "checking";
    let content = html! {
        @if is_checking {
            (notice(Notice { tone: Tone::Green, text: "The webhooks are being checked. This page changes by itself when that is done." }))
        }
        (view::webhooks(&all, chrome.now))
    };
    let head = PageHead::new("Webhooks").live(Live::Topics(vec![TOPIC.to_owned()]));
    Ok(chrome.page(head, content).into_response())
}

async fn check(State(desk): State<Desk>, CurrentActor(actor): CurrentActor) -> Result<Redirect, ApiError> {
    let options = JobOptions::of(actor).key(KIND);
    let enqueued = desk.jobs.enqueue_alone(KIND, &Value::Null, options).await;
    enqueued.map_err(|error| ApiError::internal(&error))?;
    Ok(Redirect::to("/gitea/webhooks?checking"))
}
