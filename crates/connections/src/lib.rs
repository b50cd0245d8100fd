//! Connections: how the servers are that the portal calls, for administrators as a page (`/connections`), as an API
//! (`/api/connections/hosts`), and as a health check.

mod api;
mod health;
mod pages;

pub use pages::page_samples;

use std::sync::Arc;

use outside::OutsideCalls;
use plugin::{
    Contributions, NavigationItem, NavigationSection, Permission, PermissionAction, PluginId, Routes, Rule,
};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("connections");

/// See which servers are called, and how they are.
pub static READ: Permission =
    Permission::new("connections.host.read", PermissionAction::Read).for_administrators();

/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 1] = [&READ];

const RULE: Rule = Rule::signed_in().needs(&READ);

/// The plugin.
pub fn contributions(calls: &OutsideCalls) -> Contributions {
    let entry = NavigationItem::new(
        "Connections",
        "/connections",
        "link",
        NavigationSection::Administration,
        40,
    );
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(calls)).pages(pages::rows(calls))],
        navigation: vec![entry.needs(&READ)],
        health_checks: vec![Arc::new(health::Hosts(calls.clone()))],
        ..Contributions::of(ID)
    }
}
