//! States of pods beside what the API server's own printer said of them (`fixtures/pods.jsonl`), and states that time decides.

use kubernetes::health::resources::of_pod;
use kubernetes::health::{Health, pod};
use serde_json::{Value, json};

fn now() -> jiff::Timestamp {
    "2026-11-24T09:30:00Z".parse().unwrap()
}

#[test]
fn pods_are_called_what_kubectl_calls_them() {
    let states = include_str!("../fixtures/pods.jsonl");
    let mut wrong = Vec::new();
    for line in states.lines() {
        let state: Value = serde_json::from_str(line).unwrap();
        let told = pod::status(&state["pod"]);
        let own = format!("{}/{} {} {}", told.ready, told.total, told.text, told.restarts);
        if state["kubectl"] != own {
            wrong.push(format!(
                "{}: ours {own}, kubectl {}",
                state["name"], state["kubectl"]
            ));
        }
        // Nothing of it may throw, whatever is missing.
        let _ = (pod::verdict(&state["pod"], now()), of_pod(&state["pod"]));
    }
    assert_eq!(states.lines().count(), 56);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn pod(spec: Value, status: Value) -> Value {
    json!({"metadata": {"name": "web"}, "spec": {"containers": [spec]}, "status": status})
}

fn running(spec: Value, container: Value) -> Value {
    let mut status = json!({"name": "web", "ready": false, "restartCount": 0});
    status
        .as_object_mut()
        .unwrap()
        .extend(container.as_object().unwrap().clone());
    let mut named = json!({"name": "web"});
    named
        .as_object_mut()
        .unwrap()
        .extend(spec.as_object().unwrap().clone());
    pod(named, json!({"phase": "Running", "containerStatuses": [status]}))
}

fn check(name: &str, pod: &Value, health: Health, reason: &str) {
    let verdict = pod::verdict(pod, now());
    assert_eq!(
        (verdict.health, verdict.reason.as_deref().unwrap_or_default()),
        (health, reason),
        "{name}"
    );
}

#[test]
fn a_start_takes_as_long_as_its_probes_may() {
    let since = |at: &str| json!({"running": {"startedAt": format!("2026-11-24T{at}Z")}});
    let probe =
        json!({"readinessProbe": {"initialDelaySeconds": 60, "periodSeconds": 10, "failureThreshold": 6}});
    let slow = "web: running, not ready, its readiness probe does not succeed; the events say why";
    let starting = json!({"startupProbe": {"periodSeconds": 10, "failureThreshold": 30}});
    for (name, spec, container, health, reason) in [
        (
            "within the probe's time",
            probe.clone(),
            json!({"state": since("09:28:10")}),
            Health::Changing,
            "web: starting",
        ),
        (
            "after it",
            probe,
            json!({"state": since("09:20:00")}),
            Health::Degraded,
            slow,
        ),
        (
            "a slow start that is allowed",
            starting.clone(),
            json!({"started": false, "state": since("09:26:00")}),
            Health::Changing,
            "web: starting",
        ),
        (
            "a slow start that is not",
            starting,
            json!({"started": false, "state": since("09:20:00")}),
            Health::Degraded,
            "web: starting, its startup probe does not succeed; the events say why",
        ),
        (
            "ready",
            json!({}),
            json!({"ready": true, "state": since("09:29:59")}),
            Health::Well,
            "",
        ),
    ] {
        check(name, &running(spec, container), health, reason);
    }
}

#[test]
fn restarts_are_news_for_ten_minutes() {
    let ended = |at: &str, code: i64, reason: &str| json!({"terminated": {"exitCode": code, "reason": reason, "finishedAt": format!("2026-11-24T{at}Z")}});
    let restarted = |last: Value| {
        running(
            json!({}),
            json!({"ready": true, "restartCount": 3, "state": {"running": {}}, "lastState": last}),
        )
    };
    check(
        "long ago",
        &restarted(ended("09:19:00", 1, "Error")),
        Health::Well,
        "",
    );
    for (code, reason, words) in [
        (1, "Error", "exit 1"),
        (127, "Error", "exit 127: the command was not found"),
        (137, "Error", "exit 137: it was killed"),
        (143, "Error", "exit 143: it was asked to end"),
        (137, "OOMKilled", "exit 137: out of memory"),
        (0, "Completed", "exit 0"),
    ] {
        let reason_told = format!("web: running again, restarted 3 times, last {words}");
        check(
            words,
            &restarted(ended("09:25:00", code, reason)),
            Health::Degraded,
            &reason_told,
        );
    }
    let limited = json!({"resources": {"limits": {"memory": "256Mi"}}});
    let killed = json!({"restartCount": 14, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended("09:00:00", 137, "OOMKilled")});
    let told = "web: keeps ending, restarted 14 times, last exit 137: out of memory (limit 256Mi)";
    check("out of memory", &running(limited, killed), Health::Down, told);
}

#[test]
fn pods_without_a_node_pods_that_leave_and_pods_that_are_made() {
    let unscheduled = |at: &str| {
        let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available.", "lastTransitionTime": format!("2026-11-24T{at}Z")});
        pod(
            json!({"name": "web"}),
            json!({"phase": "Pending", "conditions": [condition]}),
        )
    };
    check(
        "a moment",
        &unscheduled("09:29:30"),
        Health::Changing,
        "no node has room for it yet: 0/3 nodes are available.",
    );
    check(
        "long",
        &unscheduled("09:20:00"),
        Health::Down,
        "it cannot be scheduled: 0/3 nodes are available.",
    );

    let leaving = |at: &str, finalizers: Value, conditions: Value| {
        let mut leaving = running(json!({}), json!({"ready": true, "state": {"running": {}}}));
        leaving["metadata"]["deletionTimestamp"] = format!("2026-11-24T{at}Z").into();
        leaving["metadata"]["finalizers"] = finalizers;
        leaving["status"]["conditions"] = conditions;
        leaving
    };
    let preempted =
        json!([{"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}]);
    check(
        "leaves",
        &leaving("09:29:00", json!([]), json!([])),
        Health::Changing,
        "it is being removed",
    );
    check(
        "preempted",
        &leaving("09:29:00", json!([]), preempted),
        Health::Changing,
        "it makes room for a more important pod",
    );
    let held = "it should be gone by now, and is held by its finalizers: shop/hold";
    check(
        "held",
        &leaving("09:00:00", json!(["shop/hold"]), json!([])),
        Health::Degraded,
        held,
    );

    let made = |at: &str| {
        let container = json!({"name": "web", "state": {"waiting": {"reason": "ContainerCreating"}}});
        pod(
            json!({"name": "web"}),
            json!({"phase": "Pending", "startTime": format!("2026-11-24T{at}Z"), "containerStatuses": [container]}),
        )
    };
    check("made", &made("09:29:00"), Health::Changing, "web: being created");
    let long = "it is being made for more than 5 minutes; the events say what it waits for";
    check("made for long", &made("09:20:00"), Health::Degraded, long);
}

#[test]
fn a_pod_may_wait_for_more_than_its_containers() {
    let ready = |conditions: Value| {
        let mut pod = running(json!({}), json!({"ready": true, "state": {"running": {}}}));
        pod["status"]["conditions"] = conditions;
        pod
    };
    let gate = json!([{"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady", "message": "target not registered"}]);
    check(
        "gate",
        &ready(gate),
        Health::Degraded,
        "its readiness gates are closed: target not registered",
    );
    let resize = json!([{"type": "Ready", "status": "True"}, {"type": "PodResizePending", "status": "True", "reason": "Infeasible", "message": "node has 2 CPU"}]);
    check(
        "resize",
        &ready(resize),
        Health::Well,
        "its new size does not fit on its node: node has 2 CPU",
    );
}

#[test]
fn pods_that_their_nodes_put_away_are_told_from_those_that_failed() {
    for (status, expected) in [
        (json!({"phase": "Failed", "reason": "Evicted"}), true),
        (json!({"phase": "Failed", "reason": "Terminated"}), true),
        (
            json!({"phase": "Failed", "conditions": [{"type": "DisruptionTarget", "status": "True"}]}),
            true,
        ),
        (json!({"phase": "Failed", "reason": "DeadlineExceeded"}), false),
        (json!({"phase": "Failed"}), false),
        (json!({"phase": "Running", "reason": "NodeLost"}), false),
    ] {
        assert_eq!(
            pod::was_put_away(&json!({"status": status})),
            expected,
            "{status}"
        );
    }
}
