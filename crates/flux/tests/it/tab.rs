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
