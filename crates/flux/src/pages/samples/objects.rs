//! Objects of samples.

use kubernetes::engine::{Kind, Object};
use kubernetes::health::{Health, Verdict};
use serde_json::{Value, json};

use crate::engine::failures::Failed;
use crate::engine::inventory::{Entry, Inventory, Managed, Presence};
use crate::engine::kinds::{
    GIT_REPOSITORIES, HELM_CHARTS, HELM_RELEASES, HELM_REPOSITORIES, IMAGE_AUTOMATIONS, IMAGE_POLICIES,
    IMAGE_REPOSITORIES, KUSTOMIZATIONS, OCI_REPOSITORIES,
};
use crate::engine::{Delivery, Link, Placed, Pushed, Revision};
use crate::pages::scene::Applied;

/// The commit before the newest.
pub(super) const OLD: &str = "9f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c";
/// The newest commit.
pub(super) const NEW: &str = "464990e9200baca057cce2d0d46b75b58d7ee8da";
/// Where the commits are.
pub(super) const REPOSITORY: &str = "https://git.example.com/talentmesh/api.git";
/// Digest of an artifact.
const DIGEST: &str = "sha256:3b6cdcc7adcc9a84d3214ee1c029543789d90b5ae69debe9efa3f66e982875de";

fn placed(object: Object) -> Placed {
    Placed {
        cluster: "north".to_owned(),
        title: "North".to_owned(),
        object,
    }
}

fn good(message: &str) -> Value {
    told("True", "Succeeded", message)
}

fn told(status: &str, reason: &str, message: &str) -> Value {
    json!({"type": "Ready", "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-11-24T09:05:00Z"})
}

fn source() -> Object {
    let revision = format!("main@sha1:{NEW}");
    Object::sample(
        &GIT_REPOSITORIES,
        json!({
            "metadata": {"name": "api", "namespace": "flux-system", "uid": "source"},
            "spec": {"url": REPOSITORY, "interval": "1m", "verify": {"mode": "HEAD"}},
            "status": {
                "artifact": {"revision": revision, "lastUpdateTime": "2026-11-24T09:00:00Z"},
                "conditions": [good("stored artifact"), {"type": "SourceVerified", "status": "True"}],
            },
        }),
    )
}

fn delivery(name: &str, link: Link, applied: Option<&str>, spec: &Value, condition: &Value) -> Delivery {
    let revision = |sha: &str| format!("main@sha1:{sha}");
    let mut value = json!({
        "metadata": {"name": name, "namespace": "flux-system", "uid": name},
        "spec": {
            "interval": "10m", "path": "./deploy/prod",
            "sourceRef": {"kind": "GitRepository", "name": "api"},
        },
        "status": {"conditions": [condition], "lastAppliedRevision": applied.map(revision), "history": applied.map(|_| [json!({
            "digest": "sha256:0", "firstReconciled": "2026-11-24T09:05:00Z", "lastReconciled": "2026-11-24T09:24:00Z",
            "lastReconciledDuration": "120ms", "totalReconciliations": 3,
            "lastReconciledStatus": "ReconciliationSucceeded", "metadata": {"revision": applied.map(revision)},
        })])},
    });
    for (part, more) in [("spec", spec), ("metadata", &spec["metadata"])] {
        if let (Some(all), Some(more)) = (value[part].as_object_mut(), more.as_object()) {
            all.extend(more.clone());
        }
    }
    let applier = Object::sample(&KUSTOMIZATIONS, value);
    Delivery::of(("north", "North"), applier, link, Some(source()), None)
}

pub(super) fn ready() -> Delivery {
    let condition = told(
        "True",
        "ReconciliationSucceeded",
        "Applied revision: main@sha1:464990e9",
    );
    delivery("api", Link::Applies, Some(NEW), &json!({}), &condition)
}

pub(super) fn failed() -> Delivery {
    let message = "Deployment/talentmesh/api dry-run failed (Invalid): Deployment.apps \"api\" is invalid:\nspec.template.spec.containers[0].image: Required value";
    delivery(
        "api",
        Link::Applies,
        Some(OLD),
        &json!({}),
        &told("False", "ReconciliationFailed", message),
    )
}

pub(super) fn waiting() -> Delivery {
    waiting_for("jobs", "api")
}

fn waiting_for(name: &str, other: &str) -> Delivery {
    let message = format!("dependency 'flux-system/{other}' is not ready");
    delivery(
        name,
        Link::Applies,
        None,
        &json!({"dependsOn": [{"name": other}]}),
        &told("False", "DependencyNotReady", &message),
    )
}

/// Two that wait for each other.
pub(super) fn circle() -> Vec<Delivery> {
    vec![waiting_for("apps", "infra"), waiting_for("infra", "apps")]
}

pub(super) fn suspended() -> Delivery {
    let condition = told("True", "ReconciliationSucceeded", "Applied revision");
    let annotations = json!({
        "fluxcd.controlplane.io/suspendedBy": "ada",
        "backstage.io/suspend-reason": "The database moves tonight",
        "backstage.io/suspended-at": "2026-11-24T08:30:00Z",
    });
    delivery(
        "old",
        Link::Labelled,
        Some(OLD),
        &json!({"suspend": true, "metadata": {"annotations": annotations}}),
        &condition,
    )
}

/// A release of a repository of charts, which was rolled back.
pub(super) fn release() -> Delivery {
    let entry = |number: i64, chart: &str, status: &str, at: &str| {
        json!({
            "version": number, "chartName": "valkey", "chartVersion": chart, "appVersion": "8.1", "status": status,
            "firstDeployed": "2026-11-20T09:00:00Z", "lastDeployed": at,
        })
    };
    let history = [
        entry(4, "2.0.1", "deployed", "2026-11-24T09:04:00Z"),
        entry(3, "2.1.0", "failed", "2026-11-24T09:00:00Z"),
    ];
    let value = json!({
        "metadata": {"name": "cache", "namespace": "talentmesh", "uid": "cache"},
        "spec": {"interval": "30m", "chart": {"spec": {
            "chart": "valkey", "version": "2.x", "sourceRef": {"kind": "HelmRepository", "name": "charts", "namespace": "flux-system"},
        }}},
        "status": {
            "history": history, "helmChart": "flux-system/talentmesh-cache", "lastAttemptedRevision": "2.1.0",
            "conditions": [
                told("False", "RollbackSucceeded", "Helm upgrade failed for release talentmesh/cache: context deadline exceeded"),
                {"type": "Remediated", "status": "True", "reason": "RollbackSucceeded", "message": "Helm rollback to previous release succeeded"},
            ],
        },
    });
    let chart = json!({
        "metadata": {"name": "talentmesh-cache", "namespace": "flux-system", "uid": "chart"},
        "spec": {"chart": "valkey", "version": "2.x", "sourceRef": {"kind": "HelmRepository", "name": "charts"}},
        "status": {"artifact": {"revision": "2.1.0", "lastUpdateTime": "2026-11-24T08:58:00Z"}, "conditions": [good("pulled chart")]},
    });
    let source = json!({
        "metadata": {"name": "charts", "namespace": "flux-system", "uid": "charts"},
        "spec": {"url": "oci://registry.example.com/charts", "type": "oci"},
    });
    Delivery::of(
        ("north", "North"),
        Object::sample(&HELM_RELEASES, value),
        Link::Applies,
        Some(Object::sample(&HELM_REPOSITORIES, source)),
        Some(Object::sample(&HELM_CHARTS, chart)),
    )
}

/// A release whose chart is an artifact of a registry.
pub(super) fn release_of_registry() -> Delivery {
    let value = json!({
        "metadata": {"name": "web", "namespace": "talentmesh", "uid": "web"},
        "spec": {"interval": "30m", "chartRef": {"kind": "OCIRepository", "name": "web"}},
        "status": {
            "history": [{
                "version": 1, "chartName": "web", "chartVersion": "1.4.0+3b6cdcc7adcc", "ociDigest": DIGEST, "status": "deployed",
                "firstDeployed": "2026-11-24T09:00:00Z", "lastDeployed": "2026-11-24T09:00:00Z",
            }],
            "conditions": [told("True", "InstallSucceeded", "Helm install succeeded")],
        },
    });
    Delivery::of(
        ("north", "North"),
        Object::sample(&HELM_RELEASES, value),
        Link::Applies,
        Some(registry()),
        None,
    )
}

fn registry() -> Object {
    Object::sample(
        &OCI_REPOSITORIES,
        json!({
            "metadata": {"name": "web", "namespace": "talentmesh", "uid": "oci"},
            "spec": {"url": "oci://registry.example.com/web", "provider": "aws", "interval": "5m"},
            "status": {
                "artifact": {
                    "revision": format!("1.4.0@{DIGEST}"), "lastUpdateTime": "2026-11-24T08:58:00Z",
                    "metadata": {
                        "org.opencontainers.image.revision": format!("main@sha1:{NEW}"),
                        "org.opencontainers.image.source": REPOSITORY,
                    },
                },
                "conditions": [good("stored artifact")],
            },
        }),
    )
}

/// Sources that the entity's label names.
pub(super) fn sources() -> Vec<Placed> {
    let value = json!({
        "metadata": {"name": "old", "namespace": "flux-system", "uid": "old-source"},
        "spec": {"url": "https://someone:geheim@git.example.com/talentmesh/old.git", "verify": {"mode": "HEAD"}},
        "status": {
            "artifact": {"revision": format!("main/{OLD}")},
            "conditions": [
                told("False", "AuthenticationFailed", "failed to checkout: authentication required"),
                {"type": "SourceVerified", "status": "False", "message": "signature by an unknown key"},
            ],
        },
    });
    vec![placed(Object::sample(&GIT_REPOSITORIES, value))]
}

/// The policy of its image, with what belongs to it.
pub(super) fn images() -> Vec<Placed> {
    let of = |kind: &'static Kind, spec: Value, status: Value| {
        let value = json!({
            "metadata": {"name": "api", "namespace": "flux-system", "uid": kind.plural}, "spec": spec, "status": status,
        });
        placed(Object::sample(kind, value))
    };
    let conditions = [good("it is well")];
    vec![
        of(
            &IMAGE_POLICIES,
            json!({"imageRepositoryRef": {"name": "api"}, "policy": {"semver": {"range": ">=1.0.0"}}}),
            json!({
                "latestRef": {"name": "registry.example.com/api", "tag": "1.4.0"},
                "observedPreviousRef": {"name": "registry.example.com/api", "tag": "1.3.9"},
                "conditions": conditions,
            }),
        ),
        of(
            &IMAGE_REPOSITORIES,
            json!({"image": "registry.example.com/api", "interval": "5m"}),
            json!({"lastScanResult": {"tagCount": 42, "scanTime": "2026-11-24T09:28:00Z"}, "conditions": conditions}),
        ),
        of(
            &IMAGE_AUTOMATIONS,
            json!({"sourceRef": {"kind": "GitRepository", "name": "api"}, "interval": "30m"}),
            json!({
                "lastAutomationRunTime": "2026-11-24T09:15:00Z", "lastPushCommit": NEW,
                "lastPushTime": "2026-11-24T08:00:00Z", "conditions": conditions,
            }),
        ),
    ]
}

/// What was applied: well, not well, missing, orphaned and not seen.
pub(super) fn applied() -> Applied {
    let managed = |id: &str, presence: Presence, is_orphan: bool| Managed {
        entry: Entry::read(id).expect("an id of an inventory"),
        presence,
        is_orphan,
    };
    let down = Verdict::of(Health::Down, "0/2 ready").because("CrashLoopBackOff: exit code 1");
    let well = || Verdict::of(Health::Well, "There");
    Applied {
        title: "North".to_owned(),
        namespace: "flux-system".to_owned(),
        name: "api".to_owned(),
        inventory: Inventory {
            managed: vec![
                managed("talentmesh_worker_apps_Deployment", Presence::There(down), false),
                managed("talentmesh_gone__ConfigMap", Presence::Missing, false),
                managed("talentmesh_left__ConfigMap", Presence::There(well()), true),
                managed(
                    "talentmesh_api_apps_Deployment",
                    Presence::There(Verdict::of(Health::Well, "2/2 ready")),
                    false,
                ),
                managed(
                    "_talentmesh__read_rbac.authorization.k8s.io_ClusterRole",
                    Presence::Unseen("the portal's account may not see it".into()),
                    false,
                ),
            ],
            ..Inventory::default()
        },
    }
}

/// What failed: the build of an applier, which it still does, and its source a while ago.
pub(super) fn failures() -> Vec<Failed> {
    let at = |time: &str| format!("2026-11-24T{time}:00Z").parse().expect("a valid time");
    let build = Failed {
        title: "North".to_owned(),
        kind: "Kustomization",
        namespace: "flux-system".to_owned(),
        name: "api".to_owned(),
        at: at("08:05"),
        last: Some(at("09:25")),
        times: 8,
        lasts: true,
        reason: "BuildFailed".to_owned(),
        message: "kustomize build failed: no such file\ndeploy/kustomization.yaml".to_owned(),
        revision: Revision::read(Some(&format!("main@sha1:{NEW}"))),
    };
    let fetch = Failed {
        kind: "GitRepository",
        at: at("06:00"),
        last: Some(at("06:00")),
        times: 1,
        lasts: false,
        reason: "GitOperationFailed".to_owned(),
        message: "failed to checkout and determine revision: authentication required".to_owned(),
        revision: None,
        ..build.clone()
    };
    vec![build, fetch]
}

/// What Flux told of a commit that could not be applied.
pub(super) fn pushed() -> Pushed {
    Pushed {
        at: "2026-11-24T08:10:00Z".parse().expect("a valid time"),
        cluster: String::new(),
        kind: "Kustomization".to_owned(),
        namespace: "flux-system".to_owned(),
        name: "api".to_owned(),
        is_error: true,
        reason: "BuildFailed".to_owned(),
        message: "kustomize build failed: no such file".to_owned(),
        revision: format!("main@sha1:{OLD}"),
    }
}
