//! Sources as something that can be claimed, and one refresh of a claimed source.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use model::{Fault, Problem};
use store::{Lane, SourceClaim, SourceKey, SourceState, StoreError};
use tokio_util::sync::CancellationToken;
use work::{Claim, Claims, Ending};

use super::activity::Counted;
use super::failure::EngineError;
use super::refresh::{Finished, refresh};
use super::{Engine, joins};
use crate::time::later;

/// How long one refresh of a source may take.
const LONGEST_REFRESH: Duration = Duration::from_mins(4);
/// Pause of a source after the database failed, or after others changed the same entities.
const RETRY: Duration = Duration::from_secs(2);

/// The claims of one process on sources.
pub(super) struct Sources(pub Arc<Engine>);

/// What a refresh needs to know beside its claim.
pub(super) struct Turn {
    /// Grows with every claim of this process.
    number: u64,
    /// The source counts as one that is read, until it is.
    reading: Counted,
    /// It counts as one that is refreshed.
    refreshing: Counted,
}

impl Sources {
    /// Records that a source could not be refreshed, and when it is tried again.
    async fn note_failed(&self, claim: &SourceClaim, fault: &Fault) -> Result<(), StoreError> {
        tracing::warn!(source = %claim.key, %fault, "source could not be refreshed");
        let context = &self.0.context;
        let pause = self.0.failures.after_refreshing(&claim.key.to_string());
        let now = context.clock.now();
        let mut tx = context.store.write(Lane::Bulk).await?;
        if tx.sources_held(std::slice::from_ref(claim)).await?.is_empty() {
            return Ok(());
        }
        let known = tx.source_state(std::slice::from_ref(&claim.key)).await?.pop();
        let state = known.unwrap_or_else(|| SourceState::new(claim.key.clone()));
        tx.set_source_state(&[SourceState {
            checked_at: Some(now),
            content_hash: None,
            etag: None,
            problems: vec![Problem::error(fault.clone())],
            next_check_at: Some(later(now, pause)),
            ..state
        }])
        .await?;
        tx.commit().await.map(drop)
    }

    async fn give_back(&self, claim: &SourceClaim, next: Option<Timestamp>) -> Result<(), StoreError> {
        let mut tx = self.0.context.store.write(Lane::Bulk).await?;
        tx.give_back_source(claim, next).await?;
        tx.commit().await.map(drop)
    }
}

#[async_trait]
impl Claims for Sources {
    type Key = SourceKey;
    type Task = Turn;

    async fn claim_due(&self, limit: usize) -> Result<Vec<(Claim<SourceKey>, Turn)>, StoreError> {
        let context = &self.0.context;
        let due = context.clock.now();
        let claimed = context
            .store
            .claim_sources(due, limit, &context.holder, context.settings.claim)
            .await?;
        // All are counted before the first of them begins, which is to know that there are others.
        let claimed = claimed.into_iter().map(|claim| {
            let turn = Turn {
                number: self.0.turns.fetch_add(1, Ordering::Relaxed),
                reading: self.0.activity.reading(),
                refreshing: self.0.activity.refreshing(),
            };
            (of_runner(claim), turn)
        });
        Ok(claimed.collect())
    }

    async fn renew(&self, claims: &[Claim<SourceKey>]) -> Result<Vec<Claim<SourceKey>>, StoreError> {
        let context = &self.0.context;
        let claims: Vec<SourceClaim> = claims.iter().map(of_store).collect();
        let hold = context.settings.claim;
        let lost = context
            .store
            .renew_sources(&context.holder, &claims, hold)
            .await?;
        Ok(lost.into_iter().map(of_runner).collect())
    }

    async fn settle(&self, claim: &Claim<SourceKey>, ending: &Ending) -> Result<(), StoreError> {
        let claim = of_store(claim);
        match ending {
            // Written together with what the source brought.
            Ending::Done => Ok(()),
            Ending::Stopped => self.give_back(&claim, None).await,
            Ending::Later(pause) => {
                let next = later(self.0.context.clock.now(), *pause);
                self.give_back(&claim, Some(next)).await
            }
            Ending::Retry(fault) | Ending::GiveUp(fault) => self.note_failed(&claim, fault).await,
        }
    }

    async fn between(&self) -> Result<bool, StoreError> {
        joins::join_some(&self.0).await
    }
}

fn of_runner(claim: SourceClaim) -> Claim<SourceKey> {
    Claim {
        key: claim.key,
        number: claim.number,
    }
}

fn of_store(claim: &Claim<SourceKey>) -> SourceClaim {
    SourceClaim {
        key: claim.key.clone(),
        number: claim.number,
    }
}

/// Refreshes a claimed source together with others, and by itself when that did not go well.
pub(super) async fn refresh_one(
    engine: Arc<Engine>,
    claim: Claim<SourceKey>,
    turn: Turn,
    stop: CancellationToken,
) -> Ending {
    let claim = of_store(&claim);
    let Turn {
        number,
        reading,
        refreshing: _refreshing,
    } = turn;
    if claim.key.entity().is_none() {
        return park(&engine, &claim)
            .await
            .map_or_else(ending_of, |()| Ending::Done);
    }
    let mut finished = in_time(&engine, &claim, Some((number, reading)), &stop).await;
    if matches!(finished, Ok(Finished::AloneNext)) {
        finished = in_time(&engine, &claim, None, &stop).await;
    }
    finished.map_or_else(ending_of, |_| Ending::Done)
}

fn ending_of(error: EngineError) -> Ending {
    match error {
        EngineError::Stopped => Ending::Stopped,
        EngineError::ClaimLost(source) => {
            tracing::warn!(%source, "the claim was lost, nothing was written");
            Ending::Stopped
        }
        EngineError::Crowded(_, pause) => Ending::Later(pause),
        EngineError::Overtaken(_) => Ending::Later(RETRY),
        EngineError::Store(error) if error.is_outage() => {
            tracing::warn!(%error, "a source could not be refreshed without the database");
            Ending::Later(RETRY)
        }
        error => Ending::Retry(error.into()),
    }
}

async fn in_time(
    engine: &Arc<Engine>,
    claim: &SourceClaim,
    turn: Option<(u64, Counted)>,
    stop: &CancellationToken,
) -> Result<Finished, EngineError> {
    let refreshing = tokio::time::timeout(LONGEST_REFRESH, refresh(engine, claim, turn, stop));
    refreshing.await.unwrap_or_else(|_| {
        let seconds = LONGEST_REFRESH.as_secs();
        Err(Fault::error(format!("reading took longer than {seconds} s")).into())
    })
}

/// A provider delivers when it has something, and is never due.
async fn park(engine: &Engine, claim: &SourceClaim) -> Result<(), EngineError> {
    let mut tx = engine.context.store.write(Lane::Bulk).await?;
    if !tx.sources_held(std::slice::from_ref(claim)).await?.is_empty() {
        let known = tx.source_state(std::slice::from_ref(&claim.key)).await?.pop();
        let state = known.unwrap_or_else(|| SourceState::new(claim.key.clone()));
        tx.set_source_state(&[SourceState {
            next_check_at: None,
            ..state
        }])
        .await?;
    }
    tx.commit().await?;
    Ok(())
}
