//! Gitea and Forgejo on the pages of the portal: repositories that are found, people, pushes, and what goes on in the
//! repository of an entity.
//!
//! - `discovery` finds repositories and their descriptors, and keeps in step with them.
//! - `people` brings organisations, teams and users as groups and users.
//! - `hooks` keeps the server's webhooks as they must be.
//! - `activity` and `ownership` are what the Code tab and the page of owners show.
//!
//! The client of the server is [`scm::gitea`]; webhooks come in through the crate `events`.

mod activity;
mod pages;
mod permissions;

pub use pages::page_samples;
pub use permissions::ACTIVITY_READ;

use std::sync::Arc;

use config::Config;
use plugin::{Contributions, Declaration, Feeds, LiveTopic, PluginId, Services};
use work::Subscription;

use activity::{Activity, Changed, Hosts};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("gitea");

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        permissions: &permissions::ALL,
        ..Declaration::new(ID)
    }
}

/// What the plugin feeds into the catalog.
pub fn feeds(_config: &Config, _services: &Services) -> Feeds {
    Feeds::default()
}

/// What the plugin shows and runs.
pub fn contributions(config: &Config, _catalog: &catalog::Catalog, services: &Services) -> Contributions {
    let activity = Activity::new(Hosts::new(config, &services.outside), &services.store);
    activity::follow(&activity, &services.store);
    let topics = [events::PUSHES.to_owned(), events::webhooks_of("gitea")];
    Contributions {
        assets: pages::code::assets(),
        entity_tabs: vec![Arc::new(pages::code::CodeTab(activity.clone()))],
        entity_cards: vec![Arc::new(pages::code::CodeCard(activity))],
        jobs: vec![Arc::new(Changed(services.store.clone()))],
        subscriptions: topics
            .into_iter()
            .map(|topic| Subscription::new(topic, activity::KIND))
            .collect(),
        live_topics: vec![LiveTopic {
            name: activity::TOPIC.into(),
            needs: Some(&permissions::ACTIVITY_READ),
        }],
        ..Contributions::of(ID)
    }
}
