//! The catalog's face: its wire contract at `/api/catalog` and its pages.
//!
//! Everything shown of the catalog comes through a view of it at the caller's sight; this crate cannot reach
//! the loop that reads sources. The store is handed in for what people keep: stars and visits.

pub mod api;
mod outgoing;
pub mod pages;
pub mod permissions;

pub use api::concerns;
pub use pages::{BUILT_IN_TABS, EntityParts, list_names};

use catalog::Catalog;
use plugin::{Contributions, PluginId, Routes, Slot};
use store::Store;
use tokio_util::sync::CancellationToken;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("catalog");

/// The plugin. `parts` are what all plugins put on the entity page; `stop` ends open streams.
pub fn contributions(
    catalog: &Catalog,
    store: &Store,
    parts: Slot<EntityParts>,
    stop: CancellationToken,
) -> Contributions {
    let routes = Routes::new(ID)
        .api(api::rows(catalog.clone(), stop))
        .pages(pages::rows(catalog.clone(), store.clone(), parts));
    Contributions {
        routes: vec![routes],
        navigation: pages::navigation(catalog),
        ..Contributions::of(ID)
    }
}
