//! Kubernetes: what runs for an entity, how it is and why it is not well, with use, events and logs.
//!
//! `engine` keeps what the clusters hold, `health` says what that means, `api` answers the wire contract, `pages` shows it,
//! and `actions` has clusters do what people ask for.
//! Other features ask the engine ([`Kubernetes`]).

pub mod actions;
mod api;
pub mod engine;
mod found;
pub mod health;
mod pages;
pub mod roster;
mod section;
pub mod settings;

pub use engine::Kubernetes;
pub use pages::{no_cluster, page_samples};
pub use roster::Roster;

use std::path::Path;
use std::sync::Arc;

use catalog::Catalog;
use plugin::{
    AuditLog, Contributions, Declaration, EntityBadges, EntityStates, LiveTopic, PeopleTokens, Permission,
    PermissionAction, PluginId, Routes, Services,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use settings::{OwnAccount, Settings};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("kubernetes");

/// See which clusters there are.
pub static CLUSTERS_READ: Permission = Permission::new("kubernetes.clusters.read", PermissionAction::Read);
/// See what runs for an entity.
pub static RESOURCES_READ: Permission = Permission::new("kubernetes.resources.read", PermissionAction::Read);
/// Ask a cluster for more than what is kept of it: logs, and whatever the portal's account may do there (the proxy).
pub static PROXY: Permission = Permission::new("kubernetes.proxy", PermissionAction::Use);

static PERMISSIONS: [&Permission; 3] = [&CLUSTERS_READ, &RESOURCES_READ, &PROXY];

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(section::Section)),
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// The clusters of a section, and that around the portal. Files of the section are relative to `folder`.
pub fn open(
    section: Option<&Value>,
    folder: &Path,
    services: &Services,
    stop: CancellationToken,
) -> Kubernetes {
    let settings = Settings::read(section, folder, OwnAccount::find().as_ref());
    Kubernetes::new(settings, &services.outside, &services.store, stop)
}

/// What the plugin shows and serves. What the proxy changes is kept in `audit`; clusters that take the
/// viewer's token are shown with those of `tokens`; open streams end when `stop` is cancelled.
pub fn contributions(
    kubernetes: &Kubernetes,
    catalog: &Catalog,
    (audit, tokens): (Arc<dyn AuditLog>, Arc<dyn PeopleTokens>),
    stop: CancellationToken,
) -> Contributions {
    if let Some(locator) = kubernetes.catalog_locator() {
        let clusters = found::follow(kubernetes.clone(), catalog.clone(), locator, stop.clone());
        tokio::spawn(clusters);
    }
    if !kubernetes.files().is_empty() {
        tokio::spawn(found::follow_files(kubernetes.clone(), stop.clone()));
    }
    let roster = Roster::new(kubernetes.clone(), catalog.clone(), stop.clone());
    let states = kubernetes
        .is_configured()
        .then(|| Arc::new(pages::RuntimeStates(roster.clone())));
    let desk = api::Desk {
        roster,
        kubernetes: kubernetes.clone(),
        catalog: catalog.clone(),
        audit,
        stop,
    };
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(&desk)).pages(pages::rows(&desk))],
        assets: pages::assets(),
        entity_tabs: vec![Arc::new(pages::Tab {
            kubernetes: kubernetes.clone(),
            tokens,
        })],
        entity_cards: vec![Arc::new(pages::Card(kubernetes.clone()))],
        entity_badges: states
            .iter()
            .map(|states| states.clone() as Arc<dyn EntityBadges>)
            .collect(),
        navigation: kubernetes
            .is_configured()
            .then(pages::navigation)
            .into_iter()
            .collect(),
        entity_states: states
            .into_iter()
            .map(|states| states as Arc<dyn EntityStates>)
            .collect(),
        live_topics: vec![topic(engine::TOPIC), topic(roster::TOPIC)],
        ..Contributions::of(ID)
    }
}

/// A topic whose followers may see what runs.
fn topic(name: &'static str) -> LiveTopic {
    LiveTopic {
        name: name.into(),
        needs: Some(&RESOURCES_READ),
        only_parts: false,
    }
}
