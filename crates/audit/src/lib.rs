//! Audit: who changed what, who was refused, and with which outcome.
//!
//! Other crates tell events through [`plugin::AuditLog`]; this one keeps them in a table of its own and in the log
//! (target `audit`), and shows them to administrators at `/audit` and `/api/audit/events`.

mod api;
mod pages;
mod question;
mod record;
mod tables;

pub use pages::page_samples;
pub use question::Question;
pub use record::{Audit, Recorded};
pub use tables::MIGRATIONS;

use plugin::{
    Contributions, NavigationItem, NavigationSection, Permission, PermissionAction, PluginId, Routes, Rule,
};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("audit");

/// See what was changed and refused.
pub static READ: Permission =
    Permission::new("audit.event.read", PermissionAction::Read).for_administrators();

/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 1] = [&READ];

const RULE: Rule = Rule::signed_in().needs(&READ);

/// The plugin.
pub fn contributions(audit: &Audit) -> Contributions {
    let entry = NavigationItem::new(
        "Audit",
        "/audit",
        "history",
        NavigationSection::Administration,
        30,
    );
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(audit)).pages(pages::rows(audit))],
        navigation: vec![entry.needs(&READ)],
        ..Contributions::of(ID)
    }
}
