//! The catalog list and its exports.

mod export;
mod load;
pub(crate) mod state;
pub(crate) mod view;

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sight::CurrentSight;
use ui::{Chrome, Live, PageHead};
use web::CurrentViewer;

use super::Pages;
use super::failure::PageFailure;
use state::ListState;

/// The list as the address says.
pub(super) async fn show(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let state = ListState::parse(query.as_deref().unwrap_or_default());
    let live = state
        .kind
        .as_ref()
        .map_or(Live::Any, |kind| Live::Prefixes(vec![format!("{kind}:")]));
    let view = load::load(pages.catalog.seen_by(&sight), &pages.store, &viewer, state).await?;
    let kinds = view.kinds.iter().map(|(kind, _)| kind);
    let kind = kinds
        .into_iter()
        .find(|kind| view.state.kind.as_deref() == Some(&model::js::lowercase(kind)));
    let title = kind.map_or_else(|| "Catalog".to_owned(), |kind| format!("{kind} · Catalog"));
    Ok(chrome
        .page(PageHead::new(title).live(live), view::list(&view))
        .into_response())
}

/// The list's entities as a table for spreadsheets.
pub(super) async fn export_csv(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFailure> {
    let state = ListState::parse(query.as_deref().unwrap_or_default());
    let entities = load::everything(pages.catalog.seen_by(&sight), &pages.store, &viewer, &state).await?;
    Ok(file(
        "catalog.csv",
        "text/csv; charset=utf-8",
        export::csv(&entities, &state.shown()),
    ))
}

/// The list's entities as they are served.
pub(super) async fn export_json(
    State(pages): State<Pages>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFailure> {
    let state = ListState::parse(query.as_deref().unwrap_or_default());
    let entities = load::everything(pages.catalog.seen_by(&sight), &pages.store, &viewer, &state).await?;
    Ok(file(
        "catalog.json",
        "application/json; charset=utf-8",
        Value::Array(entities).to_string(),
    ))
}

fn file(name: &str, media_type: &'static str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    (
        [
            (CONTENT_TYPE, media_type.to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        text,
    )
        .into_response()
}
