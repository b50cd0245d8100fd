//! What a plugin is, before anything of it runs.

use std::sync::Arc;

use model::Kind;
use store::Migration;

use crate::{ConfigSection, EntityProvider, Permission, PluginId, Processor};

/// A plugin as it describes itself. Pure data: the server reads it, and so do the commands that run none of the
/// plugin's code (`config check`, `catalog validate`, `doctor`).
pub struct Declaration {
    /// The plugin's name.
    pub id: PluginId,
    /// The section of the configuration that it reads.
    pub config: Option<Arc<dyn ConfigSection>>,
    /// Versions of the tables that it keeps.
    pub migrations: &'static [Migration],
    /// Permissions that its routes and actions need.
    pub permissions: &'static [&'static Permission],
    /// Entity kinds that it brings.
    pub kinds: Vec<Arc<dyn Kind>>,
}

impl Declaration {
    /// A plugin with nothing but a name.
    pub fn new(id: PluginId) -> Self {
        Self {
            id,
            config: None,
            migrations: &[],
            permissions: &[],
            kinds: Vec::new(),
        }
    }
}

/// What a plugin feeds into the catalog. Made before the catalog, from configuration and the network alone.
#[derive(Default)]
pub struct Feeds {
    /// Steps that change entities before they are validated.
    pub processors: Vec<Arc<dyn Processor>>,
    /// Sources of entities beside the configured and registered locations.
    pub providers: Vec<Arc<dyn EntityProvider>>,
}
