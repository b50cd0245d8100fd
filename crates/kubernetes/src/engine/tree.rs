//! A workload with all that belongs to it, found without reading it.

use std::sync::Arc;

use super::Kubernetes;
use super::kinds::{Kind, REPLICA_SETS, WORKLOADS};
use super::object::{Kept, Object};
use super::question::Question;
use super::touched::ObjectId;
use super::words::Labels;

/// A workload and what belongs to it.
pub(crate) struct Tree {
    cluster: Arc<str>,
    root: Arc<Kept>,
    below: Vec<Arc<Kept>>,
}

/// What an object is, among workloads.
pub(crate) enum Standing {
    /// It is not there any more. These belonged to it.
    Gone(Vec<Arc<str>>),
    /// It belongs to this object.
    Below(Arc<str>),
    /// It stands by itself.
    Root(Tree),
}

impl Tree {
    /// The name of the cluster.
    pub fn cluster(&self) -> &Arc<str> {
        &self.cluster
    }

    /// The workload.
    pub fn root(&self) -> Object {
        self.root.read()
    }

    /// Whether a replica set is the one that stands by itself, which says nothing where it has no pods.
    pub fn is_workload(&self) -> bool {
        WORKLOADS.contains(&self.root.kind) || (*self.root.kind == REPLICA_SETS && !self.below.is_empty())
    }

    /// What belongs to it, of these kinds.
    pub fn below(&self, kinds: &[&'static Kind]) -> Vec<Object> {
        let wanted = self.below.iter().filter(|kept| kinds.contains(&kept.kind));
        wanted.map(Kept::read).collect()
    }

    /// Ids of what belongs to it.
    pub fn ids_below(&self) -> impl Iterator<Item = &Arc<str>> {
        self.below.iter().map(|kept| &kept.uid)
    }

    /// Namespace and labels of all objects.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &Labels)> {
        let all = std::iter::once(&self.root).chain(&self.below);
        all.map(|kept| (&*kept.namespace, &kept.labels))
    }
}

impl Kubernetes {
    /// All objects of these kinds are to be looked at; from now on also those that change.
    pub(crate) fn touch_all(&self, kinds: &'static [&'static Kind]) {
        self.touched().begin(kinds);
        for cluster in self.clusters().iter() {
            let index = cluster.index();
            for kept in kinds.iter().flat_map(|kind| index.all(kind)) {
                self.touched().add(cluster.id().clone(), kept.uid.clone());
            }
        }
    }

    /// The objects of these kinds that a question selects.
    pub(crate) fn selected(&self, question: &Question, kinds: &[&'static Kind]) -> Vec<ObjectId> {
        let clusters = self.asked(question).into_iter();
        let found = clusters.flat_map(|cluster| {
            let found = cluster.index().about(question, kinds).into_iter();
            let ids: Vec<ObjectId> = found
                .map(|kept| (cluster.id().clone(), kept.uid.clone()))
                .collect();
            ids
        });
        found.collect()
    }

    /// What an object is among the workloads of its cluster, which consist of these kinds.
    pub(crate) fn standing(&self, cluster: &Arc<str>, uid: &str, kinds: &[&'static Kind]) -> Standing {
        let found = self.cluster(cluster);
        found.map_or_else(
            || Standing::Gone(Vec::new()),
            |found| found.standing(cluster, uid, kinds),
        )
    }
}

impl super::cluster::Cluster {
    fn standing(&self, name: &Arc<str>, uid: &str, kinds: &[&'static Kind]) -> Standing {
        let index = self.index();
        let Some(root) = index.by_uid(uid).cloned() else {
            return Standing::Gone(index.owned(uid).map(|kept| kept.uid.clone()).collect());
        };
        let lineage = index.lineage(&root);
        let above = lineage.iter().skip(1).rfind(|kept| kinds.contains(&kept.kind));
        if let Some(above) = above {
            return Standing::Below(above.uid.clone());
        }
        let below = index.below(&root.uid).into_iter();
        Standing::Root(Tree {
            cluster: name.clone(),
            below: below.filter(|kept| kinds.contains(&kept.kind)).collect(),
            root,
        })
    }
}
