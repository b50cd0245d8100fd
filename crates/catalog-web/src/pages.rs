//! What people see of the catalog: the list, entities, sources, problems, registering.
//!
//! Every page is a function from plain data to markup (`view`, with samples) and a handler that
//! fetches the data. Pages ask the engine and the index, never the wire API.

mod done;
mod entity;
mod failure;
mod graph;
mod link;
mod list;
mod organization;
mod register;
mod samples;
mod sources;
mod unprocessed;

pub use samples::{PageSample, page_samples};

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use plugin::{EntityCard, EntityTab, NavigationItem, NavigationSection};

use catalog::Catalog;
use user_settings::VisitLog;

/// What the handlers of the pages have at hand.
#[derive(Clone)]
pub(crate) struct Pages {
    catalog: Catalog,
    tabs: Arc<[Arc<dyn EntityTab>]>,
    cards: Arc<[Arc<dyn EntityCard>]>,
    visits: VisitLog,
}

/// The pages with their full paths. Tabs and cards are what plugins contributed.
pub fn router(
    catalog: Catalog,
    mut tabs: Vec<Arc<dyn EntityTab>>,
    mut cards: Vec<Arc<dyn EntityCard>>,
) -> Router {
    tabs.sort_by_key(|tab| tab.order());
    cards.sort_by_key(|card| card.order());
    let pages = Pages {
        visits: VisitLog::new(catalog.store().clone()),
        catalog,
        tabs: tabs.into(),
        cards: cards.into(),
    };
    Router::new()
        .route("/catalog", get(list::show))
        .route("/catalog/export.csv", get(list::export_csv))
        .route("/catalog/export.json", get(list::export_json))
        .route("/catalog/refresh", post(entity::refresh))
        .route("/catalog/{namespace}/{kind}/{name}", get(entity::show))
        .route("/catalog/{namespace}/{kind}/{name}/{tab}", get(entity::show_tab))
        .route("/org", get(organization::groups))
        .route("/org/people", get(organization::people))
        .route("/catalog-graph", get(graph::show))
        .route("/catalog-import", get(register::show).post(register::register))
        .route("/sources", get(sources::show))
        .route(
            "/sources/unregister",
            get(sources::confirm).post(sources::unregister),
        )
        .route("/unprocessed", get(unprocessed::show))
        .route(
            "/unprocessed/delete",
            get(unprocessed::confirm).post(unprocessed::delete),
        )
        .with_state(pages)
}

/// Entries of the navigation.
pub fn navigation() -> Vec<NavigationItem> {
    let item = |title, path, icon, section, order| NavigationItem {
        title,
        path,
        icon,
        section,
        order,
    };
    vec![
        item("Catalog", "/catalog", "catalog", NavigationSection::Main, 10),
        item("Organisation", "/org", "group", NavigationSection::Main, 50),
        item("Graph", "/catalog-graph", "graph", NavigationSection::Main, 40),
        item(
            "Sources",
            "/sources",
            "sources",
            NavigationSection::Administration,
            10,
        ),
        item(
            "Problems",
            "/unprocessed",
            "problem",
            NavigationSection::Administration,
            20,
        ),
    ]
}
