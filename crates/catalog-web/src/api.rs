//! The wire contract, `/api/catalog` (reference/catalog.md §6).
//!
//! Handlers read the request, ask the engine or the index, and choose the answer; what is asked is
//! decided below, how HTTP behaves in `web`.

mod answer;
mod changes;
mod documents;
mod entities;
mod facets;
mod location_pages;
mod locations;
mod pages;
mod requests;
mod single;
mod unprocessed;

use axum::Router;
use axum::routing::{delete, get, post};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use web::api::Routes;

use catalog::Catalog;

/// What the handlers have at hand.
#[derive(Clone)]
pub(crate) struct Api {
    catalog: Catalog,
    /// Ends open streams.
    soft: CancellationToken,
}

/// The routes below `/api/catalog`. `soft` ends open streams when the server stops.
pub fn router(catalog: Catalog, soft: CancellationToken) -> Router {
    let api = Api { catalog, soft };
    Routes::new()
        .route("/entities", get(entities::list).with_state(api.clone()))
        .route(
            "/entities/by-query",
            get(pages::by_get).post(pages::by_post).with_state(api.clone()),
        )
        .route("/entities/by-refs", post(single::by_refs).with_state(api.clone()))
        .route(
            "/entities/by-uid/{uid}",
            get(single::by_uid).delete(single::delete).with_state(api.clone()),
        )
        .route(
            "/entities/by-name/{kind}/{namespace}/{name}",
            get(single::by_name).with_state(api.clone()),
        )
        .route(
            "/entities/by-name/{kind}/{namespace}/{name}/ancestry",
            get(single::ancestry).with_state(api.clone()),
        )
        .route(
            "/entities/by-name/{kind}/{namespace}/{name}/history",
            get(changes::history).with_state(api.clone()),
        )
        .route(
            "/entities/by-name/{kind}/{namespace}/{name}/history/{seq}",
            get(changes::version).with_state(api.clone()),
        )
        .route(
            "/entities/unprocessed/failed",
            get(unprocessed::failed).with_state(api.clone()),
        )
        .route(
            "/entities/unprocessed/pending",
            get(unprocessed::pending).with_state(api.clone()),
        )
        .route(
            "/entities/unprocessed/delete/{uid}",
            delete(single::delete).with_state(api.clone()),
        )
        .route(
            "/entity-facets",
            get(facets::by_get).post(facets::by_post).with_state(api.clone()),
        )
        .route("/refresh", post(requests::refresh).with_state(api.clone()))
        .route(
            "/validate-entity",
            post(requests::validate).with_state(api.clone()),
        )
        .route(
            "/analyze-location",
            post(requests::analyze).with_state(api.clone()),
        )
        .route(
            "/locations",
            get(locations::list)
                .post(locations::create)
                .with_state(api.clone()),
        )
        .route(
            "/locations/{id}",
            get(locations::show)
                .put(locations::update)
                .delete(locations::remove)
                .with_state(api.clone()),
        )
        .route(
            "/locations/by-query",
            post(location_pages::by_query).with_state(api.clone()),
        )
        .route(
            "/locations/by-entity/{kind}/{namespace}/{name}",
            get(locations::by_entity).with_state(api.clone()),
        )
        .route(
            "/.well-known/backstage/permissions/metadata",
            get(documents::permissions),
        )
        .route("/sources", get(changes::sources).with_state(api.clone()))
        .route("/changes", get(changes::stream).with_state(api))
        .described_by(&documents::DESCRIPTION)
        .into_router()
}

/// The texts of a list in a body; whatever else is in it does not count.
fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
