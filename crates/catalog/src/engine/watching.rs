//! Watching local files, also of locations that another process looked at: when that one dies, a saved
//! edit must still be noticed by those that are left.

use model::Fault;
use serde_json::Value;
use store::{Node, StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::is_location;
use crate::Catalog;
use crate::catalog::Parts;
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

    /// Every location that comes into the catalog, whoever brought it.
    async fn follow_locations_of_others(&self, stop: &CancellationToken) {
        let mut changes = self.index().changes();
        let following = async {
            self.follow_all_locations().await;
            loop {
                match changes.recv().await {
                    Ok(change) if is_location(&change.reference) => {
                        self.follow_locations(&[change.reference.to_string()]).await;
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => self.follow_all_locations().await,
                    Err(RecvError::Closed) => return,
                }
            }
        };
        stop.run_until_cancelled(following).await;
    }

    async fn follow_all_locations(&self) {
        match self.all_source_states().await {
            Ok(states) => {
                let names = states
                    .iter()
                    .filter_map(|state| state.key.entity().map(str::to_owned));
                self.follow_locations(&names.collect::<Vec<_>>()).await;
            }
            Err(error) => tracing::warn!(%error, "locations cannot be listed to watch their files"),
        }
    }

    async fn follow_locations(&self, references: &[String]) {
        let nodes: Result<Vec<Node>, StoreError> = self.parts.store.nodes(references).await;
        let nodes = match nodes {
            Ok(nodes) => nodes,
            Err(error) => {
                tracing::warn!(%error, "locations cannot be read to watch their files");
                return;
            }
        };
        for node in nodes {
            let location: Option<Value> = node
                .processed
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok());
            // A location that cannot be understood tells so when it is looked at.
            if let Some(Ok(targets)) = location.map(|value| ingest::targets(&value, &self.parts.settings)) {
                follow(&self.parts, &node.reference, &targets);
            }
        }
    }
}
