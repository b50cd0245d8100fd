//! The catalog list and its exports.

mod export;
mod facets;
mod load;
pub(crate) mod state;
pub(crate) mod states;
pub(crate) mod view;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
pub(super) use export::line as csv_line;
use model::Viewer;
use sight::CurrentSight;
use ui::{Chrome, Live, PageHead};

use super::Pages;
use super::entity::Caller;
use super::failure::PageFailure;
use crate::outgoing::{Answered, Outgoing};
use catalog::Sight;
use catalog::query::{Body as Entity, Fields};
use load::Asked;
use state::{COLUMNS, FILTERS, ListState};
use states::SeenStates;

/// Names of columns and filters that every list has, in addresses.
pub fn list_names() -> Vec<&'static str> {
    let columns = COLUMNS.iter().map(|column| column.name);
    let filters = FILTERS.iter().map(|filter| filter.name);
    let mut names: Vec<&'static str> = columns.chain(filters).chain(state::OTHERS).collect();
    names.sort_unstable();
    names.dedup();
    names
}

impl Pages {
    fn asked<'a>(&'a self, sight: &'a Sight, viewer: &'a Viewer, states: &'a SeenStates) -> Asked<'a> {
        Asked {
            seen: self.catalog.seen_by(sight),
            store: &self.store,
            viewer,
            states,
        }
    }
}

/// What makes the open list fetch itself again.
fn live(state: &ListState, states: &SeenStates) -> Live {
    let topics = states.topics();
    match &state.kind {
        Some(kind) => Live::Prefixes([vec![format!("{kind}:")], topics].concat()),
        None if topics.is_empty() => Live::Any,
        None => Live::AnyAnd(topics),
    }
}

/// The list as the address says.
pub(super) async fn show(
    State(pages): State<Pages>,
    Caller(viewer, permissions): Caller,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
    chrome: Chrome,
) -> Result<Response, PageFailure> {
    let states = pages.parts().states.seen(&viewer, permissions.as_ref()).await?;
    let state = ListState::parse(query.as_deref().unwrap_or_default(), &states.columns());
    let live = live(&state, &states);
    let asked = pages.asked(&sight, &viewer, &states);
    let view = load::load(&asked, state).await?;
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
    Caller(viewer, permissions): Caller,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFailure> {
    let states = pages.parts().states.seen(&viewer, permissions.as_ref()).await?;
    let state = ListState::parse(query.as_deref().unwrap_or_default(), &states.columns());
    let wanted = load::everything(&pages.asked(&sight, &viewer, &states), &state).await?;
    let table = export::Table::new(&state, states);
    let heading = table.heading();
    let (catalog, seen_by) = (pages.catalog.clone(), sight.clone());
    let line = move |body: &Entity| {
        let entity = catalog.seen_by(&seen_by).shown(body);
        entity.map_or_else(String::new, |entity| table.row(&entity))
    };
    let body = Outgoing::lines(wanted, heading, line)
        .answer(pages.catalog.seen_by(&sight))
        .await?;
    Ok(file("catalog.csv", "text/csv; charset=utf-8", body))
}

/// The list's entities as they are served.
pub(super) async fn export_json(
    State(pages): State<Pages>,
    Caller(viewer, permissions): Caller,
    CurrentSight(sight): CurrentSight,
    RawQuery(query): RawQuery,
) -> Result<Response, PageFailure> {
    let states = pages.parts().states.seen(&viewer, permissions.as_ref()).await?;
    let state = ListState::parse(query.as_deref().unwrap_or_default(), &states.columns());
    let wanted = load::everything(&pages.asked(&sight, &viewer, &states), &state).await?;
    let list = if sight.is_everything() {
        Outgoing::list(wanted, &Fields::all())
    } else {
        let (catalog, seen_by) = (pages.catalog.clone(), sight.clone());
        Outgoing::rendered(wanted, move |body| {
            let entity = catalog.seen_by(&seen_by).shown(body);
            entity.map_or_else(String::new, |entity| entity.to_string())
        })
    };
    let body = list.answer(pages.catalog.seen_by(&sight)).await?;
    Ok(file("catalog.json", "application/json; charset=utf-8", body))
}

fn file(name: &str, media_type: &'static str, content: Answered) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    match content {
        Answered::Short(text) => (headers, Body::from(text)).into_response(),
        Answered::Long(body, unread) => (headers, Extension(unread), body).into_response(),
    }
}
