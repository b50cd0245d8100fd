//! Flux: which commit runs for an entity, and if not the newest, why.
//!
//! `engine` finds the objects of Flux that deliver an entity's workloads, through the clusters and watches of the crate
//! `kubernetes`; `pages` shows them, those of an entity and those of all clusters; `actions` has Flux do what people ask for,
//! and `webhook` keeps what Flux tells.

pub mod actions;
pub mod engine;
mod markers;
mod pages;
mod tables;
mod webhook;

pub use pages::page_samples;
pub use tables::MIGRATIONS;

use std::borrow::Cow;
use std::sync::Arc;

use catalog::Catalog;
use config::Config;
use kubernetes::Kubernetes;
use plugin::{
    Asset, AssetKind, AuditLog, Contributions, Declaration, LiveTopic, NavigationItem, NavigationSection,
    Permission, PermissionAction, PluginId, Routes, Services,
};
use scm::UrlReader;
use work::Subscription;

use actions::Allowed;
use engine::{Commits, LookUps};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("flux");

/// See Flux in all clusters, whoever's objects they are.
pub static OVERVIEW_READ: Permission = Permission::new("flux.overview.read", PermissionAction::Read);

static PERMISSIONS: [&Permission; 1] = [&OVERVIEW_READ];

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(actions::gitops()),
        migrations: MIGRATIONS,
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// What the plugin shows. Commits are looked up at the configured Git hosts; what people ask Flux to do is kept in `audit`.
pub fn contributions(
    kubernetes: &Kubernetes,
    catalog: &Catalog,
    config: &Config,
    services: &Services,
    audit: Arc<dyn AuditLog>,
) -> Contributions {
    let reader = match UrlReader::new(config, services.outside.clone()) {
        Ok(reader) => reader,
        Err(fault) => {
            tracing::warn!("commits are shown without message and author: {fault}");
            UrlReader::offline(config)
        }
    };
    let root = config.value();
    let allowed = Allowed::read(root.pointer("/portal/flux"), root.get("gitops"));
    let tab = pages::Tab {
        kubernetes: kubernetes.clone(),
        commits: Commits::new(reader),
        look_ups: LookUps::new(kubernetes.clone()),
        catalog: catalog.clone(),
        store: services.store.clone(),
        allowed: allowed.clone(),
    };
    let desk = actions::Desk {
        kubernetes: kubernetes.clone(),
        catalog: catalog.clone(),
        allowed,
        audit,
    };
    let entry = NavigationItem::new("Flux", pages::PATH, "refresh", NavigationSection::Plugins, 30);
    let navigation = kubernetes.is_configured().then(|| entry.needs(&OVERVIEW_READ));
    Contributions {
        routes: vec![Routes::new(ID).pages(pages::rows(&desk))],
        navigation: navigation.into_iter().collect(),
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/flux.css")),
        }],
        entity_tabs: vec![Arc::new(tab)],
        entity_markers: vec![markers::of(kubernetes)],
        jobs: vec![Arc::new(webhook::Told(services.store.clone()))],
        subscriptions: vec![Subscription::new(
            events::webhooks_of(webhook::TOPIC),
            webhook::KIND,
        )],
        live_topics: vec![LiveTopic {
            name: webhook::LIVE.into(),
            needs: Some(&kubernetes::RESOURCES_READ),
            only_parts: false,
        }],
        ..Contributions::of(ID)
    }
}
