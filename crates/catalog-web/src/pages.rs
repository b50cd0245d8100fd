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

pub use entity::BUILT_IN_TABS;
pub use entity::parts::EntityParts;
pub use samples::{PageSample, page_samples};

use std::sync::LazyLock;

use axum::Router;
use axum::routing::{get, post};
use plugin::{NavigationItem, NavigationSection, Slot};

use catalog::Catalog;
use store::Store;
use user_settings::VisitLog;

/// What the handlers of the pages have at hand.
#[derive(Clone)]
pub(crate) struct Pages {
    catalog: Catalog,
    /// Keeps the stars and visits of people.
    store: Store,
    visits: VisitLog,
    parts: Slot<EntityParts>,
}

/// The pages with their full paths. `parts` are what plugins put on the entity page.
pub fn router(catalog: Catalog, store: Store, parts: Slot<EntityParts>) -> Router {
    let pages = Pages {
        visits: VisitLog::new(store.clone()),
        catalog,
        store,
        parts,
    };
    Router::new()
        .route("/catalog", get(list::show))
        .route("/catalog/export.csv", get(list::export_csv))
        .route("/catalog/export.json", get(list::export_json))
        .route("/catalog/refresh", post(entity::refresh))
        .route("/catalog/{namespace}/{kind}/{name}", get(entity::show))
        .route(
            "/catalog/{namespace}/{kind}/{name}/{tab}",
            get(entity::show_tab).post(entity::act),
        )
        .route(
            "/catalog/{namespace}/{kind}/{name}/{tab}/{*rest}",
            get(entity::show_below_tab).post(entity::act_below),
        )
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
    let item = NavigationItem::new;
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

/// The parts of plugins before all have contributed, and in tests.
static NO_PARTS: LazyLock<EntityParts> = LazyLock::new(EntityParts::default);

impl Pages {
    /// The parts of plugins on the entity page.
    fn parts(&self) -> &EntityParts {
        self.parts.get().unwrap_or(&NO_PARTS)
    }
}
