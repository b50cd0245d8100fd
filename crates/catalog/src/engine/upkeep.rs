//! Upkeep beside the refreshes: dates that lie too far ahead, and old history.

use std::time::Duration;

use jiff::SignedDuration;
use store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::time::{later, pause};

/// Longest pause between two corrections of dates.
const CORRECT_EVERY: Duration = Duration::from_mins(1);
/// Pause between two prunings of the history.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// What keeps the catalog's records in order.
pub(crate) struct Upkeep<'a>(pub &'a Context);

impl Upkeep<'_> {
    /// Has no source wait for a time that a clock set which was ahead, at the start and now and then, until `stop`.
    pub async fn correct_dates(&self, stop: &CancellationToken) {
        let longest = self.0.settings.longest_pause();
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
    pub async fn bring_forward(&self) -> Result<u64, StoreError> {
        let latest = later(self.0.clock.now(), self.0.settings.longest_pause());
        let moved = self.0.store.bring_forward(latest).await?;
        if moved > 0 {
            tracing::warn!(
                sources = moved,
                "a clock was ahead; sources that waited for it are checked earlier"
            );
        }
        Ok(moved)
    }

    /// Removes old history at the start and now and then, until `stop`.
    pub async fn prune_history_regularly(&self, stop: &CancellationToken) {
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
    pub async fn prune_history(&self) -> Result<u64, StoreError> {
        let retention = SignedDuration::try_from(self.0.settings.history_retention).ok();
        let Some(limit) = retention.and_then(|span| self.0.clock.now().checked_sub(span).ok()) else {
            return Ok(0);
        };
        self.0.store.history_prune(limit).await
    }
}
