//! The catalog's face: its wire contract at `/api/catalog` and its pages.
//!
//! Everything shown here comes from the public interface of `catalog`; this crate cannot reach the loop
//! that reads sources, nor the store.

pub mod api;
pub mod pages;

pub use pages::{BUILT_IN_TABS, EntityParts};

use catalog::Catalog;
use plugin::{Contributions, PluginId, RouteSet, Slot};
use tokio_util::sync::CancellationToken;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("catalog");

/// The plugin. `parts` are what all plugins put on the entity page; `stop` ends open streams.
pub fn contributions(catalog: &Catalog, parts: Slot<EntityParts>, stop: CancellationToken) -> Contributions {
    let routes = RouteSet::new("catalog")
        .api(api::router(catalog.clone(), stop))
        .pages(pages::router(catalog.clone(), parts));
    Contributions {
        routes: vec![routes],
        navigation: pages::navigation(),
        ..Contributions::of(ID)
    }
}
