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

#[test]
fn pods_in_kubectls_words_and_in_plain_ones() {
    let waiting = |reason: &str, message: &str| {
        one(json!({"state": {"waiting": {"reason": reason, "message": message}}}))
    };
    let pending = |condition: Value| json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}, "status": {"phase": "Pending", "conditions": [condition]}});
    let crashing = one(
        json!({"restartCount": 14, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended(137, "OOMKilled", "09:10")}),
    );
    let recent = one(
        json!({"ready": true, "restartCount": 2, "state": {"running": {}}, "lastState": ended(1, "Error", "09:25")}),
    );
    let long_ago = one(
        json!({"ready": true, "restartCount": 2, "state": {"running": {}}, "lastState": ended(1, "Error", "07:25")}),
    );
    let init = json!({
        "metadata": {"name": "web"},
        "spec": {"initContainers": [{"name": "migrate"}], "containers": [{"name": "web"}]},
        "status": {"phase": "Pending", "initContainerStatuses": [{"name": "migrate", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended(1, "Error", "09:20")}]},
    });
    let sidecar = json!({
        "metadata": {"name": "web"},
        "spec": {"initContainers": [{"name": "mesh", "restartPolicy": "Always"}], "containers": [{"name": "web"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Initialized", "status": "True"}],
            "initContainerStatuses": [{"name": "mesh", "started": true, "ready": true, "restartCount": 0, "state": {"running": {}}}],
            "containerStatuses": [{"name": "web", "ready": true, "restartCount": 0, "state": {"running": {}}}]},
    });
    for (pod, kubectl, health, reason) in [
        (running(), "Running 1/1", Health::Well, ""),
        (sidecar, "Running 2/2", Health::Well, ""),
        (long_ago, "Running 1/1", Health::Well, ""),
        (
            recent,
            "Running 1/1",
            Health::Degraded,
            "web: running again, restarted twice, last after exit 1",
        ),
        (
            crashing,
            "CrashLoopBackOff 0/1",
            Health::Down,
            "web: keeps ending, restarted 14 times, last exit 137: out of memory (limit 256 MiB)",
        ),
        (
            waiting("ContainerCreating", ""),
            "ContainerCreating 0/1",
            Health::Changing,
            "web: being created",
        ),
        (
            waiting("ImagePullBackOff", "not found"),
            "ImagePullBackOff 0/1",
            Health::Down,
            "web: image cannot be pulled, registry.example.com/web:1: not found",
        ),
        (
            waiting("CreateContainerConfigError", "secret \"x\" not found"),
            "CreateContainerConfigError 0/1",
            Health::Down,
            "web: configuration is missing, secret \"x\" not found",
        ),
        (
            init,
            "Init:CrashLoopBackOff 0/1",
            Health::Down,
            "migrate: keeps ending, restarted 3 times, last exit 1",
        ),
        (
            pending(
                json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available."}),
            ),
            "Pending 0/1",
            Health::Down,
            "it cannot be scheduled: 0/3 nodes are available.",
        ),
        (
            pending(
                json!({"type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "message": "gated"}),
            ),
            "SchedulingGated 0/1",
            Health::Changing,
            "gated",
        ),
        (
            with(
                running(),
                "/metadata/deletionTimestamp",
                json!("2026-11-24T09:29:00Z"),
            ),
            "Terminating 1/1",
            Health::Changing,
            "it is being removed",
        ),
        (
            with(
                with(running(), "/status/phase", json!("Succeeded")),
                "/status/containerStatuses",
                json!([{"name": "web", "state": ended(0, "Completed", "09:00")}]),
            ),
            "Completed 0/1",
            Health::Idle,
            "",
        ),
        (
            json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "web"}]}, "status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}}),
            "Evicted 0/1",
            Health::Down,
            "The node was low on resource: memory.",
        ),
        (
            with(running(), "/status/containerStatuses/0/ready", json!(false)),
            "Running 0/1",
            Health::Degraded,
            "web: running, not ready, its readiness probe does not succeed; the events say why",
        ),
    ] {
        let (status, verdict) = (pod::status(&pod), pod::verdict(&pod, now()));
        assert_eq!(
            format!("{} {}/{}", status.text, status.ready, status.total),
            kubectl,
            "{pod}"
        );
        assert_eq!(verdict.health, health, "{kubectl}: {verdict:?}");
        assert_eq!(verdict.reason.unwrap_or_default(), reason, "{kubectl}");
    }
}

fn told(kind: &'static Kind, spec: Value, status: Value) -> (Health, String) {
    let object = Object::sample(
        kind,
        json!({"metadata": {"name": "x", "generation": 1}, "spec": spec, "status": status}),
    );
    let verdict = workload::verdict(&object, &[], &[], now());
    let reason = verdict
        .reason
        .map_or_else(String::new, |reason| format!(": {reason}"));
    (verdict.health, format!("{}{reason}", verdict.words))
}

#[test]
fn workloads_and_how_far_their_changes_are() {
    let seen = |mut status: Value| {
        status["observedGeneration"] = 1.into();
        status
    };
    let counted = |updated: u64, all: u64, ready: u64| {
        seen(
            json!({"updatedReplicas": updated, "replicas": all, "readyReplicas": ready, "availableReplicas": ready}),
        )
    };
    let two = || json!({"replicas": 2});
    let condition = |kind: &str, status: &str, reason: &str, message: &str| json!([{"type": kind, "status": status, "reason": reason, "message": message}]);
    let quota = with(
        counted(1, 1, 1),
        "/conditions",
        condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota: pods"),
    );
    let stuck = with(
        counted(1, 1, 0),
        "/conditions",
        condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out"),
    );
    let lost = with(
        counted(2, 2, 1),
        "/conditions",
        condition("Progressing", "True", "NewReplicaSetAvailable", "done"),
    );
    for (kind, spec, status, health, words) in [
        (&DEPLOYMENTS, two(), counted(2, 2, 2), Health::Well, "2/2 ready"),
        (
            &DEPLOYMENTS,
            two(),
            counted(1, 2, 2),
            Health::Changing,
            "2/2 ready: 1 out of 2 new replicas have been updated",
        ),
        (
            &DEPLOYMENTS,
            two(),
            counted(2, 3, 2),
            Health::Changing,
            "2/2 ready: 1 old replicas are pending termination",
        ),
        (
            &DEPLOYMENTS,
            two(),
            json!({}),
            Health::Changing,
            "0/2 ready: the change is not taken up yet",
        ),
        (&DEPLOYMENTS, two(), lost, Health::Degraded, "1/2 ready"),
        (
            &DEPLOYMENTS,
            json!({"replicas": 0}),
            counted(0, 0, 0),
            Health::Idle,
            "Scaled to zero",
        ),
        (
            &DEPLOYMENTS,
            json!({"replicas": 2, "paused": true}),
            counted(1, 2, 2),
            Health::Well,
            "2/2 ready: its changes are paused",
        ),
        (
            &DEPLOYMENTS,
            two(),
            quota,
            Health::Degraded,
            "1/2 ready: exceeded quota: pods",
        ),
        (&DEPLOYMENTS, two(), stuck, Health::Down, "0/2 ready: timed out"),
        (
            &STATEFUL_SETS,
            two(),
            seen(
                json!({"readyReplicas": 2, "updatedReplicas": 2, "updateRevision": "a", "currentRevision": "a"}),
            ),
            Health::Well,
            "2/2 ready",
        ),
        (
            &STATEFUL_SETS,
            two(),
            seen(
                json!({"readyReplicas": 2, "updatedReplicas": 1, "updateRevision": "b", "currentRevision": "a"}),
            ),
            Health::Changing,
            "2/2 ready: 1 pods at the new revision",
        ),
        (
            &DAEMON_SETS,
            json!({}),
            seen(json!({"desiredNumberScheduled": 0})),
            Health::Idle,
            "No node for it",
        ),
        (
            &DAEMON_SETS,
            json!({}),
            seen(
                json!({"desiredNumberScheduled": 2, "numberReady": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}),
            ),
            Health::Well,
            "2/2 ready",
        ),
        (
            &JOBS,
            json!({"completions": 1}),
            json!({"failed": 2, "active": 1}),
            Health::Well,
            "Running 0/1",
        ),
        (
            &JOBS,
            json!({}),
            json!({"succeeded": 1, "failed": 2, "conditions": condition("Complete", "True", "", "")}),
            Health::Idle,
            "Succeeded 1/1",
        ),
        (
            &JOBS,
            json!({}),
            json!({"conditions": condition("Failed", "True", "BackoffLimitExceeded", "too often")}),
            Health::Down,
            "Failed: BackoffLimitExceeded: too often",
        ),
        (
            &CRON_JOBS,
            json!({"schedule": "0 3 * * *", "suspend": true}),
            json!({}),
            Health::Idle,
            "Suspended",
        ),
        (
            &CRON_JOBS,
            json!({"schedule": "0 3 * * *"}),
            json!({}),
            Health::Well,
            "Waits for 0 3 * * *",
        ),
    ] {
        assert_eq!(told(kind, spec, status), (health, words.to_owned()));
    }
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
