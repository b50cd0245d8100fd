//! Objects of the samples: a workload that is well with what surrounds it, and several that are not.

use serde_json::{Value, json};

use crate::engine::kinds::{
    AUTOSCALERS, CONFIG_MAPS, CRON_JOBS, DEPLOYMENTS, EVENTS, INGRESSES, JOBS, PODS, REPLICA_SETS,
    RESOURCE_QUOTAS, SERVICES, STATEFUL_SETS,
};
use crate::engine::kinds::{DISRUPTION_BUDGETS, HTTP_ROUTES, VOLUME_CLAIMS};
use crate::engine::surroundings::{ENDPOINT_SLICES, GATEWAYS};
use crate::engine::{Kind, Object};

/// A kind that the portal does not know.
static CERTIFICATES: Kind = Kind::new("cert-manager.io", "certificates", "Certificate");

/// Workloads have ids that their pods and events can name; what surrounds them may have the same name.
fn uid(kind: &Kind, name: &str) -> String {
    match kind.plural {
        "deployments" | "statefulsets" | "replicasets" | "pods" | "cronjobs" | "jobs" => name.to_owned(),
        plural => format!("{plural}-{name}"),
    }
}

fn owner_uid(kind: &Kind, owner: &str) -> String {
    if *kind == ENDPOINT_SLICES {
        uid(&SERVICES, owner)
    } else {
        owner.to_owned()
    }
}

fn object(kind: &'static Kind, name: &str, owner: Option<&str>, rest: &Value) -> Object {
    let mut value = json!({"metadata": {
        "name": name, "namespace": "talentmesh", "uid": uid(kind, name), "creationTimestamp": "2026-11-24T08:00:00Z", "generation": 1,
        "labels": {"backstage.io/kubernetes-id": "talentmesh-web"},
    }});
    if let Some(owner) = owner {
        value["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Owner", "name": owner, "uid": owner_uid(kind, owner), "controller": true}]);
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
        "endpoints",
    ] {
        if let Some(part) = rest.get(key) {
            value[key] = part.clone();
        }
    }
    Object::sample(kind, value)
}

fn template(image: &str) -> Value {
    let env = json!([{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "LOG_LEVEL", "value": "info"}]);
    json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "web", "image": image, "env": env}]},
    })
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
    let mut all = vec![
        object(&DEPLOYMENTS, "web", None, &deployment),
        object(&REPLICA_SETS, "web-1", Some("web"), &json!({})),
        pod("web-1-a", "web-1", &running()),
        pod("web-1-b", "web-1", &running()),
        object(
            &SERVICES,
            "web",
            None,
            &json!({"spec": {"ports": [{"port": 80, "targetPort": "http"}], "selector": {"app": "web"}}}),
        ),
        object(
            &ENDPOINT_SLICES,
            "web-x",
            Some("web"),
            &json!({"endpoints": [{"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.2"], "conditions": {"ready": true}}]}),
        ),
        object(
            &INGRESSES,
            "web",
            None,
            &json!({"spec": {
                "tls": [{"hosts": ["web.example.com"]}], "rules": [{"host": "web.example.com"}, {"host": "*.example.com"}],
            }}),
        ),
        autoscaler(),
        object(
            &CONFIG_MAPS,
            "web",
            None,
            &json!({"data": {"settings.json": "{}"}}),
        ),
        object(&EVENTS, "web.1", None, &event),
    ];
    all.extend(cache());
    all
}

fn autoscaler() -> Object {
    let metric = json!({"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}});
    let current = json!({"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 62, "averageValue": "12m"}}});
    object(
        &AUTOSCALERS,
        "web-size",
        None,
        &json!({
            "spec": {"minReplicas": 2, "maxReplicas": 5, "scaleTargetRef": {"kind": "Deployment", "name": "web"}, "metrics": [metric]},
            "status": {"currentReplicas": 2, "desiredReplicas": 2, "currentMetrics": [current], "conditions": [
                {"type": "ScalingActive", "status": "True"}, {"type": "ScalingLimited", "status": "True", "reason": "TooFewReplicas"},
            ]},
        }),
    )
}

/// A stateful set with a sidecar and storage, and what bounds its namespace.
fn cache() -> Vec<Object> {
    let limited = json!({"requests": {"cpu": "500m", "memory": "512Mi"}, "limits": {"memory": "1Gi"}});
    let pod = json!({
        "spec": {
            "initContainers": [{"name": "restore", "image": "registry.example.com/restore:1"}, {"name": "mesh", "image": "registry.example.com/mesh:1", "restartPolicy": "Always"}],
            "containers": [{"name": "web", "image": "registry.example.com/cache:7", "resources": limited}],
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-cache-0"}}],
        },
        "status": {
            "phase": "Running", "conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}],
            "initContainerStatuses": [
                {"name": "restore", "restartCount": 0, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
                {"name": "mesh", "restartCount": 0, "ready": true, "started": true, "state": {"running": {}}},
            ],
            "containerStatuses": [{"name": "web", "ready": true, "restartCount": 1, "state": {"running": {}}, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-23T09:15:00Z"}}}],
        },
    });
    let set = json!({"spec": {"replicas": 1, "template": template("registry.example.com/cache:7")}, "status": {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1}});
    let quota = json!({"status": {"hard": {"requests.cpu": "4", "pods": "20"}, "used": {"requests.cpu": "3500m", "pods": "6"}}});
    let claim = json!({"spec": {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"]}, "status": {"phase": "Bound", "capacity": {"storage": "8Gi"}}});
    let budget = json!({"status": {"currentHealthy": 1, "desiredHealthy": 1, "disruptionsAllowed": 0, "expectedPods": 1}});
    let route = json!({
        "spec": {"parentRefs": [{"name": "public"}], "hostnames": ["cache.example.com"], "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/v1"}}], "backendRefs": [{"name": "cach"}]}]},
        "status": {"parents": [{"parentRef": {"name": "public"}, "conditions": [
            {"type": "Accepted", "status": "True"}, {"type": "ResolvedRefs", "status": "False", "reason": "BackendNotFound", "message": "service talentmesh/cach"},
        ]}]},
    });
    let gateway =
        json!({"spec": {"listeners": [{"name": "https", "protocol": "HTTPS", "hostname": "*.example.com"}]}});
    vec![
        object(&STATEFUL_SETS, "cache", None, &set),
        object(&PODS, "cache-0", Some("cache"), &pod),
        object(&VOLUME_CLAIMS, "data-cache-0", None, &claim),
        object(&DISRUPTION_BUDGETS, "cache", None, &budget),
        object(&HTTP_ROUTES, "cache", None, &route),
        object(&GATEWAYS, "public", None, &gateway),
        object(&RESOURCE_QUOTAS, "compute", None, &quota),
        object(
            &CERTIFICATES,
            "web-tls",
            None,
            &json!({"status": {"conditions": [{"type": "Ready", "status": "False", "message": "the issuer does not answer"}]}}),
        ),
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
