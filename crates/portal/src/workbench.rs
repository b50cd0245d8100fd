//! The actions, filters and rules of templates without a portal that serves: for commands that judge and try templates.

use std::path::Path;
use std::sync::Arc;

use audit::Audit;
use config::Config;
use outside::Trust;
use plugin::{ActionRegistry, Of};
use scaffolder::Workbench;
use search::{Place, Search};
use store::{Database, Store};
use tokio_util::sync::CancellationToken;

use crate::outside_calls::{no_calls, outside_calls};
use crate::plugins::{self, Slots};
use crate::portal;

/// A workbench with the actions of the built-in plugins. The database is in memory, and nothing runs but what is tried, in folders
/// below `scratch`. Without `trust`, no other server is called. The catalog is empty, or `reads_catalog` has it read the configured
/// locations once.
pub async fn workbench(
    config: &Config,
    scratch: &Path,
    trust: Option<Trust>,
    reads_catalog: bool,
) -> anyhow::Result<Workbench> {
    let declarations = plugins::declarations();
    let config = Arc::new(plugins::read_configuration(config, &declarations));
    let outside = match trust {
        Some(trust) => outside_calls(&config, trust)?,
        None => no_calls(),
    };
    let store = Store::open_with(&Database::SqliteMemory, &plugins::tables(&declarations)).await?;
    let services = portal::services(&store, outside);
    let audit = Audit::new(store.clone());
    let kinds = plugins::kinds(&declarations)?;
    let catalog = portal::catalog(
        &config,
        (&store, None),
        Vec::new(),
        declarations,
        &audit,
        &services,
    )?;
    if reads_catalog {
        catalog.start().await?;
        catalog.settle().await?;
        catalog.catch_up().await?;
    }
    let (followed, kept) = (catalog.clone(), store.clone());
    let search =
        tokio::task::spawn_blocking(move || Search::open(&Place::Memory, &followed, &kept)).await??;
    let slots = Slots::default();
    let contributions = plugins::contributions(
        &config,
        (&catalog, &store, &audit),
        &search,
        &slots,
        &services,
        (auth::KnownScopes::default(), CancellationToken::new()),
    );
    let actions = contributions.into_iter().flat_map(|one| {
        let plugin = one.plugin.clone();
        one.actions.into_iter().map(move |part| Of {
            plugin: plugin.clone(),
            part,
        })
    });
    slots.actions.fill(ActionRegistry::new(actions.collect())?);
    Ok(Workbench::new(&config, kinds, slots.actions, scratch))
}
