//! Organisations, teams and users of Gitea as groups and users of the catalog (`catalog.providers.giteaOrg.<id>`).
//!
//! `roster` reads the server, `entities` says which entities that makes, `provider` delivers them by schedule: Gitea tells nobody
//! of changes of people. Whatever cannot be read keeps its last known form. A name that another source brings stays with that
//! source, and the catalog says so.

mod entities;
mod names;
mod provider;
mod roster;
mod section;
mod settings;
pub(crate) mod tables;

pub use section::PeopleSection;

use std::sync::Arc;

use config::Config;
use model::Problem;
use plugin::{EntityProvider, Services};
use serde_json::Value;

use crate::integration;
use provider::People;
use settings::Settings;

/// The key of the section.
const KEY: &str = "catalog.providers.giteaOrg";

/// The annotation with the host of the server, of groups and users.
pub(crate) const HOST: &str = "gitea.com/host";
/// The annotation with the name of an organisation.
pub(crate) const ORGANIZATION: &str = "gitea.com/organization";
/// The annotation with the names of an organisation and its team.
pub(crate) const TEAM: &str = "gitea.com/team";
/// The annotation with the name of a user.
pub(crate) const USER: &str = "gitea.com/user-login";
/// The annotation with the number that the organisation, team or user keeps for as long as it is there.
pub(crate) const NUMBER: &str = "gitea.com/id";

/// Parts of the section whose host has no integration.
pub(crate) fn problems(config: &Config) -> Vec<Problem> {
    let (settings, _) = Settings::read_all(section(config));
    let lost = settings.into_iter().filter_map(|one| {
        let key = format!("{KEY}.{}", one.id);
        integration::missing(config, &key, &one.host, "nobody comes from it")
    });
    lost.collect()
}

fn section(config: &Config) -> &Value {
    let section = config.value().pointer("/catalog/providers/giteaOrg");
    section.unwrap_or(&Value::Null)
}

/// A provider for each part of the section. Parts that cannot be used are left out: `config check` says why.
pub(crate) fn providers(config: &Config, services: &Services) -> Vec<Arc<dyn EntityProvider>> {
    let (settings, _) = Settings::read_all(section(config));
    let providers = settings.into_iter().filter_map(|settings| {
        let people = People::new(settings, config, services);
        people
            .inspect_err(|fault| tracing::error!(%fault, "people of Gitea cannot be read"))
            .ok()
    });
    providers
        .map(|people| Arc::new(people) as Arc<dyn EntityProvider>)
        .collect()
}
