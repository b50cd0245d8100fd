//! The index as the process holds it: the read model behind a lock, and news of what was applied.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use store::{ChangeKind, Seq};
use tokio::sync::{broadcast, watch};

use super::bodies::Bodies;
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
}

impl AppliedChange {
    /// The change as the stream of changes sends it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({"seq": self.seq, "entityRef": &*self.reference, "op": self.kind.as_str()})
    }
}

/// The index of one process.
#[derive(Debug)]
pub struct Index {
    model: Arc<RwLock<ReadModel>>,
    snapshot: Option<SnapshotFile>,
    /// The last change in the snapshot, or that one could not be saved of; 0 for none.
    pub(super) saved: AtomicI64,
    applied: watch::Sender<Option<Seq>>,
    changes: broadcast::Sender<AppliedChange>,
    bodies: Bodies,
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
    pub fn index(&self) -> &Index {
        &self.parts.index
    }

    /// Waits until queries answer with a change; returns whether they do.
    pub async fn wait_for(&self, seq: Seq, longest: Duration) -> bool {
        self.index().wait_for(seq, longest).await
    }
}
