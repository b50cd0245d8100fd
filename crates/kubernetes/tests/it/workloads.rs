//! Workloads by their numbers: roll-outs of sets, jobs, clocks, and workloads that were just made.

use kubernetes::engine::kinds::{
    CRON_JOBS, DAEMON_SETS, DEPLOYMENTS, JOBS, PODS, REPLICA_SETS, STATEFUL_SETS,
};
use kubernetes::engine::{Kind, Object};
use kubernetes::health::rollout::{self, Rollout};
use kubernetes::health::{job, workload};
use serde_json::{Value, json};

fn now() -> jiff::Timestamp {
    "2026-11-24T09:30:00Z".parse().unwrap()
}

fn at(time: &str) -> String {
    format!("2026-11-24T{time}:00Z")
}

fn object(kind: &'static Kind, created: &str, spec: Value, mut status: Value) -> Object {
    if status.is_object() && status.get("observedGeneration").is_none() {
        status["observedGeneration"] = 1.into();
    }
    let metadata = json!({"name": "x", "generation": 1, "creationTimestamp": at(created)});
    Object::sample(
        kind,
        json!({"metadata": metadata, "spec": spec, "status": status}),
    )
}

fn told(object: &Object, jobs: &[&Object]) -> String {
    let verdict = workload::verdict(object, &[], jobs, now());
    let reason = verdict
        .reason
        .map_or_else(String::new, |reason| format!(": {reason}"));
    format!("{:?} {}{reason}", verdict.health, verdict.words)
}

#[test]
fn stateful_sets_by_their_strategy() {
    let set = |strategy: Value, status: Value| {
        let spec = json!({"replicas": 3, "updateStrategy": strategy});
        let value = json!({"metadata": {"generation": 1}, "spec": spec, "status": status});
        rollout::stateful_set(&value)
    };
    let status = |ready: u64, updated: u64, newest: &str| json!({"observedGeneration": 1, "readyReplicas": ready, "updatedReplicas": updated, "currentRevision": "a", "updateRevision": newest});
    let rolling = json!({"type": "RollingUpdate"});
    let partition = |from: u64| json!({"type": "RollingUpdate", "rollingUpdate": {"partition": from}});
    let under = |text: &str| Rollout::Under(text.to_owned());
    for (name, strategy, status, expected) in [
        ("done", rolling.clone(), status(3, 3, "a"), Rollout::Done),
        (
            "under way",
            rolling.clone(),
            status(3, 1, "b"),
            under("1 pods at the new revision"),
        ),
        (
            "one is made anew",
            rolling.clone(),
            status(2, 1, "b"),
            under("2 of 3 pods are ready"),
        ),
        (
            "one was lost",
            rolling,
            status(2, 3, "a"),
            Rollout::Short("2 of 3 pods are ready".to_owned()),
        ),
        ("a part is meant", partition(2), status(3, 1, "b"), Rollout::Done),
        (
            "a part is under way",
            partition(1),
            status(3, 1, "b"),
            under("1 out of 2 new pods have been updated"),
        ),
        (
            "somebody else deletes",
            json!({"type": "OnDelete"}),
            status(3, 0, "b"),
            Rollout::Done,
        ),
    ] {
        assert_eq!(set(strategy, status), expected, "{name}");
    }
}

#[test]
fn sets_by_their_numbers() {
    let daemon = |wanted: u64, updated: u64, available: u64| {
        let status = json!({"desiredNumberScheduled": wanted, "updatedNumberScheduled": updated, "numberReady": available, "numberAvailable": available});
        told(&object(&DAEMON_SETS, "08:00", json!({}), status), &[])
    };
    assert_eq!(daemon(0, 0, 0), "Idle No node for it");
    assert_eq!(daemon(3, 3, 3), "Well 3/3 ready");
    assert_eq!(
        daemon(3, 1, 3),
        "Changing 3/3 ready: 1 out of 3 new pods have been updated"
    );
    assert_eq!(daemon(3, 3, 2), "Degraded 2/3 ready");
    let bare = |replicas: u64, ready: u64, conditions: Value| {
        let status = json!({"readyReplicas": ready, "conditions": conditions});
        told(
            &object(&REPLICA_SETS, "08:00", json!({"replicas": replicas}), status),
            &[],
        )
    };
    let quota = json!([{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: pods"}]);
    assert_eq!(bare(2, 2, json!([])), "Well 2/2 ready");
    assert_eq!(bare(0, 0, json!([])), "Idle Scaled to zero");
    assert_eq!(
        bare(2, 1, quota),
        "Degraded 1/2 ready: pods cannot be made: exceeded quota: pods"
    );
    // Its pods come in a moment.
    let set = |created: &str| {
        told(
            &object(&STATEFUL_SETS, created, json!({"replicas": 2}), json!({})),
            &[],
        )
    };
    assert_eq!(set("09:29"), "Changing 0/2 ready");
    assert_eq!(set("08:00"), "Down 0/2 ready");
}

#[test]
fn jobs_are_what_their_conditions_say() {
    let condition = |kind: &str, reason: &str, message: &str| json!([{"type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": at("09:05")}]);
    let of = |spec: Value, status: Value| object(&JOBS, "09:00", spec, status);
    let late = "Down Failed: it ran longer than its activeDeadlineSeconds allow: Job was active longer than specified deadline";
    for (spec, status, expected) in [
        (
            json!({"completions": 3}),
            json!({"active": 1, "succeeded": 1}),
            "Well Running 1/3",
        ),
        (
            json!({}),
            json!({"active": 1, "failed": 1}),
            "Well Running 0/1: one try failed; it is tried again",
        ),
        (
            json!({"completions": 3}),
            json!({"succeeded": 3, "failed": 4, "conditions": condition("Complete", "", "")}),
            "Idle Succeeded 3/3",
        ),
        (
            json!({}),
            json!({"conditions": condition("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")}),
            late,
        ),
        (
            json!({"suspend": true}),
            json!({"conditions": condition("Suspended", "JobSuspended", "")}),
            "Idle Suspended",
        ),
        (json!({}), json!({}), "Changing Pending"),
        (
            json!({"parallelism": 3}),
            json!({"active": 3}),
            "Well Running 0/1 of 3",
        ),
    ] {
        assert_eq!(told(&of(spec, status), &[]), expected);
    }
    let took = |status: Value| job::duration(&of(json!({}), status).value, now()).map(|took| took.as_secs());
    assert_eq!(
        took(json!({"startTime": at("09:00"), "completionTime": at("09:02")})),
        Some(120)
    );
    assert_eq!(
        took(json!({"startTime": at("09:00"), "conditions": condition("Failed", "", "")})),
        Some(300)
    );
    assert_eq!(took(json!({"startTime": at("09:00")})), Some(1_800));
    assert_eq!(took(json!({})), None);
}

#[test]
fn a_job_that_failed_says_how_its_last_pod_ended() {
    let failed =
        json!({"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]});
    let pod = json!({"metadata": {"name": "x-1"}, "spec": {"containers": [{"name": "dump"}]}, "status": {"phase": "Failed",
        "containerStatuses": [{"name": "dump", "state": {"terminated": {"exitCode": 127, "reason": "Error"}}}]}});
    let (job, pod) = (
        object(&JOBS, "09:00", json!({}), failed),
        Object::sample(&PODS, pod),
    );
    let verdict = workload::verdict(&job, &[&pod], &[], now());
    assert_eq!(
        verdict.reason.as_deref(),
        Some(
            "its pods failed more often than its backoffLimit allows; last dump: exit 127: the command was not found"
        )
    );
}

#[test]
fn clocks_by_their_last_run() {
    let clock =
        |schedule: &str, status: Value| object(&CRON_JOBS, "00:00", json!({"schedule": schedule}), status);
    let ran = |created: &str, condition: &str| {
        let status = json!({"completionTime": at(created), "conditions": [{"type": condition, "status": "True", "reason": "BackoffLimitExceeded"}]});
        object(&JOBS, created, json!({}), status)
    };
    let (good, bad) = (ran("09:00", "Complete"), ran("08:00", "Failed"));
    let hourly = || {
        clock(
            "0 * * * *",
            json!({"lastScheduleTime": at("09:00"), "lastSuccessfulTime": at("09:00")}),
        )
    };
    assert_eq!(
        told(&hourly(), &[&bad, &good]),
        "Well Last run succeeded 30 min ago"
    );
    assert_eq!(
        told(&hourly(), &[&bad]),
        "Degraded Last run failed: its pods failed more often than its backoffLimit allows"
    );
    let running = object(&JOBS, "09:20", json!({}), json!({"active": 1}));
    assert_eq!(told(&hourly(), &[&bad, &running]), "Well Runs now");
    let silent = clock("*/10 * * * *", json!({"lastScheduleTime": at("08:00")}));
    assert_eq!(
        told(&silent, &[]),
        "Degraded Not begun: it began last 1 h ago, and was to run at least twice since"
    );
    let fruitless = clock(
        "*/10 * * * *",
        json!({"lastScheduleTime": at("09:20"), "lastSuccessfulTime": at("07:00")}),
    );
    assert_eq!(
        told(&fruitless, &[]),
        "Degraded No success: its last success was 2 h ago, and it was to run at least twice since"
    );
    // A clock that runs once a year is not late after a day.
    let yearly = clock(
        "@yearly",
        json!({"lastScheduleTime": "2026-01-01T00:00:00Z", "lastSuccessfulTime": "2026-01-01T00:00:00Z"}),
    );
    assert!(told(&yearly, &[]).starts_with("Well Last run succeeded"));
    let unreadable = clock("whenever", json!({}));
    assert_eq!(told(&unreadable, &[]), "Well Waits, runs whenever");
}

#[test]
fn a_deployment_that_waits_for_its_first_pods_is_changing() {
    let of = |created: &str, progress: &str| {
        let conditions = json!([{"type": "Progressing", "status": "True", "reason": progress}]);
        let status =
            json!({"replicas": 2, "updatedReplicas": 2, "availableReplicas": 0, "conditions": conditions});
        told(
            &object(&DEPLOYMENTS, created, json!({"replicas": 2}), status),
            &[],
        )
    };
    assert_eq!(
        of("08:00", "ReplicaSetUpdated"),
        "Changing 0/2 ready: 0 of 2 updated replicas are available"
    );
    assert_eq!(of("08:00", "NewReplicaSetAvailable"), "Down 0/2 ready");
}
