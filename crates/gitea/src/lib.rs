//! Gitea and Forgejo on the pages of the portal: repositories that are found, people, pushes, and what goes on in the
//! repository of an entity.
//!
//! - `discovery` finds repositories and their descriptors, and keeps in step with them.
//! - `proposal` proposes a descriptor for a repository without one, as a pull request.
//! - `people` brings organisations, teams and users as groups and users.
//! - `hooks` keeps the server's webhooks as they must be.
//! - `activity` and `ownership` are what the Code tab and the page of owners show.
//!
//! The client of the server is [`scm::gitea`]; webhooks come in through the crate `events`.

mod activity;
mod api;
mod discovery;
pub mod hooks;
mod integration;
mod ownership;
mod pages;
mod people;
mod permissions;
mod proposal;

pub use discovery::{Finder, Section};
pub use pages::{PageSample, page_samples};
pub use people::PeopleSection;
pub use permissions::{ACTIVITY_READ, PERMISSIONS, PROPOSE, READ};

use std::borrow::Cow;
use std::sync::Arc;

use config::Config;
use model::Problem;
use plugin::{
    Asset, AssetKind, AuditLog, Contributions, Declaration, EntityProvider, Feeds, LiveTopic, NavigationItem,
    NavigationSection, PluginId, Routes, Services,
};
use store::Migration;
use work::Subscription;

use activity::{Activity, Changed, Hosts};
use discovery::Provider;
use discovery::pushes::{PUSHED, Pushed, REPOSITORY, RepositoryChanged, Wishes};
use ownership::Owners;
use pages::Pages;
use proposal::Desk;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("gitea");

/// The tables of the plugin.
const MIGRATIONS: &[Migration] = &[discovery::tables::TABLES];

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(Section)),
        migrations: MIGRATIONS,
        permissions: &PERMISSIONS,
        ..Declaration::new(ID)
    }
}

/// The name of the part that brings people.
pub const PEOPLE: PluginId = PluginId::built_in("gitea-people");

/// The tables of people and owners.
const PEOPLE_MIGRATIONS: &[Migration] = &[people::tables::TABLES, ownership::tables::TABLES];

/// What the part is that brings people and knows owners.
pub fn people_declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(PeopleSection)),
        migrations: PEOPLE_MIGRATIONS,
        ..Declaration::new(PEOPLE)
    }
}

/// What is wrong with a configuration beyond each section of it alone.
pub fn problems(config: &Config) -> Vec<Problem> {
    let mut problems = discovery::problems(config);
    problems.extend(people::problems(config));
    problems
}

/// The finders of a configuration, one for each provider that can be used.
pub fn finders(config: &Config, services: &Services) -> Vec<Finder> {
    let providers = discovery::providers(config, services);
    let names: Arc<[String]> = providers.iter().map(|one| one.settings.name()).collect();
    let finder = |provider| Finder::new(provider, services.store.clone(), names.clone());
    providers.into_iter().map(finder).collect()
}

/// What the plugin feeds into the catalog.
pub fn feeds(config: &Config, services: &Services) -> Feeds {
    let finders = finders(config, services).into_iter();
    let providers = finders.map(|finder| Arc::new(finder) as Arc<dyn EntityProvider>);
    Feeds {
        providers: providers.chain(people::providers(config, services)).collect(),
        ..Feeds::default()
    }
}

/// What the plugin shows and runs.
pub fn contributions(
    config: &Config,
    catalog: &catalog::Catalog,
    services: &Services,
    audit: Arc<dyn AuditLog>,
) -> Contributions {
    let providers: Arc<[Provider]> = discovery::providers(config, services).into();
    let hosts = providers
        .iter()
        .map(|one| (one.settings.name(), one.settings.host.clone()));
    let owners = Owners::new(config, catalog, services, hosts.collect());
    let pages = Pages {
        providers: providers.clone(),
        store: services.store.clone(),
        desk: Desk::new(services.store.clone(), audit),
    };
    let mut all = Contributions {
        routes: vec![
            Routes::new(ID)
                .api(api::ownership::rows(&owners))
                .pages(pages::rows(&pages).and(pages::ownership::rows(&owners))),
        ],
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/gitea.css")),
        }],
        live_topics: vec![LiveTopic {
            name: discovery::TOPIC.into(),
            needs: Some(&READ),
            only_parts: false,
        }],
        ..Contributions::of(ID)
    };
    owners.contribute(&mut all);
    show_activity((config, services), owners, &mut all);
    keep_in_step(&providers, services, &mut all);
    all
}

/// What goes on in the repositories of entities.
fn show_activity((config, services): (&Config, &Services), owners: Owners, all: &mut Contributions) {
    let activity = Activity::new(Hosts::new(config, &services.outside), &services.store, owners);
    activity::follow(&activity, &services.store);
    all.assets.extend(pages::code::assets());
    all.entity_tabs
        .push(Arc::new(pages::code::CodeTab(activity.clone())));
    all.entity_cards.push(Arc::new(pages::code::CodeCard(activity)));
    all.jobs.push(Arc::new(Changed(services.store.clone())));
    let topics = [events::PUSHES.to_owned(), events::webhooks_of("gitea")];
    all.subscriptions
        .extend(topics.map(|topic| Subscription::new(topic, activity::KIND)));
    all.live_topics.push(LiveTopic {
        name: activity::TOPIC.into(),
        needs: Some(&ACTIVITY_READ),
        only_parts: false,
    });
}

/// What keeps the repositories that are found in step.
fn keep_in_step(providers: &[Provider], services: &Services, all: &mut Contributions) {
    if providers.is_empty() {
        return;
    }
    let wishes = Wishes {
        watched: discovery::watched(providers),
        store: services.store.clone(),
    };
    let entry = NavigationItem::new(
        "Repositories",
        "/gitea",
        "sources",
        NavigationSection::Administration,
        15,
    );
    all.navigation.push(entry.needs(&READ));
    all.jobs.push(Arc::new(Pushed(wishes.clone())));
    all.jobs.push(Arc::new(RepositoryChanged(wishes)));
    all.subscriptions.push(Subscription::new(events::PUSHES, PUSHED));
    let webhooks = events::webhooks_of("gitea");
    all.subscriptions.push(Subscription::new(webhooks, REPOSITORY));
}
