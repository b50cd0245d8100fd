//! What a catalog does while it runs.

use std::sync::Arc;
use std::time::Duration;

use config::OrphanStrategy;
use model::Fault;
use plugin::ProviderSink;
use tokio_util::sync::CancellationToken;

use super::{Catalog, watching};
use crate::engine::{EngineError, Hold, Upkeep};
use crate::providers;
use crate::time::pause;

/// Pause after the database failed.
const STORE_BACK_OFF: Duration = Duration::from_secs(2);

impl Catalog {
    /// Works until `stop` is cancelled: delivers the configured locations, runs the providers and refreshes sources when
    /// they are due. Database failures are waited out.
    pub async fn run(&self, stop: CancellationToken) {
        while let Err(error) = self.start().await {
            tracing::error!(%error, "the catalog cannot start yet");
            if pause(&stop, STORE_BACK_OFF).await {
                return;
            }
        }
        let (parts, engine, upkeep) = (&self.parts, &self.parts.engine, Upkeep(&self.parts));
        // In one place on the heap: the future that awaits this need not be as large as all of them.
        Box::pin(async move {
            tokio::join!(
                self.refresh_sources(&stop),
                watching::watch_files(parts, &stop),
                providers::run_providers(engine, &parts.providers, &stop),
                engine.announce_joins(&stop),
                engine.adopt_stale_joins(&stop),
                upkeep.prune_history_regularly(&stop),
                upkeep.correct_dates(&stop),
            )
        })
        .await;
    }

    /// Reads sources, unless the configuration leaves that to other processes.
    async fn refresh_sources(&self, stop: &CancellationToken) {
        if self.parts.settings.interval.is_none() {
            tracing::info!("catalog.processingInterval is false: sources are not read");
            return self.parts.engine.join_regularly(stop).await;
        }
        self.parts.engine.refresh_sources(stop).await;
    }

    /// Delivers what does not depend on any source: the configured and the registered locations;
    /// removes what providers left that are no longer there.
    pub async fn start(&self) -> Result<(), Fault> {
        let (parts, engine) = (&self.parts, &self.parts.engine);
        parts
            .store
            .forget_dead_holders()
            .await
            .map_err(EngineError::from)?;
        engine.join_leftovers().await.map_err(EngineError::from)?;
        // First what is known, so that new locations are read in the order they are configured in.
        if parts.settings.interval.is_some() {
            engine.refresh_local_files().await?;
        }
        providers::deliver_configured(engine).await?;
        providers::deliver_registered(engine).await?;
        if parts.settings.orphaned_providers == OrphanStrategy::Delete {
            providers::remove_lost_providers(engine, &parts.providers).await?;
        }
        engine.wake();
        Ok(())
    }

    /// Refreshes all sources that are due until none is, wherever the work comes from; for tests and
    /// commands. Returns the number of refreshes.
    pub async fn settle(&self) -> Result<usize, Fault> {
        Ok(self.parts.engine.settle().await?)
    }

    /// Whether everything that was read is served: nothing waits for being joined.
    pub async fn is_joined(&self) -> Result<bool, Fault> {
        Ok(self.parts.engine.is_joined().await.map_err(EngineError::from)?)
    }

    /// Has sources that would be checked later than any pause allows checked after the longest; how many.
    pub async fn bring_forward(&self) -> Result<u64, Fault> {
        let moved = Upkeep(&self.parts).bring_forward().await;
        Ok(moved.map_err(EngineError::from)?)
    }

    /// Removes history older than `portal.history.retention`; returns the number of entries removed.
    pub async fn prune_history(&self) -> Result<u64, Fault> {
        let removed = Upkeep(&self.parts).prune_history().await;
        Ok(removed.map_err(EngineError::from)?)
    }

    /// A sink for a provider that is not run by the catalog, for tests and commands.
    pub fn sink(&self, provider: &str) -> Arc<dyn ProviderSink> {
        Arc::new(providers::Sink::new(&self.parts.engine, provider, Hold::Free))
    }
}
