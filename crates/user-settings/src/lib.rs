//! What a person keeps: settings of any kind, stars, recent visits, and the home page made of them.
//!
//! `api` is the wire contract of the original's user-settings plugin; `pages` are home and settings.
//! Values live in the store; what a star or a visit is, `personal` knows.

mod api;
mod pages;
pub mod personal;
mod visit_log;

pub use api::router as api_router;
pub use pages::{page_samples, router as pages_router};
pub use visit_log::VisitLog;

use catalog::Catalog;
use plugin::{Contributions, NavigationItem, NavigationSection, RouteSet};

/// The plugin.
pub fn contributions(catalog: &Catalog) -> Contributions {
    let item = |title, path, icon, section| NavigationItem {
        title,
        path,
        icon,
        section,
        order: 0,
    };
    let routes = RouteSet::new("user-settings")
        .api(api_router(catalog.store().clone()))
        .pages(pages_router(catalog.clone()));
    Contributions {
        routes: vec![routes],
        navigation: vec![
            item("Home", "/", "home", NavigationSection::Main),
            item("Settings", "/settings", "settings", NavigationSection::Footer),
        ],
        ..Contributions::default()
    }
}
