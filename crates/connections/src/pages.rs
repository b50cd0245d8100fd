//! `/connections`: the servers for administrators.

mod samples;
mod view;

pub use samples::page_samples;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use outside::OutsideCalls;
use plugin::Rows;
use ui::{Chrome, PageHead};

use crate::RULE;

/// The pages with their full paths.
pub(crate) fn rows(calls: &OutsideCalls) -> Rows {
    Rows::new()
        .get("/connections", RULE.prefetch(), show)
        .with_state(calls)
}

async fn show(State(calls): State<OutsideCalls>, chrome: Chrome) -> Response {
    let content = view::hosts(&calls.status(), chrome.now);
    chrome.page(PageHead::new("Connections"), content).into_response()
}
