//! Who works on what: claims on due sources, renewed while the work lasts.
//!
//! A claim is short, so that the work of a process that dies is soon taken over, and renewed, so that
//! slow work is not done twice.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::Fault;
use store::{SourceKey, StoreError};
use tokio_util::sync::CancellationToken;

use super::{EngineError, later, pause};
use crate::Catalog;
use crate::catalog::Parts;

/// A claim is renewed this many times before it would run out.
const RENEWALS: u32 = 3;

/// What the leases of processes that have put joins off begin with.
pub(super) const JOINS: &str = "joins:";

/// A source is being looked at for as long as this lives, however the look ends.
pub(super) struct InFlight {
    parts: Arc<Parts>,
    pub key: SourceKey,
}

impl InFlight {
    pub fn new(parts: &Arc<Parts>, key: SourceKey) -> Self {
        parts.engine.in_flight.lock().insert(key.clone());
        Self {
            parts: parts.clone(),
            key,
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.parts.engine.in_flight.lock().remove(&self.key);
        self.parts.engine.finished.notify_waiters();
    }
}

impl Catalog {
    /// Claims sources that are due, at most `limit`.
    pub(super) async fn claim(&self, limit: usize) -> Result<Vec<SourceKey>, Fault> {
        let now = self.parts.clock.now();
        let until = later(now, self.parts.settings.claim);
        let holder = &self.parts.engine.holder;
        let claimed = self.parts.store.due_sources(now, limit, holder, until).await;
        claimed.map_err(|error| EngineError::from(error).into())
    }

    /// Renews the claims on everything being looked at, until `stop`.
    pub(super) async fn renew_claims(&self, stop: &CancellationToken) {
        while !pause(stop, self.renewal()).await {
            if let Err(error) = self.announce_joins().await {
                tracing::warn!(%error, "other processes may join what this one has put off");
            }
            let keys: Vec<SourceKey> = self.parts.engine.in_flight.lock().iter().cloned().collect();
            if keys.is_empty() {
                continue;
            }
            let until = later(self.parts.clock.now(), self.parts.settings.claim);
            let holder = &self.parts.engine.holder;
            if let Err(error) = self.parts.store.renew_sources(holder, &keys, until).await {
                tracing::warn!(%error, "claims on sources could not be renewed");
            }
        }
    }

    /// Tells other processes, while it lasts, that this one has put joins off and will do them.
    async fn announce_joins(&self) -> Result<(), StoreError> {
        let (engine, store) = (&self.parts.engine, &self.parts.store);
        let (now, name) = (self.parts.clock.now(), format!("{JOINS}{}", engine.holder));
        if engine.put_off.is_any() {
            let until = later(now, self.parts.settings.claim);
            engine.has_announced_joins.store(true, Ordering::Relaxed);
            store.lease_acquire(&name, &engine.holder, now, until).await?;
        } else if engine.has_announced_joins.swap(false, Ordering::Relaxed) {
            store.lease_release(&name, &engine.holder).await?;
        }
        Ok(())
    }

    fn renewal(&self) -> Duration {
        self.parts.settings.claim / RENEWALS
    }

    /// Gives back what is still claimed, on an orderly end.
    pub(super) async fn release_claims(&self) {
        if let Err(error) = self.parts.store.release_sources(&self.parts.engine.holder).await {
            tracing::warn!(%error, "claims on sources could not be given back; they will run out");
        }
    }
}
