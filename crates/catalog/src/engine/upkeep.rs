//! Upkeep beside the loop: dates that wait too long, old history, what lost providers left.

use std::time::Duration;

use model::Fault;
use serde_json::json;
use store::{Lane, SourceKey};
use tokio_util::sync::CancellationToken;

use super::{Delivery, Ending, EngineError, later, pause};
use crate::Catalog;
use crate::ingest::{CONFIG_PROVIDER, LOCATION_STORE};

/// Pause between two looks for sources that wait too long.
const CORRECT_EVERY: Duration = Duration::from_mins(1);
/// Pause between two prunings of the history.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

impl Catalog {
    /// Has no source wait for a time that a clock set which was ahead, at the start and now and then.
    pub(super) async fn correct_dates(&self, stop: &CancellationToken) {
        let longest = self.parts.settings.longest_pause();
        loop {
            if let Err(error) = self.bring_forward().await {
                tracing::warn!(%error, "sources that wait too long cannot be found");
            }
            if pause(stop, longest.min(CORRECT_EVERY)).await {
                return;
            }
        }
    }

    /// Has sources that would be checked later than any pause allows checked after the longest; how many.
    pub async fn bring_forward(&self) -> Result<u64, Fault> {
        let latest = later(self.parts.clock.now(), self.parts.settings.longest_pause());
        let moved = self
            .parts
            .store
            .bring_forward(latest)
            .await
            .map_err(EngineError::from)?;
        if moved > 0 {
            tracing::warn!(
                sources = moved,
                "a clock was ahead; sources that waited for it are checked earlier"
            );
        }
        Ok(moved)
    }

    pub(super) async fn prune_history_regularly(&self, stop: &CancellationToken) {
        loop {
            if let Err(error) = self.prune_history().await {
                tracing::warn!(%error, "old history could not be removed");
            }
            if pause(stop, PRUNE_EVERY).await {
                return;
            }
        }
    }

    /// Removes history older than `portal.history.retention`; returns the number of entries removed.
    pub async fn prune_history(&self) -> Result<u64, Fault> {
        let retention = jiff::SignedDuration::try_from(self.parts.settings.history_retention).ok();
        let Some(limit) = retention.and_then(|span| self.parts.clock.now().checked_sub(span).ok()) else {
            return Ok(0);
        };
        let removed = self.parts.store.history_prune(limit).await;
        removed.map_err(|error| EngineError::from(error).into())
    }

    pub(super) async fn remove_lost_providers(&self) -> Result<(), Fault> {
        let known: Vec<&str> = self
            .parts
            .providers
            .iter()
            .map(|provider| provider.name())
            .collect();
        let states = self.all_source_states().await?;
        for state in states {
            let SourceKey::Provider(name) = &state.key else {
                continue;
            };
            let is_ours = [CONFIG_PROVIDER, LOCATION_STORE].contains(&name.as_str());
            if is_ours || known.contains(&name.as_str()) {
                continue;
            }
            tracing::info!(provider = %name, "removing what a provider left that is no longer there");
            let cause = json!({"kind": "startup", "source": state.key.to_string()});
            let started_at = self.parts.clock.now();
            let delivery = Delivery::begin(&self.parts, state.key.clone(), cause, false).await?;
            delivery.finish(Ending::of_provider(started_at, true)).await?;
            let mut tx = self
                .parts
                .store
                .write(Lane::Bulk)
                .await
                .map_err(EngineError::from)?;
            tx.delete_source_state(&[state.key])
                .await
                .map_err(EngineError::from)?;
            tx.commit().await.map_err(EngineError::from)?;
        }
        Ok(())
    }
}
