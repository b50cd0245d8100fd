//! The catalog's face: its wire contract at `/api/catalog` and its pages.
//!
//! Everything shown here comes from the public interface of `catalog`; this crate cannot reach the loop
//! that reads sources, nor the store.

pub mod api;
pub mod pages;
pub mod permissions;

pub use pages::{BUILT_IN_TABS, EntityParts};

use catalog::Catalog;
use plugin::{Contributions, PluginId, Routes, Slot};
use tokio_util::sync::CancellationToken;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("catalog");

/// The plugin. `parts` are what all plugins put on the entity page; `stop` ends open streams.
pub fn contributions(catalog: &Catalog, parts: Slot<EntityParts>, stop: CancellationToken) -> Contributions {
    let routes = Routes::new(ID)
        .api(api::rows(catalog.clone(), stop))
        .pages(pages::rows(catalog.clone(), parts));
    Contributions {
        routes: vec![routes],
        navigation: pages::navigation(),
        ..Contributions::of(ID)
    }
}
