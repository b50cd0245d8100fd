//! The index as the process holds it: the read model behind a lock, and news of what was applied.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use store::{ChangeKind, Seq, StoreError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::bodies::Bodies;
use super::{Glimpse, Sights};
use read_model::ReadModel;
use read_model::SnapshotFile;

/// Changes a slow listener may be behind before it must start over.
const CHANGES_KEPT: usize = 4096;

/// A change that queries answer with from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedChange {
    /// Number in the change log.
    pub seq: Seq,
    /// The entity.
    pub reference: Arc<str>,
    /// What happened.
    pub kind: ChangeKind,
    /// What the restricted sights of listeners saw of it.
    pub(crate) glimpses: Arc<[Glimpse]>,
}

impl AppliedChange {
    /// The change as the stream of changes sends it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({"seq": self.seq, "entityRef": &*self.reference, "op": self.kind.as_str()})
    }
}

/// The index of one process.
#[derive(Debug)]
pub(crate) struct Index {
    model: Arc<RwLock<ReadModel>>,
    snapshot: Option<SnapshotFile>,
    /// The last change in the snapshot, or that one could not be saved of; 0 for none.
    pub(super) saved: AtomicI64,
    applied: watch::Sender<Option<Seq>>,
    changes: broadcast::Sender<AppliedChange>,
    bodies: Bodies,
    sights: Sights,
}

impl Index {
    /// An empty index that is saved there, if anywhere.
    pub fn new(snapshot: Option<SnapshotFile>) -> Self {
        Self {
            model: Arc::default(),
            snapshot,
            saved: AtomicI64::new(0),
            applied: watch::Sender::new(None),
            changes: broadcast::Sender::new(CHANGES_KEPT),
            bodies: Bodies::default(),
            sights: Sights::default(),
        }
    }

    /// The read model; hold it for one question, never across an await.
    pub fn read(&self) -> RwLockReadGuard<'_, ReadModel> {
        self.model.read()
    }

    /// The served JSON of entities.
    pub fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// The entities of restricted sights.
    pub fn sights(&self) -> &Sights {
        &self.sights
    }

    /// Number of the last change that queries answer with; nothing before the first load.
    pub fn applied(&self) -> Option<Seq> {
        *self.applied.borrow()
    }

    /// Changes as they are applied from now on.
    pub fn changes(&self) -> broadcast::Receiver<AppliedChange> {
        self.changes.subscribe()
    }

    /// Waits until queries answer with this change; returns whether they do.
    pub async fn wait_for(&self, seq: Seq, longest: Duration) -> bool {
        let mut applied = self.applied.subscribe();
        let reached = applied.wait_for(|applied| applied.is_some_and(|applied| applied >= seq));
        matches!(tokio::time::timeout(longest, reached).await, Ok(Ok(_)))
    }

    /// The read model, to be read on a thread of its own.
    pub(super) fn shared(&self) -> Arc<RwLock<ReadModel>> {
        Arc::clone(&self.model)
    }

    /// Where snapshots lie.
    pub(super) fn snapshot(&self) -> Option<&SnapshotFile> {
        self.snapshot.as_ref()
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, ReadModel> {
        self.model.write()
    }

    /// Says that all changes up to `seq` are in; `changes` are those that came since.
    pub(super) fn announce(&self, seq: Seq, changes: impl IntoIterator<Item = AppliedChange>) {
        self.applied.send_replace(Some(seq));
        for change in changes {
            // Nobody listening is fine.
            let _ = self.changes.send(change);
        }
    }
}

impl crate::Catalog {
    /// The index of this process.
    pub(crate) fn index(&self) -> &Index {
        &self.parts.index
    }

    /// Number of the last change that answers are given with; nothing before the first load.
    pub fn applied(&self) -> Option<Seq> {
        self.index().applied()
    }

    /// Waits until queries answer with a change; returns whether they do.
    pub async fn wait_for(&self, seq: Seq, longest: Duration) -> bool {
        self.index().wait_for(seq, longest).await
    }

    /// Loads unless that has happened, and takes in all changes there are.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.index().catch_up(self.store()).await
    }

    /// Answers with every change soon after it was made, until `stop` is cancelled.
    pub async fn follow(&self, stop: CancellationToken) {
        self.index().follow(self.store(), stop).await;
    }
}
