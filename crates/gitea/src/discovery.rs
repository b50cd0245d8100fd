//! Repositories that are found at Gitea, and their descriptors.
//!
//! A provider (`finder`) lists the repositories of its scope (`listing`), follows those it knows (`following`), looks through
//! those that changed (`through`), keeps what it found (`tables`) and delivers locations (`location`). The list alone decides whether a repository is looked through:
//! its date moves with a push. What moves no date is found by a daily look, and by webhooks (`pushes`,
//! `wishes`).

mod filters;
mod finder;
mod following;
mod known;
mod ledger;
mod listing;
mod location;
mod looking;
pub(crate) mod pushes;
mod section;
mod settings;
pub(crate) mod tables;
mod through;
mod wishes;

pub use finder::Finder;
pub use section::Section;
pub(crate) use section::problems;

pub(crate) use filters::LeftOut;
pub(crate) use known::{Checked, Descriptor, Known};
pub(crate) use location::address;
pub(crate) use settings::{DescriptorPath, ProviderSettings};
pub(crate) use tables::Round;

use std::sync::Arc;

use config::Config;
use plugin::Services;
use scm::gitea::Gitea;

use pushes::Watched;

/// Announced when what is known of repositories changes.
pub(crate) const TOPIC: &str = "gitea.repositories";
/// Announced when a repository is to be looked through at once.
const WANTED: &str = "gitea.wanted";

/// A provider of the configuration with the client of its host.
#[derive(Clone)]
pub(crate) struct Provider {
    /// Its settings.
    pub settings: ProviderSettings,
    /// Its host.
    pub gitea: Gitea,
}

/// The providers of a configuration that can be used.
pub(crate) fn providers(config: &Config, services: &Services) -> Vec<Provider> {
    let (settings, _) = settings::read(section::of(config));
    let provider = |settings: ProviderSettings| match Gitea::reading(
        config.integrations(),
        &services.outside,
        &settings.host,
    ) {
        Ok(gitea) => Some(Provider { settings, gitea }),
        Err(fault) => {
            tracing::error!(provider = %settings.name(), %fault, "repositories cannot be found");
            None
        }
    };
    settings.into_iter().filter_map(provider).collect()
}

/// What pushes concern.
pub(crate) fn watched(providers: &[Provider]) -> Arc<[Watched]> {
    let watched = providers.iter().map(|one| Watched {
        provider: one.settings.name(),
        servers: [one.gitea.web().to_owned(), one.gitea.base().to_owned()],
        branch: one.settings.branch.clone(),
        owners: one.settings.owners.clone(),
    });
    watched.collect()
}
