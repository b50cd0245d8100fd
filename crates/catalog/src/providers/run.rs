//! Runs the entity providers of plugins, each in one of the processes on the database.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Fault, Problem};
use plugin::{EntityProvider, ProviderSink};
use store::{Lane, SourceKey, SourceState, StoreError};
use tokio_util::sync::CancellationToken;
use work::{BackOff, Claim, Pace, Runner, Standing};

use super::Sink;
use crate::engine::{Engine, Hold};
use crate::time::pause;

/// Pauses after a provider failed.
const BACK_OFF: BackOff = BackOff::new(Duration::from_secs(5), Duration::from_mins(10));
/// After a run of this length a failure counts as the first one.
const GOOD_RUN: Duration = Duration::from_mins(10);
/// Longest time until a provider that no process runs is taken.
const LONGEST_POLL: Duration = Duration::from_secs(2);

/// Runs all providers until `stop`, each in one of the processes on the database and as a task of its own; one that
/// fails or panics is started again with growing pauses, here or in another process.
pub(crate) async fn run_providers(
    engine: &Arc<Engine>,
    providers: &[Arc<dyn EntityProvider>],
    stop: &CancellationToken,
) {
    let providers: HashMap<String, Arc<dyn EntityProvider>> = providers
        .iter()
        .map(|provider| (format!("provider:{}", provider.name()), provider.clone()))
        .collect();
    if providers.is_empty() {
        return;
    }
    let claim = engine.context.settings.claim;
    let pace = Pace {
        at_once: providers.len(),
        hold: claim,
        poll: (claim / 4).min(LONGEST_POLL),
        ..Pace::default()
    };
    let names = providers.keys().cloned().collect();
    let standing = Standing::new(engine.context.store.clone(), names, &pace, BACK_OFF, GOOD_RUN);
    while let Err(error) = standing.declare().await {
        tracing::warn!(%error, "providers cannot be claimed yet");
        if pause(stop, BACK_OFF.first).await {
            return;
        }
    }
    let engine = engine.clone();
    let work = move |claim: Claim<String>, (), stop| {
        let (engine, provider) = (engine.clone(), providers.get(&claim.key).cloned());
        async move {
            match provider {
                Some(provider) => run_one(&engine, provider, claim, stop).await,
                None => work::Ending::Stopped,
            }
        }
    };
    Runner::new(standing, pace).run(work, stop).await;
}

async fn run_one(
    engine: &Arc<Engine>,
    provider: Arc<dyn EntityProvider>,
    claim: Claim<String>,
    stop: CancellationToken,
) -> work::Ending {
    let name = provider.name().to_owned();
    let sink: Arc<dyn ProviderSink> = Arc::new(Sink::new(engine, &name, Hold::Provider(claim.clone())));
    let ended = work::caught(async { provider.run(sink, stop.clone()).await }).await;
    match ended.and_then(|ended| ended) {
        Ok(()) => {
            // Done for good: it stays here, so that no other process does the same again.
            stop.cancelled().await;
            work::Ending::Stopped
        }
        Err(fault) => {
            if !stop.is_cancelled() {
                tracing::warn!(provider = %name, %fault, "provider failed");
                if let Err(error) = note_failed(engine, &name, &claim, &fault).await {
                    tracing::warn!(provider = %name, %error, "the failure of a provider cannot be shown");
                }
            }
            work::Ending::Retry(fault)
        }
    }
}

/// Shows the failure on the sources page, unless another process runs the provider by now.
async fn note_failed(
    engine: &Engine,
    name: &str,
    claim: &Claim<String>,
    fault: &Fault,
) -> Result<(), StoreError> {
    let key = SourceKey::Provider(name.to_owned());
    let mut tx = engine.context.store.write(Lane::Bulk).await?;
    if !Standing::is_held(&mut tx, claim).await? {
        return Ok(());
    }
    let known = tx.source_state(std::slice::from_ref(&key)).await?.pop();
    let state = known.unwrap_or_else(|| SourceState::new(key));
    tx.set_source_state(&[SourceState {
        checked_at: Some(engine.context.clock.now()),
        problems: vec![Problem::error(fault.clone())],
        ..state
    }])
    .await?;
    tx.commit().await.map(drop)
}
