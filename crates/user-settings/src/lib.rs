//! What a person keeps: settings of any kind, stars, recent visits, and the home page made of them.
//!
//! `api` is the wire contract of the original's user-settings plugin; `pages` are home and settings.
//! Values live in the store; what a star or a visit is, `personal` knows.

mod api;
mod pages;
pub mod personal;

pub use api::router as api_router;
pub use pages::{page_samples, router as pages_router};

use catalog::Catalog;
use plugin::{Contributions, NavigationItem, NavigationSection, RouteSet};
use store::Store;

/// The plugin.
pub fn contributions(catalog: &Catalog, store: &Store) -> Contributions {
    let item = |title, path, icon, section| NavigationItem {
        title,
        path,
        icon,
        section,
        order: 0,
    };
    let routes = RouteSet::new("user-settings")
        .api(api_router(store.clone()))
        .pages(pages_router(catalog.clone(), store.clone()));
    Contributions {
        routes: vec![routes],
        navigation: vec![
            item("Home", "/", "home", NavigationSection::Main),
            item("Settings", "/settings", "settings", NavigationSection::Footer),
        ],
        ..Contributions::default()
    }
}
