//! What administrators see of work that lasts: jobs and schedules as pages (`/work`) and as an API (`/api/work`).

mod api;
mod desk;
mod pages;

pub use pages::{PageSample, page_samples};

use std::sync::Arc;

use plugin::{
    ActionRegistry, AuditLog, Contributions, LiveTopic, NavigationItem, NavigationSection, Permission,
    PermissionAction, PluginId, Routes, Rule, Slot,
};
use work::Jobs;

use desk::Desk;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("work");

/// See jobs, their logs and schedules.
pub static READ: Permission = Permission::new("work.job.read", PermissionAction::Read).for_administrators();
/// End jobs and have them done again.
pub static UPDATE: Permission =
    Permission::new("work.job.update", PermissionAction::Update).for_administrators();
/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 2] = [&READ, &UPDATE];

const SEE: Rule = Rule::signed_in().needs(&READ);
const CHANGE: Rule = Rule::signed_in().needs(&UPDATE);

/// The plugin. `audit` keeps who changed jobs; `actions` are those of all plugins.
pub fn contributions(jobs: &Jobs, audit: Arc<dyn AuditLog>, actions: Slot<ActionRegistry>) -> Contributions {
    let desk = Desk::new(jobs.clone(), audit);
    let routes = Routes::new(ID)
        .api(api::rows(&desk, &actions))
        .pages(pages::rows(&desk));
    let entry = NavigationItem::new("Work", "/work", "clock", NavigationSection::Administration, 30);
    Contributions {
        routes: vec![routes],
        navigation: vec![entry.needs(&READ)],
        live_topics: vec![LiveTopic {
            name: work::TOPIC.into(),
            needs: Some(&READ),
            only_parts: false,
        }],
        ..Contributions::of(ID)
    }
}
