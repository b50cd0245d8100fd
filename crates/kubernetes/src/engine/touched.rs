//! Workloads that changed, for the one who keeps what is known of each.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::kinds::Kind;
use super::object::Kept;

/// Cluster and id of an object.
pub(crate) type ObjectId = (Arc<str>, Arc<str>);

/// What changed since it was taken last.
#[derive(Default)]
pub(crate) struct Touched {
    /// The kinds that count, once changes are kept.
    kinds: OnceLock<&'static [&'static Kind]>,
    pending: Mutex<Pending>,
    wake: Notify,
}

/// What changed.
#[derive(Default)]
pub(crate) struct Pending {
    /// The objects that stand above all others of what changed.
    pub objects: HashSet<ObjectId>,
    /// The state of a watch is another one.
    pub watches: bool,
}

impl Touched {
    /// From now on changes of these kinds are kept.
    pub fn begin(&self, kinds: &'static [&'static Kind]) {
        self.kinds.get_or_init(|| kinds);
    }

    pub fn is_wanted(&self) -> bool {
        self.kinds.get().is_some()
    }

    /// An object changed, given with those that it belongs to, the nearest first.
    pub fn changed(&self, cluster: &Arc<str>, lineage: &[Arc<Kept>]) {
        let Some(kinds) = self.kinds.get() else {
            return;
        };
        // Events are about workloads and are none; what owns a workload may be none.
        let is_of_kind = |kept: &&Arc<Kept>| kinds.contains(&kept.kind);
        let above = lineage.iter().rev().find(is_of_kind);
        if let Some(above) = above
            && lineage.first().as_ref().is_some_and(is_of_kind)
        {
            self.add(cluster.clone(), above.uid.clone());
        }
    }

    /// An object is to be looked at.
    pub fn add(&self, cluster: Arc<str>, uid: Arc<str>) {
        self.pending.lock().objects.insert((cluster, uid));
        self.wake.notify_one();
    }

    /// The state of a watch changed.
    pub fn watches_changed(&self) {
        if self.is_wanted() {
            self.pending.lock().watches = true;
            self.wake.notify_one();
        }
    }

    /// Waits until something changed.
    pub async fn wait(&self) {
        self.wake.notified().await;
    }

    /// What changed.
    pub fn take(&self) -> Pending {
        std::mem::take(&mut *self.pending.lock())
    }
}
