//! What people see of the catalog: the list, entities, sources, problems, registering.
//!
//! Every page is a function from plain data to markup (`view`, with samples) and a handler that
//! fetches the data. Pages ask the engine and the index, never the wire API.

mod cause;
mod changes;
mod entity;
mod failure;
mod flash;
mod graph;
mod link;
mod list;
mod organization;
mod problems;
mod prose;
mod register;
mod samples;
mod sources;
mod unprocessed;

pub use entity::BUILT_IN_TABS;
pub use entity::parts::EntityParts;
pub use list::list_names;
pub use samples::{PageSample, page_samples};

use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Sight};
use plugin::{Decision, NavigationCount, NavigationItem, NavigationSection, Permission, Rows, Rule, Slot};
use store::Store;
use user_settings::VisitLog;

use crate::permissions::{
    ENTITY_READ, ENTITY_REFRESH, LOCATION_CREATE, LOCATION_DELETE, LOCATION_READ, READ, UNPROCESSED_DELETE,
    UNPROCESSED_READ,
};

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
pub fn rows(catalog: Catalog, store: Store, parts: Slot<EntityParts>) -> Rows {
    let pages = Pages {
        visits: VisitLog::new(store.clone()),
        catalog,
        store,
        parts,
    };
    entity_rows()
        .with_state(&pages)
        .and(administration_rows().with_state(&pages))
}

fn entity_rows() -> Rows<Pages> {
    const ENTITY: &str = "/catalog/{namespace}/{kind}/{name}";
    let ahead = READ.prefetch();
    // No permission is known for what a plugin's form changes; tokens of services are not for it.
    let act = Rule::person().left_to_handler(&ENTITY_READ);
    Rows::new()
        .get("/catalog", ahead, list::show)
        .get("/catalog/export.csv", READ, list::export_csv)
        .get("/catalog/export.json", READ, list::export_json)
        .post(
            "/catalog/refresh",
            Rule::signed_in().needs_per_thing(&ENTITY_REFRESH),
            entity::refresh,
        )
        .get(ENTITY, ahead, entity::show)
        .get(
            format!("{ENTITY}/dependencies/export.csv"),
            READ,
            entity::impact::export,
        )
        .get(format!("{ENTITY}/{{tab}}"), ahead, entity::show_tab)
        .post(format!("{ENTITY}/{{tab}}"), act, entity::act)
        .get(
            format!("{ENTITY}/{{tab}}/{{*rest}}"),
            ahead,
            entity::show_below_tab,
        )
        .post(format!("{ENTITY}/{{tab}}/{{*rest}}"), act, entity::act_below)
        .get("/org", ahead, organization::groups)
        .get("/org/people", ahead, organization::people)
        .get("/catalog-graph", ahead, graph::show)
        .get("/changes", ahead, changes::show)
}

fn administration_rows() -> Rows<Pages> {
    let create = Rule::signed_in().needs(&LOCATION_CREATE);
    let unregister = Rule::signed_in().needs(&LOCATION_DELETE);
    let remove = Rule::signed_in().needs(&UNPROCESSED_DELETE);
    Rows::new()
        .get("/catalog-import", create, register::show)
        .post("/catalog-import", create, register::register)
        .get(
            "/sources",
            Rule::signed_in().needs(&LOCATION_READ).prefetch(),
            sources::show,
        )
        .get("/sources/unregister", unregister, sources::confirm)
        .post("/sources/unregister", unregister, sources::unregister)
        .get(
            "/unprocessed",
            Rule::signed_in().needs(&UNPROCESSED_READ).prefetch(),
            problems::show,
        )
        .get("/unprocessed/delete", remove, unprocessed::confirm)
        .post("/unprocessed/delete", remove, unprocessed::delete)
}

/// Entries of the navigation.
pub fn navigation(catalog: &Catalog) -> Vec<NavigationItem> {
    let item = NavigationItem::new;
    vec![
        item("Catalog", "/catalog", "catalog", NavigationSection::Main, 10),
        item("Organisation", "/org", "group", NavigationSection::Main, 50),
        item("Graph", "/catalog-graph", "graph", NavigationSection::Main, 40),
        item("Changes", "/changes", "history", NavigationSection::Main, 45),
        item(
            "Sources",
            "/sources",
            "sources",
            NavigationSection::Administration,
            10,
        )
        .needs(&LOCATION_READ),
        item(
            "Problems",
            "/unprocessed",
            "problem",
            NavigationSection::Administration,
            20,
        )
        .needs(&UNPROCESSED_READ)
        .counted(Arc::new(ProblemCount(catalog.clone()))),
    ]
}

/// Counts the problems that a caller sees.
struct ProblemCount(Catalog);

impl NavigationCount for ProblemCount {
    fn permission(&self) -> &'static Permission {
        &ENTITY_READ
    }

    fn count(&self, decision: &Decision) -> usize {
        // A rule that cannot be read shows nothing.
        let sight = Sight::of(decision).ok();
        sight.map_or(0, |sight| self.0.seen_by(&sight).health_counts().problems())
    }

    fn noun(&self) -> &'static str {
        "problems"
    }
}

/// The parts of plugins before all have contributed, and in tests.
static NO_PARTS: LazyLock<EntityParts> = LazyLock::new(EntityParts::default);

impl Pages {
    /// The parts of plugins on the entity page.
    fn parts(&self) -> &EntityParts {
        self.parts.get().unwrap_or(&NO_PARTS)
    }
}
