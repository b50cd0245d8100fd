//! Watching local files, also of locations that another process looked at: when that one dies, a saved
//! edit must still be noticed by those that are left.

use model::Fault;
use serde_json::Value;
use store::StoreError;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{STORE_BACK_OFF, is_location, pause};
use crate::Catalog;
use crate::catalog::Parts;
use crate::index::IndexNews;
use crate::ingest::{self, FileWatch, Target, Watched};

/// Has changes of a location's local files reported, once there is a watch.
pub(super) fn follow(parts: &Parts, location: &str, targets: &[Result<Target, Fault>]) {
    let files = targets
        .iter()
        .flatten()
        .filter(|target| target.location.kind == "file");
    let files: Vec<String> = files.map(|target| target.location.target.clone()).collect();
    if let Some(watch) = parts.engine.watch() {
        watch.follow(Watched {
            source: location.to_owned(),
            files,
        });
    }
}

impl Catalog {
    /// Watches until `stop` is cancelled.
    pub(super) async fn start_watch(&self, stop: &CancellationToken) {
        if !self.parts.settings.watch_files {
            return;
        }
        match FileWatch::new() {
            Ok((watch, events)) => {
                let watch = self.parts.engine.watch.get_or_init(|| watch);
                self.parts.engine.wake();
                let others = self.follow_locations_of_others(stop);
                tokio::join!(ingest::follow_files(self, watch, events, stop), others);
            }
            Err(fault) => tracing::warn!(%fault, "local files are not watched, only looked at regularly"),
        }
    }

    /// Every location that comes into the catalog, whoever brought it. After a failure of the database all of
    /// them are gone through again.
    async fn follow_locations_of_others(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let mut changes = self.index().news();
            let following = async {
                self.follow_all_locations().await?;
                self.follow_new_locations(&mut changes).await
            };
            match stop.run_until_cancelled(following).await {
                Some(Err(error)) => {
                    tracing::warn!(%error, "locations cannot be read to watch their files, it is tried again");
                    pause(stop, STORE_BACK_OFF).await;
                }
                Some(Ok(())) | None => return,
            }
        }
    }

    /// Until the index is gone.
    async fn follow_new_locations(&self, changes: &mut Receiver<IndexNews>) -> Result<(), StoreError> {
        loop {
            match changes.recv().await {
                Ok(IndexNews::Change(change)) if is_location(&change.reference) => {
                    self.follow_locations(&[change.reference.to_string()]).await?;
                }
                Ok(IndexNews::Change(_)) => {}
                Ok(IndexNews::Reloaded) | Err(RecvError::Lagged(_)) => self.follow_all_locations().await?,
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }

    async fn follow_all_locations(&self) -> Result<(), StoreError> {
        let states = self.parts.store.sources().await?;
        let names = states
            .iter()
            .filter_map(|state| state.key.entity().map(str::to_owned));
        self.follow_locations(&names.collect::<Vec<_>>()).await
    }

    async fn follow_locations(&self, references: &[String]) -> Result<(), StoreError> {
        for node in self.parts.store.nodes(references).await? {
            let location: Option<Value> = node
                .processed
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok());
            // A location that cannot be understood tells so when it is looked at.
            if let Some(Ok(targets)) = location.map(|value| ingest::targets(&value, &self.parts.settings)) {
                follow(&self.parts, &node.reference, &targets);
            }
        }
        Ok(())
    }
}
