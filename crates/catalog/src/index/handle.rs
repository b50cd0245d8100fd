//! The index as the process holds it: the read model behind a lock, and news of what was applied.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use store::{ChangeKind, LogMark, Seq, Store};
use tokio::sync::{Notify, broadcast, watch};

use super::bodies::Bodies;
use super::keep::Saved;
use super::marks::RelationKeys;
use super::{Glimpse, Sights};
use crate::health::Roster;
use crate::query::CountsKept;
use read_model::{ReadModel, SnapshotFile};

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

/// What queries answer with from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexNews {
    /// One more change.
    Change(AppliedChange),
    /// Everything was loaded again: answers that a listener keeps may be wrong.
    Reloaded,
}

/// The index of one process.
#[derive(Debug)]
pub(crate) struct Index {
    model: Arc<RwLock<ReadModel>>,
    snapshot: Option<SnapshotFile>,
    /// What is saved, or could not be, and when that was.
    pub(super) saved: Mutex<Option<Saved>>,
    loads: AtomicU32,
    applied: watch::Sender<Option<LogMark>>,
    news: broadcast::Sender<IndexNews>,
    bodies: Bodies,
    sights: Sights,
    /// What is wrong, as far as the model does not tell by itself.
    pub(super) roster: RwLock<Arc<Roster>>,
    /// The keys under which entities refer to each other. Locked after the model.
    pub(super) relation_keys: Mutex<RelationKeys>,
    /// Rung when an engine of this process wrote.
    pub(super) ailing: Arc<Notify>,
    /// Counts of what is wrong, as they were last asked for.
    pub(crate) counts: Mutex<CountsKept>,
    /// Changes whenever what is said of entities does, be it without a change of the catalog.
    pub(super) judgements: AtomicU64,
    /// It was read once.
    pub(super) has_roster: AtomicBool,
}

impl Index {
    /// An empty index that is saved there, if anywhere. What is wrong is read again when `ailing` is rung.
    pub fn new(snapshot: Option<SnapshotFile>, ailing: Arc<Notify>) -> Self {
        Self {
            model: Arc::default(),
            snapshot,
            saved: Mutex::default(),
            loads: AtomicU32::new(0),
            applied: watch::Sender::new(None),
            news: broadcast::Sender::new(CHANGES_KEPT),
            bodies: Bodies::default(),
            sights: Sights::default(),
            roster: RwLock::default(),
            relation_keys: Mutex::default(),
            ailing,
            counts: Mutex::default(),
            judgements: AtomicU64::new(0),
            has_roster: AtomicBool::new(false),
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
        self.mark().map(|mark| mark.seq)
    }

    /// The last change that queries answer with; nothing before the first load.
    pub fn mark(&self) -> Option<LogMark> {
        *self.applied.borrow()
    }

    /// Changes as they are applied from now on.
    pub fn news(&self) -> broadcast::Receiver<IndexNews> {
        self.news.subscribe()
    }

    /// Waits until queries answer with this change; returns whether they do.
    pub async fn wait_for(&self, store: &Store, seq: Seq, longest: Duration) -> bool {
        // The number may be one that a server gave away again after it lost entries: then those that were applied
        // are of no worth, and everything is about to be loaded again.
        if let Some(mark) = self.mark().filter(|mark| mark.seq >= seq)
            && let Ok(false) = store.has_mark(&mark).await
        {
            return self
                .wait_until(longest, |now| *now != mark && now.seq >= seq)
                .await;
        }
        self.wait_until(longest, |mark| mark.seq >= seq).await
    }

    /// Waits until the last change that queries answer with is one of these; returns whether it is.
    async fn wait_until(&self, longest: Duration, is_reached: impl Fn(&LogMark) -> bool) -> bool {
        let mut applied = self.applied.subscribe();
        let reached = applied.wait_for(|mark| mark.as_ref().is_some_and(&is_reached));
        matches!(tokio::time::timeout(longest, reached).await, Ok(Ok(_)))
    }

    /// The read model, to be read on a thread of its own.
    pub(super) fn shared(&self) -> Arc<RwLock<ReadModel>> {
        Arc::clone(&self.model)
    }

    /// The last change in the read model, to be asked for while it is locked.
    pub(super) fn marks(&self) -> watch::Receiver<Option<LogMark>> {
        self.applied.subscribe()
    }

    /// Where snapshots lie.
    pub(super) fn snapshot(&self) -> Option<&SnapshotFile> {
        self.snapshot.as_ref()
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, ReadModel> {
        self.model.write()
    }

    /// Replaces everything by what was served at a mark.
    pub(super) fn replace(&self, mut new: ReadModel, mark: LogMark) {
        let load = self.loads.fetch_add(1, Ordering::Relaxed);
        new.set_load(load);
        self.relation_keys.lock().note_model(&new);
        let mut model = self.model.write();
        *model = new;
        self.sights.start_over(&model);
        // What the new model says of health may be of another time.
        self.has_roster.store(false, Ordering::Relaxed);
        // Whoever saves must not find the model of one log with the mark of another.
        self.applied.send_replace(Some(mark));
        drop(model);
        if load > 0 {
            // Nobody listening is fine.
            let _ = self.news.send(IndexNews::Reloaded);
        }
    }

    /// Says that all changes up to `mark` are in; `changes` are those that came since.
    pub(super) fn announce(&self, mark: LogMark, changes: impl IntoIterator<Item = AppliedChange>) {
        self.applied.send_replace(Some(mark));
        for change in changes {
            let _ = self.news.send(IndexNews::Change(change));
        }
    }
}
