//! Flux: which commit runs for an entity, and if not the newest, why.
//!
//! `engine` finds the objects of Flux that deliver an entity's workloads, through the clusters and watches of the crate
//! `kubernetes`; `pages` shows them.

pub mod engine;
mod pages;

pub use pages::page_samples;

use std::borrow::Cow;
use std::sync::Arc;

use config::Config;
use kubernetes::Kubernetes;
use plugin::{Asset, AssetKind, Contributions, Declaration, PluginId, Services};
use scm::UrlReader;

use engine::Commits;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("flux");

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration::new(ID)
}

/// What the plugin shows. Commits are looked up at the configured Git hosts.
pub fn contributions(kubernetes: &Kubernetes, config: &Config, services: &Services) -> Contributions {
    let reader = match UrlReader::new(config, services.outside.clone()) {
        Ok(reader) => reader,
        Err(fault) => {
            tracing::warn!("commits are shown without message and author: {fault}");
            UrlReader::offline(config)
        }
    };
    let tab = pages::Tab {
        kubernetes: kubernetes.clone(),
        commits: Commits::new(reader),
    };
    Contributions {
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/flux.css")),
        }],
        entity_tabs: vec![Arc::new(tab)],
        ..Contributions::of(ID)
    }
}
