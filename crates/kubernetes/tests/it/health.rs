//! States of objects in kubectl's words and in plain ones.

use kubernetes::engine::kinds::{CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, PODS, STATEFUL_SETS};
use kubernetes::engine::{Kind, Object};
use kubernetes::health::events::merged;
use kubernetes::health::{Health, pod, workload};
use serde_json::{Value, json};

fn now() -> jiff::Timestamp {
    "2026-11-24T09:30:00Z".parse().unwrap()
}

fn ended(code: i64, reason: &str, at: &str) -> Value {
    json!({"terminated": {"exitCode": code, "reason": reason, "finishedAt": format!("2026-11-24T{at}:00Z")}})
}

fn one(container: Value) -> Value {
    let mut status =
        json!({"name": "web", "image": "registry.example.com/web:1", "ready": false, "restartCount": 0});
    status
        .as_object_mut()
        .unwrap()
        .extend(container.as_object().unwrap().clone());
    json!({
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "resources": {"limits": {"memory": "256Mi"}}}]},
        "status": {"phase": "Running", "containerStatuses": [status]},
    })
}

fn running() -> Value {
    one(json!({"ready": true, "started": true, "state": {"running": {}}}))
}

fn with(mut pod: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    pod.pointer_mut(parent).unwrap()[key] = value;
    pod
}

fn check(pod: &Value, kubectl: &str, health: Health, reason: &str) {
    let (status, verdict) = (pod::status(pod), pod::verdict(pod, now()));
    let told = format!("{} {}/{}", status.text, status.ready, status.total);
    assert_eq!(told, kubectl, "{pod}");
    assert_eq!(verdict.health, health, "{kubectl}: {verdict:?}");
    assert_eq!(verdict.reason.unwrap_or_default(), reason, "{kubectl}");
}

#[test]
fn pods_that_run() {
    let restarted = |at: &str| {
        one(
            json!({"ready": true, "restartCount": 2, "state": {"running": {}}, "lastState": ended(1, "Error", at)}),
        )
    };
    let sidecar = json!({
        "metadata": {"name": "web"},
        "spec": {"initContainers": [{"name": "mesh", "restartPolicy": "Always"}], "containers": [{"name": "web"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Initialized", "status": "True"}],
            "initContainerStatuses": [{"name": "mesh", "started": true, "ready": true, "restartCount": 0, "state": {"running": {}}}],
            "containerStatuses": [{"name": "web", "ready": true, "restartCount": 0, "state": {"running": {}}}]},
    });
    check(&running(), "Running 1/1", Health::Well, "");
    check(&sidecar, "Running 2/2", Health::Well, "");
    check(&restarted("07:25"), "Running 1/1", Health::Well, "");
    let recently = "web: running again, restarted twice, last exit 1";
    check(&restarted("09:25"), "Running 1/1", Health::Degraded, recently);
    let crashing = one(
        json!({"restartCount": 14, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended(137, "OOMKilled", "09:10")}),
    );
    let why = "web: keeps ending, restarted 14 times, last exit 137: out of memory (limit 256Mi)";
    check(&crashing, "CrashLoopBackOff 0/1", Health::Down, why);
}

#[test]
fn pods_that_do_not_start() {
    let waiting = |reason: &str, message: &str| {
        one(json!({"state": {"waiting": {"reason": reason, "message": message}}}))
    };
    let pending = |reason: &str, message: &str| {
        let condition =
            json!({"type": "PodScheduled", "status": "False", "reason": reason, "message": message});
        json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}, "status": {"phase": "Pending", "conditions": [condition]}})
    };
    let init = json!({
        "metadata": {"name": "web"},
        "spec": {"initContainers": [{"name": "migrate"}], "containers": [{"name": "web"}]},
        "status": {"phase": "Pending", "initContainerStatuses": [{"name": "migrate", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended(1, "Error", "09:20")}]},
    });
    check(
        &waiting("ContainerCreating", ""),
        "ContainerCreating 0/1",
        Health::Changing,
        "web: being created",
    );
    let why = "web: image cannot be pulled, registry.example.com/web:1: not found";
    check(
        &waiting("ImagePullBackOff", "not found"),
        "ImagePullBackOff 0/1",
        Health::Down,
        why,
    );
    let why = "web: configuration is missing, secret x not found";
    check(
        &waiting("CreateContainerConfigError", "secret x not found"),
        "CreateContainerConfigError 0/1",
        Health::Down,
        why,
    );
    let why = "migrate: keeps ending, restarted 3 times, last exit 1";
    check(&init, "Init:CrashLoopBackOff 0/1", Health::Down, why);
    let why = "it cannot be scheduled: 0/3 nodes are available.";
    check(
        &pending("Unschedulable", "0/3 nodes are available."),
        "Pending 0/1",
        Health::Down,
        why,
    );
    check(
        &pending("SchedulingGated", "gated"),
        "SchedulingGated 0/1",
        Health::Changing,
        "gated",
    );
}

#[test]
fn pods_that_end() {
    let removed = with(
        running(),
        "/metadata/deletionTimestamp",
        json!("2026-11-24T09:29:00Z"),
    );
    check(
        &removed,
        "Terminating 1/1",
        Health::Changing,
        "it is being removed",
    );
    let done = json!([{"name": "web", "state": ended(0, "Completed", "09:00")}]);
    let done = with(
        with(running(), "/status/phase", json!("Succeeded")),
        "/status/containerStatuses",
        done,
    );
    check(&done, "Completed 0/1", Health::Idle, "");
    let evicted = json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}, "status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}});
    check(
        &evicted,
        "Evicted 0/1",
        Health::Down,
        "The node was low on resource: memory.",
    );
}

fn told(kind: &'static Kind, spec: Value, status: Value, expected: (Health, &str)) {
    let object = json!({"metadata": {"name": "x", "generation": 1}, "spec": spec, "status": status});
    let verdict = workload::verdict(&Object::sample(kind, object), &[], &[], now());
    let reason = verdict
        .reason
        .map_or_else(String::new, |reason| format!(": {reason}"));
    assert_eq!(
        (verdict.health, format!("{}{reason}", verdict.words).as_str()),
        expected
    );
}

fn seen(mut status: Value) -> Value {
    status["observedGeneration"] = 1.into();
    status
}

fn condition(kind: &str, status: &str, reason: &str, message: &str) -> Value {
    json!([{"type": kind, "status": status, "reason": reason, "message": message}])
}

#[test]
fn deployments_and_how_far_their_changes_are() {
    let counted = |updated: u64, all: u64, ready: u64| {
        seen(
            json!({"updatedReplicas": updated, "replicas": all, "readyReplicas": ready, "availableReplicas": ready}),
        )
    };
    let of = |replicas: u64, status: Value, health: Health, words: &str| {
        told(
            &DEPLOYMENTS,
            json!({"replicas": replicas}),
            status,
            (health, words),
        );
    };
    of(2, counted(2, 2, 2), Health::Well, "2/2 ready");
    of(
        2,
        counted(1, 2, 2),
        Health::Changing,
        "2/2 ready: 1 out of 2 new replicas have been updated",
    );
    of(
        2,
        counted(2, 3, 2),
        Health::Changing,
        "2/2 ready: 1 old replicas are pending termination",
    );
    of(
        2,
        json!({}),
        Health::Changing,
        "0/2 ready: the change is not taken up yet",
    );
    of(0, counted(0, 0, 0), Health::Idle, "Scaled to zero");
    let with_condition = |status, condition| with(status, "/conditions", condition);
    let lost = condition("Progressing", "True", "NewReplicaSetAvailable", "done");
    of(
        2,
        with_condition(counted(2, 2, 1), lost),
        Health::Degraded,
        "1/2 ready",
    );
    let quota = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: pods");
    of(
        2,
        with_condition(counted(1, 1, 1), quota),
        Health::Degraded,
        "1/2 ready: pods cannot be made: exceeded quota: pods",
    );
    let stuck = condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out");
    of(
        2,
        with_condition(counted(1, 1, 0), stuck),
        Health::Down,
        "0/2 ready: timed out",
    );
    let paused = json!({"replicas": 2, "paused": true});
    told(
        &DEPLOYMENTS,
        paused,
        counted(1, 2, 2),
        (Health::Well, "Paused, 2/2 ready: its changes are paused"),
    );
}

#[test]
fn other_workloads() {
    let set = |updated: u64, newest: &str| {
        seen(
            json!({"readyReplicas": 2, "updatedReplicas": updated, "updateRevision": newest, "currentRevision": "a"}),
        )
    };
    let two = || json!({"replicas": 2});
    told(&STATEFUL_SETS, two(), set(2, "a"), (Health::Well, "2/2 ready"));
    told(
        &STATEFUL_SETS,
        two(),
        set(1, "b"),
        (Health::Changing, "2/2 ready: 1 pods at the new revision"),
    );
    told(
        &DAEMON_SETS,
        json!({}),
        seen(json!({"desiredNumberScheduled": 0})),
        (Health::Idle, "No node for it"),
    );
    let everywhere = seen(
        json!({"desiredNumberScheduled": 2, "numberReady": 2, "numberAvailable": 2, "updatedNumberScheduled": 2}),
    );
    told(&DAEMON_SETS, json!({}), everywhere, (Health::Well, "2/2 ready"));
    told(
        &JOBS,
        json!({"completions": 1}),
        json!({"failed": 2, "active": 1}),
        (Health::Well, "Running 0/1: 2 tries failed; it is tried again"),
    );
    let done = json!({"succeeded": 1, "failed": 2, "conditions": condition("Complete", "True", "", "")});
    told(&JOBS, json!({}), done, (Health::Idle, "Succeeded 1/1"));
    let failed = json!({"conditions": condition("Failed", "True", "BackoffLimitExceeded", "too often")});
    told(
        &JOBS,
        json!({}),
        failed,
        (
            Health::Down,
            "Failed: its pods failed more often than its backoffLimit allows",
        ),
    );
    let schedule = |suspend: bool| json!({"schedule": "0 3 * * *", "suspend": suspend});
    told(&CRON_JOBS, schedule(true), json!({}), (Health::Idle, "Suspended"));
    told(
        &CRON_JOBS,
        schedule(false),
        json!({}),
        (Health::Well, "Waits, runs every day at 03:00"),
    );
}

#[test]
fn a_workload_says_what_is_wrong_with_its_pods() {
    let object = json!({"metadata": {"name": "x"}, "spec": {"replicas": 2}, "status": {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 1, "availableReplicas": 1}});
    let object = Object::sample(&DEPLOYMENTS, object);
    let crashing = one(
        json!({"restartCount": 1, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended(127, "Error", "09:10")}),
    );
    let pods = [Object::sample(&PODS, running()), Object::sample(&PODS, crashing)];
    let verdict = workload::verdict(&object, &pods.iter().collect::<Vec<_>>(), &[], now());
    assert_eq!(verdict.health, Health::Degraded);
    let beginning = [Object::sample(
        &PODS,
        one(json!({"state": {"waiting": {"reason": "ContainerCreating"}}})),
    )];
    let begins = workload::verdict(&object, &beginning.iter().collect::<Vec<_>>(), &[], now());
    assert_eq!(
        begins.health,
        Health::Changing,
        "pods that are being made are no failure"
    );
    assert_eq!(
        verdict.reason.as_deref(),
        Some("web: keeps ending, restarted once, last exit 127: the command was not found")
    );
}

#[test]
fn events_of_both_sorts_newest_first_and_the_same_ones_together() {
    let about = json!({"kind": "Pod", "name": "web"});
    let events = [
        json!({"involvedObject": about, "reason": "BackOff", "message": "again", "count": 3, "lastTimestamp": "2026-11-24T09:00:00Z", "type": "Warning"}),
        json!({"involvedObject": about, "reason": "Pulled", "message": "image", "count": 0, "eventTime": "2026-11-24T09:20:00.123456Z"}),
        json!({"involvedObject": about, "reason": "BackOff", "message": "again", "series": {"count": 4, "lastObservedTime": "2026-11-24T09:10:00Z"}, "type": "Warning"}),
    ];
    let lines: Vec<String> = merged(&events)
        .iter()
        .map(|line| format!("{} {}", line.reason, line.count))
        .collect();
    assert_eq!(lines, ["Pulled 1", "BackOff 7"]);
}
