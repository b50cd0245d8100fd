//! A workload: how it is, from its own status and that of its pods.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::container::{list, moment};
use super::job::{cron_job, job};
use super::pod;
use super::rollout::{self, Rollout, number};
use super::verdict::{Health, Verdict};
use crate::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, PODS, REPLICA_SETS, STATEFUL_SETS};
use crate::engine::{Kind, Object};

/// How long a workload that was just made may be without pods before somebody should look.
const NEW: SignedDuration = SignedDuration::from_mins(2);

/// How a workload is. `pods` are its own, `jobs` those that a cron job began.
pub fn verdict(object: &Object, pods: &[&Object], jobs: &[&Object], now: Timestamp) -> Verdict {
    let value = &object.value;
    if value["metadata"]["deletionTimestamp"].is_string() {
        return Verdict::of(Health::Changing, "Being removed");
    }
    let kind: &Kind = object.kind();
    let verdict = match kind {
        _ if *kind == DEPLOYMENTS => deployment(value),
        _ if *kind == STATEFUL_SETS => stateful_set(value),
        _ if *kind == DAEMON_SETS => daemon_set(value),
        _ if *kind == CRON_JOBS => return cron_job(value, jobs, now),
        _ if *kind == JOBS => return of_job(value, pods, now),
        _ if *kind == REPLICA_SETS => replica_set(value),
        _ if *kind == PODS => return pod::verdict(value, now),
        _ => return Verdict::of(Health::Well, "There"),
    };
    explained(
        verdict,
        pods,
        moment(&value["metadata"]["creationTimestamp"]),
        now,
    )
}

/// A job is what its conditions say. Where it failed, its last pod says more.
fn of_job(value: &Value, pods: &[&Object], now: Timestamp) -> Verdict {
    let verdict = job(value);
    let newest = pods
        .iter()
        .max_by_key(|pod| pod.moment("/metadata/creationTimestamp"));
    let Some(newest) = newest else {
        return verdict;
    };
    let pod = pod::verdict(&newest.value, now);
    let has_ended = newest.value["status"]["phase"] == "Failed";
    match (verdict.health, pod.health, pod.reason) {
        (Health::Down, Health::Down, Some(last)) => {
            let reason = verdict.reason.unwrap_or_default();
            Verdict::of(Health::Down, verdict.words).because(format!("{reason}; last {last}"))
        }
        // A pod that ended is tried again; one that does not come up is not.
        (Health::Well, Health::Down, Some(reason)) if !has_ended => {
            Verdict::of(Health::Degraded, verdict.words).because(reason)
        }
        _ => verdict,
    }
}

/// With the reason of the pod that is worst. A workload that counts as well is degraded when a pod of it is; one that lacks
/// pods which are being made is changing.
fn explained(verdict: Verdict, pods: &[&Object], created: Option<Timestamp>, now: Timestamp) -> Verdict {
    if verdict.health == Health::Idle {
        return verdict;
    }
    let current = pods.iter().filter(|pod| pod.value["status"]["phase"] != "Failed");
    let current: Vec<Verdict> = current.map(|pod| pod::verdict(&pod.value, now)).collect();
    let is_any_good = current.iter().any(|pod| !pod.health.is_bad());
    let Some(worst) = current.into_iter().max_by_key(|pod| pod.health) else {
        let is_new = created.is_some_and(|created| now.duration_since(created) < NEW);
        return match verdict.reason {
            None if is_new && verdict.health.is_bad() => Verdict::of(Health::Changing, verdict.words),
            _ => verdict,
        };
    };
    let health = match (verdict.health, worst.health) {
        (Health::Well | Health::Changing, pods) if pods.is_bad() && is_any_good => Health::Degraded,
        (Health::Well | Health::Changing, pods) if pods.is_bad() => pods,
        (own, Health::Changing) if own.is_bad() && verdict.reason.is_none() => Health::Changing,
        (own, _) => own,
    };
    let of_pod = worst
        .reason
        .filter(|_| worst.health.is_bad() || health == Health::Changing);
    Verdict {
        health,
        words: verdict.words,
        // What the workload itself says is closer to the cause than what its pods say, unless they fail.
        reason: if worst.health.is_bad() {
            of_pod.or(verdict.reason)
        } else {
            verdict.reason.or(of_pod)
        },
    }
}

/// From the numbers of a workload whose pods are to run.
fn counted(ready: u64, wanted: u64, rollout: Rollout, failure: Option<String>) -> Verdict {
    let words = format!("{ready}/{wanted} ready");
    if wanted == 0 {
        return Verdict::of(Health::Idle, "Scaled to zero");
    }
    let by_number = match ready {
        0 => Health::Down,
        some if some < wanted => Health::Degraded,
        _ => Health::Well,
    };
    if let Some(failure) = failure {
        return Verdict::of(by_number.max(Health::Degraded), words).because(failure);
    }
    match rollout {
        // Who is missing is said by the pods.
        Rollout::Done | Rollout::Short(_) => Verdict::of(by_number, words),
        Rollout::Stuck(reason) => Verdict::of(by_number.max(Health::Degraded), words).because(reason),
        Rollout::Under(text) => Verdict::of(Health::Changing, words).because(text),
    }
}

fn deployment(value: &Value) -> Verdict {
    let wanted = value["spec"]["replicas"].as_u64().unwrap_or(1);
    let ready = number(&value["status"]["readyReplicas"]);
    let failure = replica_failure(value);
    if value["spec"]["paused"] == true && wanted > 0 {
        let health = if ready < wanted {
            Health::Degraded
        } else {
            Health::Well
        };
        return Verdict::of(health, format!("Paused, {ready}/{wanted} ready"))
            .because("its changes are paused");
    }
    counted(ready, wanted, rollout::deployment(value), failure)
}

/// What keeps pods from being made, a quota for example.
fn replica_failure(value: &Value) -> Option<String> {
    let failure = list(&value["status"]["conditions"])
        .find(|condition| condition["type"] == "ReplicaFailure" && condition["status"] == "True")?;
    let message = failure["message"].as_str().filter(|message| !message.is_empty());
    Some(format!(
        "pods cannot be made: {}",
        message.unwrap_or("the events say why")
    ))
}

fn replica_set(value: &Value) -> Verdict {
    let wanted = value["spec"]["replicas"].as_u64().unwrap_or(1);
    let ready = number(&value["status"]["readyReplicas"]);
    counted(ready, wanted, Rollout::Done, replica_failure(value))
}

fn stateful_set(value: &Value) -> Verdict {
    let wanted = value["spec"]["replicas"].as_u64().unwrap_or(1);
    let ready = number(&value["status"]["readyReplicas"]);
    counted(ready, wanted, rollout::stateful_set(value), None)
}

fn daemon_set(value: &Value) -> Verdict {
    let wanted = number(&value["status"]["desiredNumberScheduled"]);
    let ready = number(&value["status"]["numberReady"]);
    if wanted == 0 {
        return Verdict::of(Health::Idle, "No node for it");
    }
    counted(ready, wanted, rollout::daemon_set(value), None)
}
