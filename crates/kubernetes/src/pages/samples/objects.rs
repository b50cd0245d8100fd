//! Objects of the samples: a workload that is well with what surrounds it, and several that are not.

use serde_json::{Value, json};

use crate::engine::kinds::{
    AUTOSCALERS, CONFIG_MAPS, CRON_JOBS, DEPLOYMENTS, EVENTS, INGRESSES, JOBS, PODS, REPLICA_SETS, SERVICES,
    STATEFUL_SETS,
};
use crate::engine::{Kind, Object};

fn object(kind: &'static Kind, name: &str, owner: Option<&str>, rest: &Value) -> Object {
    let mut value = json!({"metadata": {
        "name": name, "namespace": "talentmesh", "uid": name, "creationTimestamp": "2026-11-24T08:00:00Z", "generation": 1,
        "labels": {"backstage.io/kubernetes-id": "talentmesh-web"},
    }});
    if let Some(owner) = owner {
        value["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Owner", "name": owner, "uid": owner, "controller": true}]);
    }
    for key in [
        "spec",
        "status",
        "data",
        "involvedObject",
        "type",
        "reason",
        "message",
        "count",
        "lastTimestamp",
    ] {
        if let Some(part) = rest.get(key) {
            value[key] = part.clone();
        }
    }
    Object::sample(kind, value)
}

fn template(image: &str) -> Value {
    json!({"spec": {"containers": [{"name": "web", "image": image}]}})
}

fn pod(name: &str, owner: &str, status: &Value) -> Object {
    let spec = json!({"containers": [{
        "name": "web", "image": "registry.example.com/web:2.3.1",
        "resources": {"requests": {"cpu": "20m", "memory": "48Mi"}, "limits": {"memory": "96Mi"}},
    }]});
    object(&PODS, name, Some(owner), &json!({"spec": spec, "status": status}))
}

fn running() -> Value {
    json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{
        "name": "web", "ready": true, "started": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-11-24T08:00:00Z"}},
    }]})
}

pub(super) fn well() -> Vec<Object> {
    let deployment = json!({
        "spec": {"replicas": 2, "template": template("registry.example.com/web:2.3.1")},
        "status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2},
    });
    let event = json!({
        "involvedObject": {"kind": "Deployment", "name": "web", "uid": "web"}, "type": "Normal", "reason": "ScalingReplicaSet",
        "message": "Scaled up replica set web-1 from 1 to 2", "count": 1, "lastTimestamp": "2026-11-24T08:00:00Z",
    });
    vec![
        object(&DEPLOYMENTS, "web", None, &deployment),
        object(&REPLICA_SETS, "web-1", Some("web"), &json!({})),
        pod("web-1-a", "web-1", &running()),
        pod("web-1-b", "web-1", &running()),
        object(
            &SERVICES,
            "web",
            None,
            &json!({"spec": {"ports": [{"port": 80, "targetPort": "http"}]}}),
        ),
        object(
            &INGRESSES,
            "web",
            None,
            &json!({"spec": {
                "tls": [{"hosts": ["web.example.com"]}], "rules": [{"host": "web.example.com"}, {"host": "*.example.com"}],
            }}),
        ),
        object(
            &AUTOSCALERS,
            "web",
            None,
            &json!({
                "spec": {"minReplicas": 2, "maxReplicas": 5}, "status": {"currentReplicas": 2},
            }),
        ),
        object(
            &CONFIG_MAPS,
            "web",
            None,
            &json!({"data": {"settings.json": "{}"}}),
        ),
        object(&EVENTS, "web.1", None, &event),
    ]
}

pub(super) fn ill() -> Vec<Object> {
    let crashing = json!({"phase": "Running", "containerStatuses": [{
        "name": "web", "ready": false, "restartCount": 14, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-24T09:15:00Z"}},
    }]});
    let pending = json!({"phase": "Pending", "conditions": [{
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient cpu.",
    }]});
    let stuck = json!({
        "spec": {"replicas": 1, "template": template("registry.example.com/worker:0.9.0")},
        "status": {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "conditions": [{
            "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "ReplicaSet \"worker-1\" has timed out progressing.",
        }]},
    });
    let model = json!({"spec": {"replicas": 1, "template": template("registry.example.com/model:1")}, "status": {"observedGeneration": 1}});
    let nightly = json!({"spec": {"schedule": "0 3 * * *", "timeZone": "Etc/UTC"}});
    let failed = json!({"status": {"failed": 6, "conditions": [{
        "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit",
    }]}});
    let event = json!({
        "involvedObject": {"kind": "Pod", "name": "worker-1-a", "uid": "worker-1-a"}, "type": "Warning", "reason": "BackOff",
        "message": "Back-off restarting failed container web", "count": 61, "lastTimestamp": "2026-11-24T09:20:00Z",
    });
    vec![
        object(&DEPLOYMENTS, "worker", None, &stuck),
        object(&REPLICA_SETS, "worker-1", Some("worker"), &json!({})),
        pod("worker-1-a", "worker-1", &crashing),
        object(&STATEFUL_SETS, "model", None, &model),
        pod("model-0", "model", &pending),
        object(&CRON_JOBS, "nightly", None, &nightly),
        object(&JOBS, "nightly-1", Some("nightly"), &failed),
        object(&EVENTS, "worker.1", None, &event),
    ]
}
