//! Objects as Flux writes them, each with what is shown of it. The list is that of the states that were seen in clusters.

use flux::engine::kinds::{HELM_RELEASES, HELM_REPOSITORIES, KUSTOMIZATIONS, OCI_REPOSITORIES};
use flux::engine::{Delivery, Display, Link, Revision, Sync, inventory, repository, rollouts, state};
use kubernetes::engine::{Kind, Object};
use serde_json::{Value, json};

use crate::world::{SHA, ready};

fn object(kind: &'static Kind, generation: i64, spec: Value, status: Value) -> Object {
    let value = json!({
        "metadata": {"name": "x", "namespace": "shop", "generation": generation}, "spec": spec, "status": status,
    });
    Object::sample(kind, value)
}

fn kustomization(spec: Value, status: Value) -> Object {
    object(&KUSTOMIZATIONS, 2, spec, status)
}

#[test]
fn kustomizations() {
    let good = ready("True", "ReconciliationSucceeded", "Applied revision");
    let reconciling =
        |reason: &str| json!({"type": "Reconciling", "status": "True", "reason": reason, "message": "m"});
    let long = format!(
        "health check failed after 30s: timeout waiting for:\n[{}]",
        "Deployment/shop/x status: 'InProgress'\n".repeat(40)
    );
    let stalled =
        json!({"type": "Stalled", "status": "True", "reason": "InvalidPath", "message": "path not found"});
    for (name, spec, status, display, message) in [
        (
            "ready",
            json!({}),
            json!({"observedGeneration": 2, "conditions": [good]}),
            Display::Ready,
            "Applied revision",
        ),
        (
            "reconciling",
            json!({}),
            json!({"observedGeneration": 1, "conditions": [ready("Unknown", "Progressing", "p"), reconciling("Progressing")]}),
            Display::Reconciling,
            "m",
        ),
        (
            "health check failed, with many lines",
            json!({}),
            json!({"conditions": [ready("False", "HealthCheckFailed", &long), reconciling("ProgressingWithRetry")]}),
            Display::Failed,
            long.trim(),
        ),
        (
            "waits",
            json!({}),
            json!({"conditions": [ready("False", "DependencyNotReady", "dependency 'shop/y' is not ready")]}),
            Display::Waiting,
            "dependency 'shop/y' is not ready",
        ),
        (
            "suspended",
            json!({"suspend": true}),
            json!({"conditions": [good]}),
            Display::Suspended,
            "",
        ),
        (
            "stalled",
            json!({}),
            json!({"conditions": [stalled, ready("False", "InvalidPath", "x")]}),
            Display::Stalled,
            "path not found",
        ),
        ("no status", json!({}), json!({}), Display::Unknown, ""),
        (
            "changed since",
            json!({}),
            json!({"observedGeneration": 1, "conditions": [good]}),
            Display::Reconciling,
            "Applied revision",
        ),
        (
            "never looked at",
            json!({}),
            json!({"observedGeneration": -1}),
            Display::Reconciling,
            "",
        ),
    ] {
        let told = state::of(&kustomization(spec, status));
        assert_eq!(told.display, display, "{name}");
        assert_eq!(told.message.unwrap_or_default(), message, "{name}");
    }
    let mut deleted = kustomization(json!({"suspend": true}), json!({})).value;
    deleted["metadata"]["deletionTimestamp"] = "2026-11-24T09:00:00Z".into();
    assert_eq!(
        state::of(&Object::sample(&KUSTOMIZATIONS, deleted)).display,
        Display::Terminating
    );
    let retrying =
        json!({"conditions": [ready("False", "BuildFailed", "x"), reconciling("ProgressingWithRetry")]});
    assert!(state::of(&kustomization(json!({}), retrying)).is_retrying);
}

#[test]
fn histories_may_be_absent() {
    assert_eq!(rollouts::of(&kustomization(json!({}), json!({}))), []);
    assert_eq!(
        rollouts::of(&object(&HELM_RELEASES, 1, json!({}), json!({"history": []}))),
        []
    );
}

#[test]
fn inventories_have_every_form_of_ids() {
    let ids = [
        "_apps__Namespace",
        "shop_system__x_rbac.authorization.k8s.io_Role",
        "shop_x__Service",
        "broken",
    ];
    let entries: Vec<Value> = ids.iter().map(|id| json!({"id": id, "v": "v1"})).collect();
    let one = kustomization(json!({}), json!({"inventory": {"entries": entries}}));
    let names: Vec<String> = inventory::entries(&one)
        .unwrap()
        .iter()
        .map(|entry| format!("{} {}/{}", entry.kind, entry.namespace, entry.name))
        .collect();
    assert_eq!(names, ["Namespace /apps", "Role shop/system:x", "Service shop/x"]);
    assert!(inventory::entries(&kustomization(json!({}), json!({}))).is_none());
}

fn delivery(applier: Object, source: Option<Object>) -> Delivery {
    Delivery::of(("north", "North"), applier, Link::Applies, source, None)
}

#[test]
fn releases_in_every_form() {
    let release = |spec: Value, status: Value| object(&HELM_RELEASES, 1, spec, status);
    let entry = |version: &str| json!({"version": 1, "chartName": "x", "chartVersion": version, "status": "deployed", "lastDeployed": "2026-11-24T09:00:00Z"});
    let of_chart =
        json!({"chart": {"spec": {"chart": "x", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}}});
    let charts = object(
        &HELM_REPOSITORIES,
        1,
        json!({}),
        json!({"artifact": {"revision": "sha256:0123456789"}}),
    );
    let one = delivery(
        release(of_chart, json!({"history": [entry("6.0.3")]})),
        Some(charts),
    );
    assert_eq!(one.revisions.applied.as_ref().unwrap().text, "6.0.3");
    assert_eq!(one.source_name.as_ref().unwrap().2, "charts");
    // A list of charts is no version of one.
    assert_eq!(one.sync(), Sync::Unknown);

    let digest = "sha256:3b6cdcc7adcc9a84d3214ee1c029543789d90b5ae69debe9efa3f66e982875de";
    let by_reference = json!({"chartRef": {"kind": "OCIRepository", "name": "x"}});
    let oci = |tag: &str, digest: &str| {
        let metadata = json!({"org.opencontainers.image.revision": format!("main@sha1:{SHA}"), "org.opencontainers.image.source": "https://git.example.com/x"});
        object(
            &OCI_REPOSITORIES,
            1,
            json!({"url": "oci://r/x"}),
            json!({"artifact": {"revision": format!("{tag}@{digest}"), "metadata": metadata}}),
        )
    };
    let mut deployed = entry("1.4.0+3b6cdcc7adcc");
    deployed["ociDigest"] = digest.into();
    let status = json!({"history": [deployed]});
    let same = delivery(
        release(by_reference.clone(), status.clone()),
        Some(oci("1.4.0", digest)),
    );
    assert_eq!(same.sync(), Sync::Newest);
    assert_eq!(same.revisions.running().unwrap().commit.as_deref(), Some(SHA));
    assert_eq!(same.repository(), Some("https://git.example.com/x"));
    let newer = delivery(release(by_reference, status), Some(oci("1.5.0", "sha256:99")));
    assert_eq!(newer.sync(), Sync::Behind);
    assert_eq!(newer.revisions.running().unwrap().text, "1.4.0+3b6cdcc7adcc");

    let empty = delivery(release(json!({}), json!({"history": []})), None);
    assert_eq!((empty.sync(), empty.revisions.applied), (Sync::Unknown, None));
    let remediated = json!({"conditions": [
        {"type": "Remediated", "status": "True", "reason": "RollbackSucceeded"}, ready("False", "UpgradeFailed", "timed out"),
    ]});
    assert_eq!(
        state::of(&release(json!({}), remediated)).display,
        Display::Failed
    );
    let drifted = json!({"conditions": [{"type": "Drifted", "status": "True", "reason": "DriftDetected"}, ready("True", "UpgradeSucceeded", "x")]});
    assert_eq!(state::of(&release(json!({}), drifted)).display, Display::Ready);
}

#[test]
fn sources_in_every_form() {
    let registry = object(
        &HELM_REPOSITORIES,
        1,
        json!({"type": "oci", "url": "oci://r/charts"}),
        json!({}),
    );
    assert_eq!(state::of(&registry).display, Display::Static);
    assert_eq!(repository(&registry), None);
    let old = Revision::read(Some(&format!("main/{SHA}"))).unwrap();
    let new = Revision::read(Some(&format!("main@sha1:{SHA}"))).unwrap();
    assert!(old.is_same(&new));
}
