//! Events from other servers: webhooks at `/api/events/http/<topic>`, checked, published once, and handled as jobs.
//!
//! A webhook becomes the event `events.http.<topic>` with its payload and headers; a push of a Git host is also the event
//! `events.push` ([`scm::Push`]), whichever host it comes from. Plugins subscribe to both. The catalog's sources that a
//! push concerns are read again at once.

mod api;
mod deliveries;
mod refresh;
mod section;
mod tables;

pub use deliveries::is_first;
pub use section::Section;
pub use tables::MIGRATIONS;

use std::sync::Arc;

use catalog::Catalog;
use plugin::{Contributions, Declaration, PluginId, Routes};
use serde_json::Value;
use store::Store;
use work::{Jobs, Subscription};

use crate::api::Endpoint;
use crate::refresh::Refresh;

/// The plugin's name.
pub const ID: PluginId = PluginId::built_in("events");
/// The topic of pushes to a Git host.
pub const PUSHES: &str = "events.push";

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

/// The plugin with its section of the configuration.
pub fn contributions(section: &Value, catalog: &Catalog, store: &Store, jobs: &Jobs) -> Contributions {
    let endpoint = Endpoint::new(section, store, jobs);
    Contributions {
        routes: vec![Routes::new(ID).api(api::rows(&endpoint))],
        jobs: vec![Arc::new(Refresh(catalog.clone()))],
        subscriptions: vec![Subscription::new(PUSHES, refresh::KIND)],
        ..Contributions::of(ID)
    }
}
