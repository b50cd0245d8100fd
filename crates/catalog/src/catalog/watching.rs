//! Saved edits of local files, also of locations that another process reads: when that one dies, they must still be
//! noticed by those that are left.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use model::Fault;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Parts;
use crate::engine::{EngineError, entity_names, is_location};
use crate::index::IndexNews;
use crate::ingest::{FileWatch, QUEUE};
use crate::time::pause;

/// Quiet time after the last event before sources are marked; editors write in several steps.
const DEBOUNCE: Duration = Duration::from_millis(80);
/// Longest time that further events put this off.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// Pause before changes are announced again that the database did not take.
const RETRY: Duration = Duration::from_secs(1);

/// Watches until `stop`, where the configuration wants it.
pub(super) async fn watch_files(parts: &Parts, stop: &CancellationToken) {
    if !parts.settings.watch_files {
        return;
    }
    match FileWatch::new() {
        Ok((watch, events)) => {
            let watch = parts.engine.watch_with(watch);
            let others = follow_locations_of_others(parts, stop);
            tokio::join!(follow_files(parts, watch, events, stop), others);
        }
        Err(fault) => tracing::warn!(%fault, "local files are not watched, only read regularly"),
    }
}

/// Every location that comes into the catalog, of whichever process. After a failure of the database all of them are
/// gone through again.
async fn follow_locations_of_others(parts: &Parts, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let mut changes = parts.index.news();
        let following = async {
            follow_all_locations(parts).await?;
            follow_new_locations(parts, &mut changes).await
        };
        match stop.run_until_cancelled(following).await {
            Some(Err(error)) => {
                tracing::warn!(%error, "locations cannot be read to watch their files, it is tried again");
                pause(stop, RETRY).await;
            }
            Some(Ok(())) | None => return,
        }
    }
}

/// Until the index is gone.
async fn follow_new_locations(parts: &Parts, changes: &mut Receiver<IndexNews>) -> Result<(), EngineError> {
    loop {
        match changes.recv().await {
            Ok(IndexNews::Change(change)) if is_location(&change.reference) => {
                let reference = change.reference.to_string();
                parts.engine.follow_locations(&[reference]).await?;
            }
            Ok(IndexNews::Change(_)) => {}
            Ok(IndexNews::Reloaded) | Err(RecvError::Lagged(_)) => follow_all_locations(parts).await?,
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

async fn follow_all_locations(parts: &Parts) -> Result<(), EngineError> {
    let states = parts.store.sources().await?;
    parts.engine.follow_locations(&entity_names(&states)).await
}

/// Has sources refreshed whose files changed, until `stop`. While the database does not answer, the changes are kept
/// and announced later: a file is not saved again only because of that.
async fn follow_files(
    parts: &Parts,
    watch: &FileWatch,
    mut events: mpsc::Receiver<PathBuf>,
    stop: &CancellationToken,
) {
    let (mut changed, mut is_failing) = (HashSet::new(), false);
    loop {
        let gathered = stop.run_until_cancelled(gather(&mut events, &mut changed)).await;
        if gathered != Some(true) {
            return;
        }
        let has_missed = watch.take_missed();
        let marked = if has_missed {
            parts.engine.refresh_local_files().await
        } else {
            mark(parts, watch, &changed).await
        };
        match marked {
            Ok(()) => {
                changed.clear();
                is_failing = false;
            }
            Err(error) => {
                // Logged once and not each second for as long as the database is away.
                if !std::mem::replace(&mut is_failing, true) {
                    let fault = Fault::from(error);
                    tracing::warn!(%fault, "changed files could not be announced, it is tried again");
                }
                if has_missed {
                    watch.note_missed();
                }
            }
        }
    }
}

/// Waits for changes until it is quiet for a moment, or only for a pause when some are left from before;
/// false when there will be no more.
async fn gather(events: &mut mpsc::Receiver<PathBuf>, changed: &mut HashSet<PathBuf>) -> bool {
    if changed.is_empty() {
        let Some(first) = events.recv().await else {
            return false;
        };
        changed.insert(first);
    } else {
        tokio::time::sleep(RETRY).await;
    }
    let begun = Instant::now();
    while changed.len() < QUEUE && begun.elapsed() <= LONGEST_WAIT {
        let Ok(Some(path)) = tokio::time::timeout(DEBOUNCE, events.recv()).await else {
            break;
        };
        changed.insert(path);
    }
    true
}

async fn mark(parts: &Parts, watch: &FileWatch, paths: &HashSet<PathBuf>) -> Result<(), EngineError> {
    let sources = watch.changed(paths);
    let keys: Vec<String> = paths
        .iter()
        .map(|path| format!("file:{}", path.display()))
        .collect();
    parts.engine.refresh_by_keys(&keys).await?;
    parts.engine.mark_dirty(&sources).await
}
