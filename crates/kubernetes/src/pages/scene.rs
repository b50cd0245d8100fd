//! What the tab shows, put in order: workloads with their pods, by cluster and namespace.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use model::EntityRef;

use crate::actions::Allowed;
use crate::engine::kinds::{JOBS, PODS, REPLICA_SETS, WORKLOADS};
use crate::engine::{Answer, ClusterAnswer, Column, Failure, Kind, Object, Question, Usage};
use crate::health::{Verdict, pod, workload};

/// What is used, by cluster and namespace.
pub(crate) type Used = BTreeMap<(String, String), Result<Arc<Usage>, Failure>>;

/// What tables of custom resources say of their objects, by cluster and kind.
pub(crate) type Columns = BTreeMap<(String, &'static Kind), Arc<[Column]>>;

/// What the tab shows.
pub(crate) struct Scene {
    pub reference: EntityRef,
    pub question: Question,
    pub answer: Answer,
    pub used: Used,
    /// Where nothing was found: workloads that go by the name, with their cluster.
    pub near: Vec<(String, Object)>,
    pub columns: Columns,
    /// Where nothing was found: objects with the label where the annotations do not look, by cluster and namespace.
    pub elsewhere: BTreeMap<(String, String), usize>,
    /// What people may have the clusters do.
    pub actions: Allowed,
    pub now: Timestamp,
}

/// A workload with what belongs to it.
pub(crate) struct Workload<'a> {
    pub object: &'a Object,
    /// Its pods, without those that were put away and replaced.
    pub pods: Vec<&'a Object>,
    /// Pods that failed for no reason of their own, and were replaced.
    pub put_away: usize,
    pub verdict: Verdict,
}

impl Scene {
    /// Namespaces in which pods are.
    pub fn namespaces(answer: &Answer) -> BTreeSet<(String, String)> {
        let clusters = answer.clusters.iter();
        let pods = clusters.flat_map(|one| {
            one.of(&PODS)
                .map(|pod| (one.cluster.clone(), pod.namespace().to_owned()))
        });
        pods.collect()
    }

    /// The workloads of a cluster by namespace, those that need a look first.
    pub fn workloads<'a>(&self, one: &'a ClusterAnswer) -> BTreeMap<&'a str, Vec<Workload<'a>>> {
        // What else owns a workload, a custom resource for example, is not shown as one.
        let may_own = |object: &&Object| WORKLOADS.contains(&object.kind()) || *object.kind() == REPLICA_SETS;
        let known: BTreeSet<&str> = one.objects.iter().filter(may_own).map(Object::uid).collect();
        let roots = one.objects.iter().filter(|object| {
            let is_root = WORKLOADS.contains(&object.kind()) || is_set_that_runs(object);
            is_root && !object.owners().any(|owner| known.contains(owner))
        });
        let mut found: BTreeMap<&str, Vec<Workload<'a>>> = BTreeMap::new();
        for object in roots {
            found
                .entry(object.namespace())
                .or_default()
                .push(self.workload(one, object));
        }
        for all in found.values_mut() {
            all.sort_by_key(|workload| (std::cmp::Reverse(workload.verdict.health), workload.object.name()));
        }
        found
    }

    fn workload<'a>(&self, one: &'a ClusterAnswer, object: &'a Object) -> Workload<'a> {
        let below = below(one, object);
        let pods: Vec<&Object> = match object.kind() {
            kind if *kind == PODS => vec![object],
            _ => below
                .iter()
                .filter(|below| *below.kind() == PODS)
                .copied()
                .collect(),
        };
        let jobs: Vec<&Object> = one.owned(object).filter(|below| *below.kind() == JOBS).collect();
        let (put_away, pods): (Vec<&Object>, Vec<&Object>) = pods
            .into_iter()
            .partition(|pod| *object.kind() != PODS && pod::was_put_away(&pod.value));
        Workload {
            verdict: workload::verdict(object, &pods, &jobs, self.now),
            object,
            pods,
            put_away: put_away.len(),
        }
    }

    pub fn usage(&self, cluster: &str, namespace: &str) -> Option<&Result<Arc<Usage>, Failure>> {
        self.used.get(&(cluster.to_owned(), namespace.to_owned()))
    }
}

/// A replica set whose owner is not seen, because nothing owns it or its kind is not known, stands for itself.
fn is_set_that_runs(object: &Object) -> bool {
    let count = |pointer: &str| object.value.pointer(pointer).and_then(serde_json::Value::as_u64);
    *object.kind() == REPLICA_SETS
        && (count("/spec/replicas").unwrap_or(1) > 0 || count("/status/replicas").unwrap_or(0) > 0)
}

/// All that belongs to an object, what is nearest first.
pub(crate) fn below<'a>(one: &'a ClusterAnswer, object: &'a Object) -> Vec<&'a Object> {
    let mut owned: HashMap<&str, Vec<&'a Object>> = HashMap::new();
    for below in &one.objects {
        for owner in below.owners() {
            owned.entry(owner).or_default().push(below);
        }
    }
    let mut found: Vec<&Object> = Vec::new();
    let mut known: HashSet<&str> = HashSet::from([object.uid()]);
    let mut next = vec![object];
    while !next.is_empty() {
        let all = next.iter().filter_map(|above| owned.get(above.uid())).flatten();
        next = all.copied().filter(|below| known.insert(below.uid())).collect();
        found.extend(&next);
    }
    found
}
