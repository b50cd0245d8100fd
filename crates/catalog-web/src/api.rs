//! The wire contract, `/api/catalog` (as in `@backstage/plugin-catalog-backend` 4.0.0).
//!
//! Handlers read the request, ask the engine or the index, and choose the answer; what is asked is
//! decided below, how HTTP behaves in `web`.

mod answer;
mod change_log;
mod changes;
mod conditions;
mod documents;
mod entities;
mod facets;
mod impact;
mod location_pages;
mod locations;
mod pages;
mod requests;
mod single;
mod unprocessed;

pub use changes::concerns;

use catalog::Catalog;
use plugin::{Rows, Rule};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use web::api::Described;

use crate::permissions::{
    ENTITY_DELETE, ENTITY_REFRESH, ENTITY_VALIDATE, LOCATION_ANALYZE, LOCATION_CREATE, LOCATION_DELETE,
    LOCATION_READ, READ, SEE_LOCATIONS, UNPROCESSED_DELETE, UNPROCESSED_READ,
};

/// What the handlers have at hand.
#[derive(Clone)]
pub(crate) struct Api {
    catalog: Catalog,
    /// Ends open streams.
    soft: CancellationToken,
}

/// The rows below `/api/catalog`. `soft` ends open streams when the server stops.
pub fn rows(catalog: Catalog, soft: CancellationToken) -> Rows {
    let api = Api { catalog, soft };
    entity_rows()
        .with_state(&api)
        .and(unprocessed_rows().with_state(&api))
        .and(location_rows().with_state(&api))
        .and(other_rows().with_state(&api))
        .described_by(&documents::DESCRIPTION)
}

fn entity_rows() -> Rows<Api> {
    const NAMED: &str = "/entities/by-name/{kind}/{namespace}/{name}";
    Rows::new()
        .get("/entities", READ, entities::list)
        .get("/entities/by-query", READ, pages::by_get)
        .post("/entities/by-query", READ, pages::by_post)
        .post("/entities/by-refs", READ, single::by_refs)
        .get("/entities/by-uid/{uid}", READ, single::by_uid)
        .delete(
            "/entities/by-uid/{uid}",
            Rule::signed_in().needs_per_thing(&ENTITY_DELETE),
            single::delete,
        )
        .get(NAMED, READ, single::by_name)
        .get(format!("{NAMED}/ancestry"), READ, single::ancestry)
        .get(format!("{NAMED}/impact"), READ, impact::show)
        .get(format!("{NAMED}/history"), READ, changes::history)
        .get(format!("{NAMED}/history/{{seq}}"), READ, changes::version)
        .get("/entity-facets", READ, facets::by_get)
        .post("/entity-facets", READ, facets::by_post)
}

fn unprocessed_rows() -> Rows<Api> {
    let read = Rule::signed_in().needs(&UNPROCESSED_READ);
    Rows::new()
        .get("/entities/unprocessed/failed", read, unprocessed::failed)
        .get("/entities/unprocessed/pending", read, unprocessed::pending)
        .delete(
            "/entities/unprocessed/delete/{uid}",
            Rule::signed_in().needs(&UNPROCESSED_DELETE),
            single::delete,
        )
}

fn location_rows() -> Rows<Api> {
    let create = Rule::signed_in().needs(&LOCATION_CREATE);
    Rows::new()
        .get("/locations", SEE_LOCATIONS, locations::list)
        .post("/locations", create, locations::create)
        .get("/locations/{id}", SEE_LOCATIONS, locations::show)
        .put("/locations/{id}", create, locations::update)
        .delete(
            "/locations/{id}",
            Rule::signed_in().needs(&LOCATION_DELETE),
            locations::remove,
        )
        .post("/locations/by-query", SEE_LOCATIONS, location_pages::by_query)
        .get(
            "/locations/by-entity/{kind}/{namespace}/{name}",
            SEE_LOCATIONS,
            locations::by_entity,
        )
        .post(
            "/analyze-location",
            Rule::signed_in().needs(&LOCATION_ANALYZE),
            requests::analyze,
        )
}

fn other_rows() -> Rows<Api> {
    Rows::new()
        .post(
            "/refresh",
            Rule::signed_in().needs_per_thing(&ENTITY_REFRESH),
            requests::refresh,
        )
        .post(
            "/validate-entity",
            Rule::signed_in().needs(&ENTITY_VALIDATE),
            requests::validate,
        )
        .get(
            "/.well-known/backstage/permissions/metadata",
            Rule::signed_in(),
            documents::permissions,
        )
        .post(
            "/.well-known/backstage/permissions/apply-conditions",
            Rule::signed_in(),
            conditions::apply,
        )
        .get(
            "/sources",
            Rule::signed_in().needs(&LOCATION_READ),
            changes::sources,
        )
        .get("/changes", READ, changes::stream)
        .get("/change-log", READ, change_log::show)
}

/// The texts of a list in a body; whatever else is in it does not count.
fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
