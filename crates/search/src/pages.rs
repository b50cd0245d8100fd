//! The search page, and what the palette shows while one types.

mod load;
mod palette;
mod samples;
mod state;
mod view;

pub use samples::page_samples;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use plugin::{Rows, Rule};
use ui::{Chrome, PageHead};
use web::{ApiError, CurrentViewer};

use crate::reach::CurrentReach;
use crate::search::Search;
use state::PageState;

/// The pages with their full paths.
pub fn rows(search: &Search) -> Rows {
    Rows::new()
        .get("/search", Rule::signed_in().prefetch(), show)
        .get("/-/palette", Rule::signed_in(), palette::show)
        .with_state(search)
}

async fn show(
    State(search): State<Search>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentReach(reach): CurrentReach,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let state = PageState::parse(query.as_deref().unwrap_or_default());
    let results = load::results(&search, &reach, &viewer, state, chrome.now).await?;
    let title = if results.state.text.is_empty() {
        "Search".to_owned()
    } else {
        format!("{} · Search", results.state.text)
    };
    Ok(chrome
        .page(PageHead::new(title), view::results(&results))
        .into_response())
}
