//! Judging a workload and an entity.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use model::EntityRef;

use super::known::{EntityRuntime, Runtime, WorkloadRow};
use super::subjects::Subjects;
use crate::engine::kinds::{JOBS, PODS};
use crate::engine::{Condition, Kubernetes, Object, Question, Tree, UnreadableSelector};
use crate::health::resources::Resources;
use crate::health::{pod, resources, workload};

/// A workload as it is.
pub(super) fn row(kubernetes: &Kubernetes, subjects: &Subjects, tree: &Tree, now: Timestamp) -> WorkloadRow {
    let object = tree.root();
    let below: Vec<Object> = tree.below(&[&PODS, &JOBS]);
    let own_pods = || below.iter().filter(|one| *one.kind() == PODS);
    let pods: Vec<&Object> = if *object.kind() == PODS {
        vec![&object]
    } else {
        own_pods().filter(|pod| !pod::was_put_away(&pod.value)).collect()
    };
    let is_own = |job: &&Object| job.owners().any(|owner| owner == object.uid());
    let jobs: Vec<&Object> = below
        .iter()
        .filter(|one| *one.kind() == JOBS)
        .filter(is_own)
        .collect();
    let verdict = workload::verdict(&object, &pods, &jobs, now);
    let asked = pods
        .iter()
        .filter(|pod| !has_ended(pod))
        .map(|pod| resources::of_pod(&pod.value));
    let asked: Vec<Resources> = asked.collect();
    let restarts = pods
        .iter()
        .map(|pod| pod::status(&pod.value).restarts)
        .sum::<u64>();
    WorkloadRow {
        cluster: tree.cluster().clone(),
        kind: object.kind(),
        namespace: object.namespace().into(),
        name: object.name().into(),
        health: verdict.health,
        words: verdict.words.into(),
        reason: verdict.reason.map(Into::into),
        pods: u32::try_from(pods.len()).unwrap_or(u32::MAX),
        restarts: u32::try_from(restarts).unwrap_or(u32::MAX),
        cpu: asked.iter().filter_map(|one| one.cpu_request).sum(),
        memory: asked.iter().filter_map(|one| one.memory_request).sum(),
        created: object.moment("/metadata/creationTimestamp"),
        entities: entities(kubernetes, subjects, tree),
    }
}

/// What has ended asks for nothing.
fn has_ended(pod: &Object) -> bool {
    matches!(pod.text("/status/phase"), Some("Succeeded" | "Failed"))
}

/// The entities that select a workload or anything of it.
fn entities(kubernetes: &Kubernetes, subjects: &Subjects, tree: &Tree) -> Box<[EntityRef]> {
    let mut found: BTreeSet<&EntityRef> = BTreeSet::new();
    for (namespace, labels) in tree.labels() {
        let selecting = subjects.selecting(namespace, labels);
        let asked = selecting.filter(|(_, question)| kubernetes.asks(question, tree.cluster()));
        found.extend(asked.map(|(entity, _)| entity));
    }
    found.into_iter().cloned().collect()
}

/// How an entity is whose workloads these are.
pub(super) fn runtime(
    kubernetes: &Kubernetes,
    question: &Result<Question, UnreadableSelector>,
    rows: &[Arc<WorkloadRow>],
) -> EntityRuntime {
    let question = match question {
        Ok(question) => question,
        Err(error) => return unknown(error.to_string()),
    };
    if let Some(worst) = rows.iter().max_by_key(|row| row.health) {
        let reason = worst.reason.as_ref().filter(|_| worst.health.is_bad());
        let named = |reason| format!("{} {}: {reason}", worst.kind.name, worst.name);
        return EntityRuntime {
            runtime: Runtime::of(worst.health),
            reason: reason.map(named),
            workloads: rows.len(),
        };
    }
    match kubernetes.unheard(question, &super::KINDS) {
        Some(reason) => unknown(reason),
        None => EntityRuntime {
            runtime: Runtime::NotRunning,
            reason: Some(format!("No workload carries {}", question.selector.as_str())),
            workloads: 0,
        },
    }
}

fn unknown(reason: String) -> EntityRuntime {
    EntityRuntime {
        runtime: Runtime::Unknown,
        reason: Some(reason),
        workloads: 0,
    }
}

impl Kubernetes {
    /// Why nothing can be said about what a question selects: the first cluster that it is about and that has never told its
    /// objects.
    fn unheard(&self, question: &Question, kinds: &[&'static crate::engine::Kind]) -> Option<String> {
        let names = self.cluster_names();
        let asked: Vec<&String> = names.iter().filter(|name| self.asks(question, name)).collect();
        if asked.is_empty() {
            return Some("No cluster is asked".to_owned());
        }
        asked.into_iter().find_map(|name| {
            let states = self.states(name, kinds);
            if states.is_empty() || states.iter().any(|state| state.condition == Condition::Loading) {
                return Some(format!("{name} is being loaded"));
            }
            // Kinds that the role leaves out, or that are not there, hold nothing that could be known.
            let heard = states.iter().any(|state| state.as_of.is_some());
            let failure = states.iter().find_map(|state| state.failure());
            failure
                .filter(|_| !heard)
                .map(|failure| format!("{name}: {}", failure.message))
        })
    }
}
