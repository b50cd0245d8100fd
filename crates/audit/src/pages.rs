//! `/audit`: events for administrators.

mod samples;
mod view;

pub use samples::page_samples;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use plugin::Rows;
use ui::{Chrome, PageHead};
use web::ApiError;

use crate::RULE;
use crate::question::{PAGE, Question};
use crate::record::Audit;

/// The pages with their full paths.
pub(crate) fn rows(audit: &Audit) -> Rows {
    Rows::new().get("/audit", RULE, show).with_state(audit)
}

async fn show(
    State(audit): State<Audit>,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let query = query.unwrap_or_default();
    let content = match Question::parse(&query) {
        Ok((question, _)) => {
            let found = audit.find(&question, PAGE + 1).await;
            let found = found.map_err(|error| ApiError::internal(&error))?;
            view::events(&question, &found, chrome.now)
        }
        Err(fault) => view::refused(&fault),
    };
    Ok(chrome.page(PageHead::new("Audit"), content).into_response())
}
