//! Joins that are deferred while many sources are refreshed, and when they are made.
//!
//! A burst ends when no source is refreshed any more. A long one is interrupted now and then, so that what has come in
//! is served: after two seconds, then each time the burst is twice as old, and in each round no entity is joined more
//! than once. However much there is, a new entity does not wait for longer than a minute, and joining again what is
//! served already takes a small part of the time.

mod burst;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::Value;
use store::{Lane, Seq, StitchRound, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Engine, POLL, Writer};
use crate::context::Context;
use crate::time::{later, pause};
use burst::Burst;

/// Entities after which sources that became due meanwhile get a turn.
const IN_A_ROW: usize = 10_000;
/// What the leases of processes that have deferred joins begin with.
const LEASES: &str = "joins:";
/// Such a lease is renewed this many times before it would run out.
const RENEWALS: u32 = 3;

/// The joins that this process has deferred.
#[derive(Default)]
pub(super) struct DeferredJoins {
    burst: Mutex<Burst>,
    /// Other processes know of them.
    is_announced: AtomicBool,
}

impl DeferredJoins {
    /// Joins were deferred.
    pub fn mark(&self, now: Timestamp) {
        self.burst.lock().mark(now);
    }

    /// Whether joins were deferred and not yet made.
    pub fn is_any(&self) -> bool {
        self.burst.lock().has_joins()
    }

    /// Says to other processes, while it lasts, that this one will make the joins that it deferred.
    async fn announce(&self, context: &Context) -> Result<(), StoreError> {
        let (store, holder) = (&context.store, &context.holder);
        let (now, name) = (context.clock.now(), format!("{LEASES}{holder}"));
        if self.is_any() {
            let until = later(now, context.settings.claim);
            self.is_announced.store(true, Ordering::Relaxed);
            store.lease_acquire(&name, holder, now, until).await?;
        } else if self.is_announced.swap(false, Ordering::Relaxed) {
            store.lease_release(&name, holder).await?;
        }
        Ok(())
    }
}

/// Makes some of the joins that this process deferred, when it is time for them; whether there are more, which wait
/// because others should have a turn.
pub(super) async fn join_some(engine: &Engine) -> Result<bool, StoreError> {
    let (joins, clock) = (&engine.joins, &engine.context.clock);
    let (now, is_over) = (clock.now(), engine.activity.in_flight() == 0);
    let round = {
        let mut burst = joins.burst.lock();
        let is_time = is_over || burst.is_due(now);
        is_time.then(|| burst.begin(now, is_over)).flatten()
    };
    let Some(mut round) = round else {
        return Ok(false);
    };
    let mut joined = 0;
    while joined < IN_A_ROW {
        match join_batch(engine, &mut round).await {
            Ok(batch) if batch.has_more => joined += batch.entities,
            // A burst that ended during a round of new entities has the others joined at once.
            Ok(_) => {
                joins.burst.lock().end(clock.now(), &round);
                return Ok(engine.activity.in_flight() == 0 && joins.is_any());
            }
            Err(error) => {
                joins.mark(now);
                return Err(error);
            }
        }
    }
    joins.burst.lock().interrupt(now, round);
    Ok(true)
}

/// Makes all deferred joins, of whichever process; the last entry of the change log that this wrote.
pub(super) async fn join_all(engine: &Engine) -> Result<Option<Seq>, StoreError> {
    let (mut last, mut round) = (None, StitchRound::new(engine.context.clock.now()));
    loop {
        let batch = join_batch(engine, &mut round).await?;
        last = batch.seq.or(last);
        if !batch.has_more {
            return Ok(last);
        }
    }
}

/// What one transaction joined.
struct Batch {
    /// The last entry of the change log that it wrote.
    seq: Option<Seq>,
    entities: usize,
    /// It took as many as it might.
    has_more: bool,
}

async fn join_batch(engine: &Engine, round: &mut StitchRound) -> Result<Batch, StoreError> {
    let fitting = engine.joining.entities();
    let writer = Writer::begin(&engine.context, Lane::Bulk, Value::Null).await?;
    let begun = Instant::now();
    let (entities, seq) = writer.join_deferred(round, fitting).await?;
    engine.joining.note(entities, begun.elapsed());
    Ok(Batch {
        seq,
        entities,
        has_more: entities == fitting,
    })
}

impl Engine {
    /// Whether everything that was read is served: nothing waits for being joined.
    pub async fn is_joined(&self) -> Result<bool, StoreError> {
        Ok(self.context.store.stitches_since().await?.is_none())
    }

    /// Makes all joins that earlier runs had no time for.
    pub async fn join_leftovers(&self) -> Result<(), StoreError> {
        join_all(self).await.map(drop)
    }

    /// Makes joins that were deferred, until `stop`, where no source is refreshed.
    pub async fn join_regularly(&self, stop: &CancellationToken) {
        while !pause(stop, POLL).await {
            if let Err(error) = join_some(self).await {
                tracing::warn!(%error, "deferred joins cannot be made, it is tried again");
            }
        }
    }

    /// Says to other processes, until `stop`, whether this one has deferred joins.
    pub async fn announce_joins(&self, stop: &CancellationToken) {
        while !pause(stop, self.context.settings.claim / RENEWALS).await {
            if let Err(error) = self.joins.announce(&self.context).await {
                tracing::warn!(%error, "other processes may make the joins that this one has deferred");
            }
        }
    }

    /// Makes joins of processes that died since, until `stop`.
    pub async fn adopt_stale_joins(&self, stop: &CancellationToken) {
        let patience = self.context.settings.claim;
        while !pause(stop, patience).await {
            let adopted = async {
                if self.has_stale_joins(patience).await? {
                    join_all(self).await?;
                }
                Ok::<_, StoreError>(())
            };
            if let Err(error) = adopted.await {
                tracing::warn!(%error, "joins that a process may have left behind cannot be made");
            }
        }
    }

    /// Whether joins wait that no process will make. A process that has deferred joins makes all that wait, also those of
    /// others.
    async fn has_stale_joins(&self, patience: Duration) -> Result<bool, StoreError> {
        let (store, holder) = (&self.context.store, &self.context.holder);
        let now = self.context.clock.now();
        let since = store.stitches_since().await?;
        if self.joins.is_any() || since.is_none_or(|since| later(since, patience) > now) {
            return Ok(false);
        }
        Ok(!store.is_leased_elsewhere(LEASES, holder, now).await?)
    }
}
