//! The webhooks by which Gitea tells the portal of pushes: made, repaired, and watched.
//!
//! - `settings` reads `portal.gitea`: for which hosts the portal keeps webhooks, and where these are to call.
//! - `keeping` compares what a server has with what it must have, in a job that one process at a time does.
//! - `missed` has sources read again whose repositories changed without a delivery, as while the portal was down.
//! - `standing` says of each webhook whether its deliveries come in, and if not, why.
//! - `pages` and `health` show that.
//!
//! What a delivery does is the business of the crate `events`.

mod health;
mod judgement;
mod keeping;
mod missed;
mod pages;
mod section;
mod settings;
mod standing;
mod tables;

pub use pages::page_samples;
pub use tables::MIGRATIONS;

use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use config::Config;
use plugin::{
    Contributions, Declaration, LiveTopic, NavigationItem, NavigationSection, Permission, PermissionAction,
    PluginId, Routes, Rule, Services,
};
use work::Schedule;

use keeping::Keeper;
use missed::Missed;
use settings::HookSettings;
use standing::Overview;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("gitea-webhooks");

/// See webhooks, and when they delivered last.
pub static READ: Permission =
    Permission::new("gitea.webhook.read", PermissionAction::Read).for_administrators();
/// Have webhooks checked now.
pub static UPDATE: Permission =
    Permission::new("gitea.webhook.update", PermissionAction::Update).for_administrators();
/// All permissions of the plugin.
static PERMISSIONS: [&Permission; 2] = [&READ, &UPDATE];

const SEE: Rule = Rule::signed_in().needs(&READ);
const CHANGE: Rule = Rule::signed_in().needs(&UPDATE);

/// The topic of webhooks under `events`, which is also the last word of their address.
const EVENTS_TOPIC: &str = "gitea";
/// What is announced when webhooks were checked.
const TOPIC: &str = "gitea.webhooks";
/// How often webhooks are checked; the first time at the start.
const PERIOD: Duration = Duration::from_mins(10);
/// How often servers are asked what was changed without a delivery: the bound for a push whose delivery got lost.
const CHANGES_PERIOD: Duration = Duration::from_mins(1);

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(section::Section)),
        migrations: MIGRATIONS,
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// What the plugin shows and runs; nothing without a Gitea in the configuration.
pub fn contributions(config: &Config, catalog: &Catalog, services: &Services) -> Contributions {
    let settings = Arc::new(HookSettings::of(config));
    if settings.hosts.is_empty() {
        return Contributions::of(ID);
    }
    let overview = Overview::new(settings.clone(), services.store.clone());
    let desk = pages::Desk {
        overview: overview.clone(),
        jobs: services.jobs.clone(),
    };
    let entry = NavigationItem::new(
        "Webhooks",
        "/gitea/webhooks",
        "link",
        NavigationSection::Administration,
        45,
    );
    let mut contributions = Contributions {
        routes: vec![Routes::new(ID).pages(pages::rows(&desk))],
        navigation: vec![entry.needs(&READ)],
        health_checks: vec![Arc::new(health::Webhooks(overview))],
        live_topics: vec![LiveTopic {
            name: TOPIC.into(),
            needs: Some(&READ),
            only_parts: false,
        }],
        ..Contributions::of(ID)
    };
    if settings.secret.is_some() {
        let missed = Missed::new(config, catalog, settings.clone(), services);
        contributions.jobs.push(Arc::new(missed));
        let schedule = Schedule::every("gitea-webhooks.missed", CHANGES_PERIOD, missed::KIND);
        contributions.schedules.push(schedule);
    }
    if settings.is_any_kept() {
        let keeper = Keeper::new(config, settings, services);
        contributions.jobs.push(Arc::new(keeper));
        let schedule = Schedule::every("gitea-webhooks.keep", PERIOD, keeping::KIND);
        contributions.schedules.push(schedule);
    }
    contributions
}
