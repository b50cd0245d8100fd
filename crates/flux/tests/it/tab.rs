//! The tab: from the entity's workloads upwards, and by the label on objects of Flux.

use serde_json::json;

use crate::world::{SHA, World, cluster, object, ready};

#[tokio::test]
async fn a_workload_leads_to_what_applies_it_and_what_applies_that() {
    let server = cluster().await;
    let world = World::of(&server, json!({})).await;
    let page = world.tab_with("", "Kustomizations and releases").await;
    for words in [
        "What runs in North",
        &SHA[..8],
        "newest commit",
        "flux-system in North, applies its workloads",
        "flux-system in North, applies what applies them",
        "GitRepository <strong>fleet</strong>",
        "1 missing",
    ] {
        assert!(page.contains(words), "{words:?} is missing in {page}");
    }
    // One that applies itself is no circle without an end, and is told once.
    assert_eq!(
        page.matches("Kustomization <strong>cluster</strong>").count(),
        1,
        "{page}"
    );
}

#[tokio::test]
async fn labelled_objects_join_those_that_are_found_from_workloads() {
    let server = cluster().await;
    let label = json!({"backstage.io/kubernetes-id": "web"});
    server.put(
        "helmreleases",
        object("shop", "cache", label.clone(), json!({"spec": {}})),
    );
    let mut apps = object("flux-system", "apps", label.clone(), json!({"spec": {}}));
    apps["metadata"]["labels"]["kustomize.toolkit.fluxcd.io/name"] = "cluster".into();
    server.put("kustomizations", apps);
    server.put(
        "gitrepositories",
        object(
            "shop",
            "beside",
            label,
            json!({"spec": {"url": "https://git.example.com/x"}}),
        ),
    );
    let world = World::of(&server, json!({})).await;
    let page = world.tab_with("", "HelmRelease <strong>cache</strong>").await;
    assert!(page.contains("shop in North, carries its label"), "{page}");
    assert!(page.contains("GitRepository <strong>beside</strong>"), "{page}");
    assert_eq!(
        page.matches("Kustomization <strong>apps</strong>").count(),
        1,
        "{page}"
    );
}

#[tokio::test]
async fn a_message_is_shown_verbatim_and_what_blocks_is_named() {
    let server = cluster().await;
    let world = World::of(&server, json!({})).await;
    world.tab_with("", "What runs in North").await;
    let managed = json!({"kustomize.toolkit.fluxcd.io/name": "cluster", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"});
    let waiting = json!({
        "spec": {"dependsOn": [{"name": "crds"}], "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
        "status": {"conditions": [ready("False", "DependencyNotReady", "dependency 'flux-system/crds' is not ready")]},
    });
    server.put("kustomizations", object("flux-system", "apps", managed, waiting));
    let message = "kustomize build failed: <no such file>\nmore";
    let failed = json!({"status": {"conditions": [ready("False", "BuildFailed", message)]}});
    server.put("kustomizations", object("flux-system", "crds", json!({}), failed));
    let page = world.tab_with("", "Blocked by Kustomization").await;
    assert!(
        page.contains("kustomize build failed: &lt;no such file&gt;\nmore"),
        "{page}"
    );
    assert!(page.contains("crds: Failed, others wait because of it"), "{page}");
}

#[tokio::test]
async fn changes_of_the_descriptor_stand_beside_deployments() {
    let server = cluster().await;
    let history = json!([{
        "digest": "sha256:1", "firstReconciled": "2026-11-24T09:00:00Z", "lastReconciled": "2026-11-24T09:10:00Z",
        "lastReconciledStatus": "ReconciliationSucceeded", "metadata": {"revision": format!("main@sha1:{SHA}")},
    }]);
    let labels = json!({"backstage.io/kubernetes-id": "web"});
    server.put(
        "kustomizations",
        object(
            "flux-system",
            "apps",
            labels,
            json!({"status": {"history": history}}),
        ),
    );
    let world = World::of(&server, json!({})).await;
    let page = world
        .tab_with("", "Deploy log and changes of the descriptor")
        .await;
    assert!(page.contains("Descriptor created"), "{page}");
    assert!(page.contains("ReconciliationSucceeded in North"), "{page}");
}

#[tokio::test]
async fn failures_are_in_the_log_without_a_webhook() {
    let server = cluster().await;
    let labels = json!({"backstage.io/kubernetes-id": "web"});
    let entry = |status: &str, sha: &str| {
        json!({
            "digest": sha, "firstReconciled": "2026-11-24T08:00:00Z", "lastReconciled": "2026-11-24T08:10:00Z",
            "lastReconciledStatus": status, "metadata": {"revision": format!("main@sha1:{sha}")},
        })
    };
    let earlier = "9f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c";
    let history = json!([entry("HealthCheckFailed", earlier)]);
    let status = json!({
        "history": history, "lastAttemptedRevision": format!("main@sha1:{SHA}"),
        "conditions": [ready("False", "BuildFailed", "no such path: apps")],
    });
    let spec = json!({"sourceRef": {"kind": "GitRepository", "name": "fleet"}});
    server.put(
        "kustomizations",
        object(
            "flux-system",
            "apps",
            labels,
            json!({"spec": spec, "status": status}),
        ),
    );
    let event = |name: &str, about: &str, reason: &str, message: &str, sha: &str| {
        json!({
            "metadata": {"name": name, "namespace": "flux-system", "uid": name, "annotations": {"kustomize.toolkit.fluxcd.io/revision": format!("main@sha1:{sha}")}},
            "involvedObject": {"kind": "Kustomization", "name": "apps", "uid": about}, "type": "Warning",
            "reason": reason, "message": message, "count": 4, "firstTimestamp": "2026-11-24T09:05:00Z", "lastTimestamp": "2026-11-24T09:25:00Z",
        })
    };
    let apps = "flux-system-apps";
    server.put(
        "events",
        event("e1", apps, "BuildFailed", "no such path: apps", SHA),
    );
    server.put(
        "events",
        event(
            "e2",
            apps,
            "HealthCheckFailed",
            "timeout waiting for web",
            earlier,
        ),
    );
    let mut fetch = event(
        "e3",
        "flux-system-fleet",
        "GitOperationFailed",
        "authentication required",
        SHA,
    );
    fetch["count"] = 7.into();
    server.put("events", fetch);
    let world = World::of(&server, json!({})).await;
    world.tab_with("", "authentication required").await;
    let page = world.tab_with("", "timeout waiting for web").await;
    let begin = page.find("Deploy log").unwrap();
    let log = &page[begin..begin + page[begin..].find("</section>").unwrap()];
    let once = |words: &str| assert_eq!(log.matches(words).count(), 1, "{words:?} in {log}");
    once("no such path: apps");
    once("4 times, last");
    once("and it is so now");
    once("GitRepository flux-system/fleet in North");
    // What the log of the Kustomization has is told once, with the message of the event.
    once("timeout waiting for web");
    once("HealthCheckFailed");
}
