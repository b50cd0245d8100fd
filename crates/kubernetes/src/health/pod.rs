//! A pod: what its state means.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use super::status::{PodStatus, status};

use super::container::{Container, containers, list, moment};
use super::status::{condition, is_true};
use super::verdict::{Health, Verdict};

/// How long a pod may look for a node before that is a failure: the autoscaler of a cluster needs a moment, too.
const PLACING: SignedDuration = SignedDuration::from_mins(1);
/// How long a pod may be made before somebody should look: large images and volumes take their time.
const MAKING: SignedDuration = SignedDuration::from_mins(5);
/// How long a pod may be there after the moment by which it was to be gone.
const LEAVING: SignedDuration = SignedDuration::from_mins(5);

/// How a pod is, and why.
pub fn verdict(pod: &Value, now: Timestamp) -> Verdict {
    let told = status(pod);
    if let Some(verdict) = leaving(pod, &told, now) {
        return verdict;
    }
    match pod["status"]["phase"].as_str().unwrap_or_default() {
        "Succeeded" => Verdict::of(Health::Idle, told.text),
        "Failed" => failed(pod, told, now),
        "Unknown" => lost(told),
        _ => unscheduled(pod, &told, now).unwrap_or_else(|| of_containers(pod, told, now)),
    }
}

/// Whether a pod failed for a reason that is not its own, such as a node that was full: another one took its place.
pub fn was_put_away(pod: &Value) -> bool {
    let reason = pod["status"]["reason"].as_str().unwrap_or_default();
    let told = [
        "Evicted",
        "NodeLost",
        "Preempting",
        "Shutdown",
        "Terminated",
        "NodeShutdown",
        "UnexpectedAdmissionError",
    ];
    pod["status"]["phase"] == "Failed" && (told.contains(&reason) || is_true(pod, "DisruptionTarget"))
}

fn lost(told: PodStatus) -> Verdict {
    Verdict::of(Health::Down, told.text).because("its node does not answer")
}

/// A pod that is being removed. The moment that it carries is the one by which it is to be gone.
fn leaving(pod: &Value, told: &PodStatus, now: Timestamp) -> Option<Verdict> {
    let until = pod["metadata"]["deletionTimestamp"].as_str()?;
    if pod["status"]["reason"] == "NodeLost" {
        return Some(lost(told.clone()));
    }
    let is_late = until
        .parse::<Timestamp>()
        .is_ok_and(|until| now.duration_since(until) > LEAVING);
    let holders: Vec<&str> = list(&pod["metadata"]["finalizers"])
        .filter_map(Value::as_str)
        .collect();
    Some(match (is_late, holders.is_empty()) {
        (false, _) => {
            let reason = disruption(pod).unwrap_or("it is being removed");
            Verdict::of(Health::Changing, told.text.clone()).because(reason)
        }
        (true, true) => Verdict::of(Health::Degraded, told.text.clone())
            .because("it should be gone by now; its node may not answer"),
        (true, false) => Verdict::of(Health::Degraded, told.text.clone()).because(format!(
            "it should be gone by now, and is held by its finalizers: {}",
            holders.join(", ")
        )),
    })
}

/// Why something other than its owner removes a pod.
fn disruption(pod: &Value) -> Option<&'static str> {
    let target = condition(pod, "DisruptionTarget").filter(|condition| condition["status"] == "True")?;
    Some(match target["reason"].as_str()? {
        "PreemptionByScheduler" => "it makes room for a more important pod",
        "DeletionByTaintManager" => "its node may not run it any more",
        "EvictionByEvictionAPI" => "its node is being drained",
        "DeletionByPodGC" => "its node is gone",
        "TerminationByKubelet" => "its node ends it: resources are short, or the node is shut down",
        _ => return None,
    })
}

fn failed(pod: &Value, told: PodStatus, now: Timestamp) -> Verdict {
    let message = pod["status"]["message"].as_str().unwrap_or_default();
    let reason = if message.is_empty() {
        worst(&containers(pod, now)).or_else(|| disruption(pod).map(str::to_owned))
    } else {
        Some(message.to_owned())
    };
    Verdict {
        reason,
        ..Verdict::of(Health::Down, told.text)
    }
}

fn unscheduled(pod: &Value, told: &PodStatus, now: Timestamp) -> Option<Verdict> {
    let scheduled = condition(pod, "PodScheduled").filter(|condition| condition["status"] == "False")?;
    let message = scheduled["message"].as_str().unwrap_or_default();
    let since = moment(&scheduled["lastTransitionTime"]);
    let is_new = since.is_some_and(|since| now.duration_since(since) < PLACING);
    let verdict = |health| Verdict::of(health, told.text.clone());
    Some(match scheduled["reason"].as_str() {
        Some("Unschedulable") if is_new => {
            verdict(Health::Changing).because(format!("no node has room for it yet: {message}"))
        }
        Some("Unschedulable") => verdict(Health::Down).because(format!("it cannot be scheduled: {message}")),
        _ => verdict(Health::Changing).because(message),
    })
}

fn of_containers(pod: &Value, told: PodStatus, now: Timestamp) -> Verdict {
    let all = containers(pod, now);
    let health = all
        .iter()
        .filter(|one| !(one.is_initial && one.verdict.health == Health::Idle))
        .map(|one| one.verdict.health)
        .max();
    let verdict = match health {
        // A container that ended beside one that runs is the end of a part, not of the pod.
        Some(Health::Idle) | None => Verdict::of(Health::Changing, told.text),
        Some(Health::Well) => return gated(pod, told),
        Some(health) => Verdict::of(health, told.text),
    };
    let reason = worst(&all);
    let began = moment(&pod["status"]["startTime"]);
    if verdict.health == Health::Changing
        && is_being_made(&all)
        && began.is_some_and(|began| now.duration_since(began) > MAKING)
    {
        let long = "it is being made for more than 5 minutes; the events say what it waits for";
        return Verdict::of(Health::Degraded, verdict.words).because(long);
    }
    Verdict { reason, ..verdict }
}

fn is_being_made(all: &[Container]) -> bool {
    all.iter().any(|one| one.verdict.words == "being created")
        && all.iter().all(|one| one.verdict.words != "running")
}

/// All containers are ready, and still the pod may not be.
fn gated(pod: &Value, told: PodStatus) -> Verdict {
    let unready = condition(pod, "Ready").filter(|condition| condition["status"] == "False");
    if let Some(unready) = unready {
        let message = unready["message"].as_str().unwrap_or_default();
        let reason = match unready["reason"].as_str().unwrap_or_default() {
            "ReadinessGatesNotReady" => format!("its readiness gates are closed: {message}"),
            _ if message.is_empty() => {
                "its containers are ready and it is not; its node may not answer".to_owned()
            }
            _ => message.to_owned(),
        };
        return Verdict::of(Health::Degraded, told.text).because(reason);
    }
    let resize = condition(pod, "PodResizePending").filter(|condition| condition["status"] == "True");
    let verdict = Verdict::of(Health::Well, told.text);
    match resize {
        Some(resize) => {
            let message = resize["message"].as_str().unwrap_or_default();
            let words = if resize["reason"] == "Infeasible" {
                "its new size does not fit on its node"
            } else {
                "its new size waits for room on its node"
            };
            verdict.because(format!("{words}: {message}").trim_end_matches([':', ' ']))
        }
        None => verdict,
    }
}

/// What the container says that is worst, with its name.
fn worst(all: &[Container]) -> Option<String> {
    let told = all
        .iter()
        .filter(|one| !matches!(one.verdict.health, Health::Well | Health::Idle));
    let worst = told.rev().max_by_key(|one| one.verdict.health)?;
    let words = &worst.verdict.words;
    Some(match &worst.verdict.reason {
        Some(reason) => format!("{}: {words}, {reason}", worst.name),
        None => format!("{}: {words}", worst.name),
    })
}
