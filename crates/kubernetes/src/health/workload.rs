//! A workload: how it is, from its own status and that of its pods.

use jiff::Timestamp;
use serde_json::Value;

use super::container::list;
use super::pod;
use super::rollout::{self, Rollout, number};
use super::verdict::{Health, Verdict};
use crate::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, PODS, STATEFUL_SETS};
use crate::engine::{Kind, Object};

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
        _ if *kind == JOBS => job(value),
        _ if *kind == PODS => return pod::verdict(value, now),
        _ => return Verdict::of(Health::Well, "There"),
    };
    explained(verdict, pods, now)
}

/// With the reason of the pod that is worst. A workload that counts as well is degraded when a pod of it is; one that lacks
/// pods which are being made is changing.
fn explained(verdict: Verdict, pods: &[&Object], now: Timestamp) -> Verdict {
    if verdict.health == Health::Idle {
        return verdict;
    }
    let current = pods.iter().filter(|pod| pod.value["status"]["phase"] != "Failed");
    let current: Vec<Verdict> = current.map(|pod| pod::verdict(&pod.value, now)).collect();
    let is_any_good = current.iter().any(|pod| !pod.health.is_bad());
    let Some(worst) = current.into_iter().max_by_key(|pod| pod.health) else {
        return verdict;
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
        Rollout::Done => Verdict::of(by_number, words),
        Rollout::Stuck(reason) => Verdict::of(by_number.max(Health::Degraded), words).because(reason),
        Rollout::Under(text) => Verdict::of(Health::Changing, words).because(text),
    }
}

fn deployment(value: &Value) -> Verdict {
    let wanted = value["spec"]["replicas"].as_u64().unwrap_or(1);
    let ready = number(&value["status"]["readyReplicas"]);
    let failure = list(&value["status"]["conditions"])
        .find(|condition| condition["type"] == "ReplicaFailure" && condition["status"] == "True")
        .map(|condition| {
            condition["message"]
                .as_str()
                .unwrap_or("pods cannot be made")
                .to_owned()
        });
    if value["spec"]["paused"] == true && wanted > 0 {
        let health = if ready < wanted {
            Health::Degraded
        } else {
            Health::Well
        };
        return Verdict::of(health, format!("{ready}/{wanted} ready")).because("its changes are paused");
    }
    counted(ready, wanted, rollout::deployment(value), failure)
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

/// Of a job; only its conditions say that it failed, since a failed pod is tried again.
fn job(value: &Value) -> Verdict {
    let status = &value["status"];
    let condition = |name: &str| {
        list(&status["conditions"])
            .find(|condition| condition["type"] == name && condition["status"] == "True")
    };
    let done = format!(
        "{}/{}",
        number(&status["succeeded"]),
        value["spec"]["completions"].as_u64().unwrap_or(1)
    );
    if condition("Complete").is_some() {
        return Verdict::of(Health::Idle, format!("Succeeded {done}"));
    }
    if let Some(failed) = condition("Failed") {
        let text = |key: &str| failed[key].as_str().unwrap_or_default();
        return Verdict::of(Health::Down, "Failed").because(format!(
            "{}: {}",
            text("reason"),
            text("message")
        ));
    }
    if condition("Suspended").is_some() {
        return Verdict::of(Health::Idle, "Suspended");
    }
    if number(&status["active"]) > 0 {
        return Verdict::of(Health::Well, format!("Running {done}"));
    }
    Verdict::of(Health::Changing, "Pending")
}

fn cron_job(value: &Value, jobs: &[&Object], now: Timestamp) -> Verdict {
    let schedule = value["spec"]["schedule"].as_str().unwrap_or_default();
    if value["spec"]["suspend"] == true {
        return Verdict::of(Health::Idle, "Suspended");
    }
    let newest = jobs
        .iter()
        .max_by_key(|job| job.moment("/metadata/creationTimestamp"));
    let Some(newest) = newest else {
        return Verdict::of(Health::Well, format!("Waits for {schedule}"));
    };
    let last = job(&newest.value);
    match last.health {
        Health::Down => Verdict {
            words: "Last run failed".to_owned(),
            ..last
        },
        Health::Well | Health::Changing => Verdict::of(Health::Well, "Runs now"),
        _ => {
            let at = newest.moment("/status/completionTime");
            let when = at.map_or_else(String::new, |at| format!(" {}", ui::relative(at, now)));
            Verdict::of(Health::Well, format!("Last run succeeded{when}"))
        }
    }
}
