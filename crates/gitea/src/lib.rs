//! Gitea and Forgejo on the pages of the portal: repositories that are found, people, pushes, and what goes on in the
//! repository of an entity.
//!
//! - `discovery` finds repositories and their descriptors, and keeps in step with them.
//! - `people` brings organisations, teams and users as groups and users.
//! - `hooks` keeps the server's webhooks as they must be.
//! - `activity` and `ownership` are what the Code tab and the page of owners show.
//!
//! The client of the server is [`scm::gitea`]; webhooks come in through the crate `events`.

pub mod hooks;

use config::Config;
use plugin::{Contributions, Declaration, Feeds, PluginId, Services};

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("gitea");

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration::new(ID)
}

/// What the plugin feeds into the catalog.
pub fn feeds(_config: &Config, _services: &Services) -> Feeds {
    Feeds::default()
}

/// What the plugin shows and runs.
pub fn contributions(_config: &Config, _catalog: &catalog::Catalog, _services: &Services) -> Contributions {
    Contributions::of(ID)
}
