//! Events from other servers: webhooks at `/api/events/http/<topic>`, checked, published once, and handled as jobs.
//!
//! A webhook becomes the event `events.http.<topic>` with its payload and headers. What a Git host reports is also an event of its
//! own ([`scm::HostEvent`]), whichever host it comes from: [`PUSHES`], [`REFERENCES`], [`REPOSITORIES`] and [`RELEASES`]. Plugins
//! subscribe to both. The catalog's sources that such an event concerns are read again at once.

mod api;
mod deliveries;
mod refresh;
mod section;
mod senders;
mod tables;

pub use deliveries::is_first;
pub use section::Section;
pub use senders::{Refusals, Sender, refusals, secret_of, senders};
pub use tables::MIGRATIONS;

use std::sync::Arc;

use catalog::Catalog;
use config::Config;
use plugin::{AuditLog, Contributions, Declaration, PluginId, Routes};
use store::Store;
use work::{Jobs, Subscription};

use crate::api::Endpoint;
use crate::refresh::Refresh;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("events");
/// The topic of pushes to a Git host; the payload can also be read as [`scm::Push`].
pub const PUSHES: &str = "events.push";
/// The topic of branches and tags that are made or deleted ([`scm::ReferenceChange`]).
pub const REFERENCES: &str = "events.reference";
/// The topic of repositories that are made or deleted ([`scm::RepositoryChange`]).
pub const REPOSITORIES: &str = "events.repository";
/// The topic of releases ([`scm::ReleaseChange`]).
pub const RELEASES: &str = "events.release";
/// The action in the audit for a webhook that was refused.
pub const REFUSED: &str = "events.webhook";

/// The topic of the webhooks of a topic of the configuration.
pub fn webhooks_of(topic: &str) -> String {
    format!("events.http.{topic}")
}

/// What the plugin is.
pub fn declaration() -> Declaration {
    Declaration {
        config: Some(Arc::new(Section)),
        migrations: MIGRATIONS,
        ..Declaration::new(ID)
    }
}

/// The plugin, which reads its section of the configuration.
pub fn contributions(
    config: &Config,
    catalog: &Catalog,
    (store, jobs): (&Store, &Jobs),
    audit: Arc<dyn AuditLog>,
) -> Contributions {
    let endpoint = Endpoint::new(config, store, jobs, audit);
    let topics = [PUSHES, REFERENCES, REPOSITORIES, RELEASES];
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(&endpoint))],
        jobs: vec![Arc::new(Refresh(catalog.clone()))],
        subscriptions: topics
            .map(|topic| Subscription::new(topic, refresh::KIND))
            .to_vec(),
        ..Contributions::of(ID)
    }
}
