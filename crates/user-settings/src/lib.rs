//! What a person keeps: settings of any kind, stars, recent visits, and the home page made of them.
//!
//! `api` is the wire contract of the original's user-settings plugin; `pages` are home and settings.
//! Values live in the store; what a star or a visit is, `personal` knows.

mod api;
mod pages;
pub mod personal;
mod visit_log;

pub use api::rows as api_rows;
pub use pages::{page_samples, rows as page_rows};
pub use visit_log::VisitLog;

use catalog::Catalog;
use plugin::{
    Contributions, HomeCard, NavigationItem, NavigationSection, Of, PluginId, Routes, SettingsSection, Slot,
};
use std::sync::Arc;
use store::Store;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("user-settings");

/// What other plugins put on the pages of a person.
#[derive(Default)]
pub struct PersonalParts {
    pub(crate) home_cards: Vec<Of<Arc<dyn HomeCard>>>,
    pub(crate) settings_sections: Vec<Of<Arc<dyn SettingsSection>>>,
}

impl PersonalParts {
    /// Cards of the home page and sections of the settings page, put in order.
    pub fn new(
        mut home_cards: Vec<Of<Arc<dyn HomeCard>>>,
        mut settings_sections: Vec<Of<Arc<dyn SettingsSection>>>,
    ) -> Self {
        home_cards.sort_by_key(|card| card.part.place().order);
        settings_sections.sort_by_key(|section| section.part.place().order);
        Self {
            home_cards,
            settings_sections,
        }
    }
}

/// The plugin.
pub fn contributions(catalog: &Catalog, store: &Store, parts: Slot<PersonalParts>) -> Contributions {
    let item = |title, path, icon, section| NavigationItem::new(title, path, icon, section, 0);
    let routes = Routes::new(ID)
        .api(api_rows(store))
        .pages(page_rows(catalog.clone(), store.clone(), parts));
    Contributions {
        routes: vec![routes],
        navigation: vec![
            item("Home", "/", "home", NavigationSection::Main),
            item("Settings", "/settings", "settings", NavigationSection::Footer),
        ],
        ..Contributions::of(ID)
    }
}
