//! What judges and tries templates outside of a portal that serves.

use std::path::Path;
use std::sync::Arc;

use config::Config;
use model::Kinds;
use plugin::{ActionRegistry, Slot};
use scm::UrlReader;

use crate::dry_run::DryRunner;
use crate::filters;
use crate::lint::Linter;
use crate::settings::Settings;

/// What judges and tries templates.
pub struct Workbench {
    /// Judges templates.
    pub linter: Linter,
    /// Tries templates.
    pub dry_runs: DryRunner,
}

impl Workbench {
    /// By a configuration, with these kinds and actions. What is tried has its folder below `scratch`.
    pub fn new(config: &Config, kinds: Kinds, actions: Slot<ActionRegistry>, scratch: &Path) -> Self {
        let settings = Settings {
            workspaces: scratch.to_owned(),
            ..Settings::new(config)
        };
        let filters = filters::filters(&filters::hosts(UrlReader::offline(config).integrations()));
        let registry = actions.get().cloned().unwrap_or_default();
        Self {
            linter: Linter::new(registry, filters.clone(), kinds),
            dry_runs: DryRunner::new(actions, filters, Arc::new(settings)),
        }
    }
}
