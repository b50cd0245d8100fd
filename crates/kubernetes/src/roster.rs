//! What is known of every workload of all clusters: how it is, and of which entities. The states of entities are made of it.
//!
//! The first question begins it. From then on watches say which workloads changed and the catalog which entities; only these are
//! judged again, away from requests. Nothing is called from here, and no object is kept a second time.

mod judge;
mod keeper;
mod known;
mod subjects;

use std::sync::{Arc, OnceLock};

use catalog::Catalog;
use model::EntityRef;
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use crate::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, PODS, REPLICA_SETS, STATEFUL_SETS};
use crate::engine::{Kind, Kubernetes, Object, Standing};
use keeper::Keeper;
use known::Known;

pub use known::{EntityRuntime, Runtime, WorkloadRow};

/// The topic of all workloads.
pub(crate) const TOPIC: &str = "kubernetes.workloads";

/// The part of an entity's page that shows its state.
pub(crate) const STATE: &str = "state";

/// The kinds that workloads consist of.
pub(crate) static KINDS: [&Kind; 7] = [
    &DEPLOYMENTS,
    &STATEFUL_SETS,
    &DAEMON_SETS,
    &CRON_JOBS,
    &JOBS,
    &REPLICA_SETS,
    &PODS,
];

/// All workloads. Clones share it.
#[derive(Clone)]
pub struct Roster {
    inner: Arc<Inner>,
}

struct Inner {
    kubernetes: Kubernetes,
    catalog: Catalog,
    known: RwLock<Known>,
    stop: CancellationToken,
    begun: OnceLock<()>,
}

impl Roster {
    /// Nothing is kept until somebody asks; it ends when `stop` is cancelled.
    pub fn new(kubernetes: Kubernetes, catalog: Catalog, stop: CancellationToken) -> Self {
        Self {
            inner: Arc::new(Inner {
                kubernetes,
                catalog,
                known: RwLock::default(),
                stop,
                begun: OnceLock::new(),
            }),
        }
    }

    /// Has all workloads watched and judged, without waiting for it. Must be called within the runtime.
    pub fn begin(&self) {
        self.inner.begun.get_or_init(|| {
            if !self.inner.kubernetes.is_configured() {
                return;
            }
            self.inner.kubernetes.touch_all(&KINDS);
            self.inner.kubernetes.begin(&KINDS);
            tokio::spawn(Keeper::new(self.clone()).run(self.inner.stop.clone()));
        });
    }

    /// How an entity runs; nothing where it has no annotation about its objects.
    pub fn runtime(&self, reference: &EntityRef) -> Option<EntityRuntime> {
        self.begin();
        self.inner.known.read().runtime(reference).cloned()
    }

    /// The entities whose state is this one.
    pub fn having(&self, runtime: Runtime) -> Vec<EntityRef> {
        self.begin();
        self.inner.known.read().having(runtime)
    }

    /// All workloads, in no order.
    pub fn workloads(&self) -> Vec<Arc<WorkloadRow>> {
        self.begin();
        self.inner.known.read().rows().cloned().collect()
    }

    /// A workload by its place.
    pub fn workload(
        &self,
        cluster: &str,
        kind: &Kind,
        namespace: &str,
        name: &str,
    ) -> Option<Arc<WorkloadRow>> {
        let is_it = |row: &&Arc<WorkloadRow>| {
            (&*row.cluster, row.kind, &*row.namespace, &*row.name) == (cluster, kind, namespace, name)
        };
        self.inner.known.read().rows().find(is_it).cloned()
    }

    /// The object of a workload and its pods, as they are now.
    pub(crate) fn objects_of(&self, row: &WorkloadRow) -> (Option<Object>, Vec<Object>) {
        let kubernetes = self.kubernetes();
        let Some(object) = kubernetes.object(&row.cluster, row.kind, &row.namespace, &row.name) else {
            return (None, Vec::new());
        };
        let pods = match kubernetes.standing(&row.cluster, object.uid(), &KINDS) {
            Standing::Root(_) if *row.kind == PODS => vec![object.clone()],
            Standing::Root(tree) => tree.below(&[&PODS]),
            Standing::Below(_) | Standing::Gone(_) => Vec::new(),
        };
        (Some(object), pods)
    }

    pub(crate) fn kubernetes(&self) -> &Kubernetes {
        &self.inner.kubernetes
    }
}
