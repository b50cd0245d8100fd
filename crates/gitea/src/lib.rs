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

mod api;
mod discovery;
mod ownership;
mod pages;
mod people;
mod proposal;

pub use discovery::{Section, problems};
pub use pages::{PageSample, page_samples};
pub use people::PeopleSection;

use std::borrow::Cow;
use std::sync::Arc;

use config::Config;
use plugin::{
    Asset, AssetKind, AuditLog, Contributions, Declaration, EntityProvider, Feeds, LiveTopic, NavigationItem,
    NavigationSection, Permission, PermissionAction, PluginId, Routes, Services,
};
use store::Migration;
use work::Subscription;

use discovery::pushes::{PUSHED, Pushed, REPOSITORY, RepositoryChanged, Wishes};
use discovery::{Finder, Provider};
use ownership::Owners;
use pages::Pages;
use proposal::Desk;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("gitea");

/// See which repositories were found. Names and descriptions of private ones are among them.
pub static READ: Permission =
    Permission::new("gitea.repository.read", PermissionAction::Read).for_administrators();
/// Propose a descriptor for a repository, with the token of the portal.
pub static PROPOSE: Permission =
    Permission::new("gitea.descriptor.create", PermissionAction::Create).for_administrators();
/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 2] = [&READ, &PROPOSE];

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

/// What the plugin feeds into the catalog.
pub fn feeds(config: &Config, services: &Services) -> Feeds {
    let providers = discovery::providers(config, services);
    let names: Arc<[String]> = providers.iter().map(|one| one.settings.name()).collect();
    let providers = providers.into_iter().map(|one| {
        let finder = Finder::new(one, services.store.clone(), names.clone());
        Arc::new(finder) as Arc<dyn EntityProvider>
    });
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
    let mut all = repositories(&providers, services, audit);
    let hosts = providers
        .iter()
        .map(|one| (one.settings.name(), one.settings.host.clone()));
    Owners::new(config, catalog, services, hosts.collect()).contribute(&mut all);
    all
}

/// What concerns the repositories that are found.
fn repositories(providers: &Arc<[Provider]>, services: &Services, audit: Arc<dyn AuditLog>) -> Contributions {
    let pages = Pages {
        providers: providers.clone(),
        store: services.store.clone(),
        desk: Desk::new(services.store.clone(), audit),
    };
    let base = Contributions {
        routes: vec![Routes::new(ID).pages(pages::rows(&pages))],
        assets: vec![Asset {
            kind: AssetKind::Style,
            text: Cow::Borrowed(include_str!("../css/gitea.css")),
        }],
        live_topics: vec![LiveTopic {
            name: discovery::TOPIC.into(),
            needs: Some(&READ),
        }],
        ..Contributions::of(ID)
    };
    if providers.is_empty() {
        return base;
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
    Contributions {
        navigation: vec![entry.needs(&READ)],
        jobs: vec![
            Arc::new(Pushed(wishes.clone())),
            Arc::new(RepositoryChanged(wishes)),
        ],
        subscriptions: vec![
            Subscription::new(events::PUSHES, PUSHED),
            Subscription::new(events::webhooks_of("gitea"), REPOSITORY),
        ],
        ..base
    }
}
