//! What a person keeps: settings of any kind, stars, recent visits, and the home page made of them.
//!
//! `api` is the wire contract of the original's user-settings plugin; `pages` are home and settings.
//! Values live in the store; what a star or a visit is, `personal` knows.

mod api;
mod pages;
pub mod personal;

pub use api::rows as api_rows;
pub use pages::{page_samples, rows as page_rows};

use catalog::Catalog;
use plugin::{Contributions, NavigationItem, NavigationSection, PluginId, Routes};

/// The plugin.
pub fn contributions(catalog: &Catalog) -> Contributions {
    let item = |title, path, icon, section| NavigationItem {
        title,
        path,
        icon,
        section,
        order: 0,
    };
    let routes = Routes::new(PluginId::built_in("user-settings"))
        .api(api_rows(catalog.store()))
        .pages(page_rows(catalog));
    Contributions {
        routes: vec![routes],
        navigation: vec![
            item("Home", "/", "home", NavigationSection::Main),
            item("Settings", "/settings", "settings", NavigationSection::Footer),
        ],
        ..Contributions::default()
    }
}
