//! The health checks of all plugins, asked without a running portal.

use std::sync::Arc;
use std::time::Duration;

use config::Config;
use futures::future::join_all;
use outside::OutsideCalls;
use plugin::{Collected, Health, HealthCheck, Of, PartFailure, PluginId, contained};
use search::{Place, Search};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::plugins::{self, AddedPlugin, Slots};
use crate::portal::{catalog, services};

/// Longest time for one check.
const TIME: Duration = Duration::from_secs(10);

/// What a health check answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthAnswer {
    /// The plugin whose check it is.
    pub plugin: PluginId,
    /// What is checked.
    pub check: String,
    /// The answer; a check that panics or takes too long has failed.
    pub health: Health,
}

/// Asks all health checks at the same time. The plugins are made anew for it on this database; nothing of them runs.
pub async fn ask_health(
    config: &Arc<Config>,
    store: &Store,
    outside: OutsideCalls,
    added: Vec<AddedPlugin>,
) -> anyhow::Result<Vec<HealthAnswer>> {
    let checks = checks(config, store, outside, added)?;
    Ok(join_all(checks.into_iter().map(ask)).await)
}

fn checks(
    config: &Arc<Config>,
    store: &Store,
    outside: OutsideCalls,
    added: Vec<AddedPlugin>,
) -> anyhow::Result<Vec<Of<Arc<dyn HealthCheck>>>> {
    let services = services(store, outside);
    let added = plugins::opened(added, &services)?;
    let audit = audit::Audit::new(store.clone());
    let catalog = catalog(
        config,
        (store, None),
        added.feeds,
        added.declarations,
        &audit,
        &services,
    )?;
    let search = Search::open(&Place::Memory, &catalog, store)?;
    let (slots, stop) = (Slots::default(), CancellationToken::new());
    let ground = (&catalog, store, &audit);
    let built_in = plugins::contributions(
        config,
        ground,
        &search,
        &slots,
        &services,
        (auth::KnownScopes::default(), stop),
    );
    let mut all = Collected::default();
    for made in built_in.into_iter().chain(added.contributions) {
        all.add(made);
    }
    Ok(all.health_checks)
}

async fn ask(of: Of<Arc<dyn HealthCheck>>) -> HealthAnswer {
    let check = of.part.clone();
    let asked = async move { Ok::<_, std::convert::Infallible>(check.check().await) };
    let health = match contained(&of.plugin, "health check", TIME, asked).await {
        Ok(health) => health,
        Err(PartFailure::TooSlow(limit)) => Health::Failed(format!("no answer within {} s", limit.as_secs())),
        Err(PartFailure::Panicked) => Health::Failed("the check panicked".to_owned()),
        Err(PartFailure::Failed(never)) => match never {},
    };
    HealthAnswer {
        plugin: of.plugin,
        check: of.part.name().to_owned(),
        health,
    }
}
