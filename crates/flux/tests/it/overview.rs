//! The page of all objects: with Flux, without it, and without the right to see it.

use serde_json::json;

use crate::api_server::ApiServer;
use crate::world::{World, cluster, object, ready};

#[tokio::test]
async fn all_objects_are_there_with_whose_they_are() {
    let server = cluster().await;
    let labels = json!({
        "app.kubernetes.io/part-of": "flux", "app.kubernetes.io/component": "source-controller",
        "app.kubernetes.io/version": "v2.9.4",
    });
    let containers = json!([{"image": "ghcr.io/fluxcd/source-controller:v1.9.3"}]);
    let spec = json!({"spec": {"replicas": 1, "template": {"spec": {"containers": containers}}}});
    server.put(
        "deployments",
        object("flux-system", "source-controller", labels, spec),
    );
    let failed = json!({"status": {"conditions": [ready("False", "BuildFailed", "no such path")]}});
    server.put("kustomizations", object("other", "broken", json!({}), failed));
    let world = World::of(&server, json!({})).await;
    let page = world.page_with("/flux", "source-controller").await;
    for words in [
        "v2.9.4",
        "v1.9.3",
        "Kustomization <strong>apps</strong>",
        "no such path",
        "href=\"/catalog/default/component/web/deployments\"",
    ] {
        assert!(page.contains(words), "{words:?} is missing in {page}");
    }
    let (_, _, narrow) = world.send("GET", "/flux?state=look", "").await;
    assert!(narrow.contains("<strong>broken</strong>"), "{narrow}");
    assert!(!narrow.contains("<strong>apps</strong>"), "{narrow}");
    let (_, _, nothing) = world.send("GET", "/flux?name=nowhere", "").await;
    assert!(nothing.contains("No such object"), "{nothing}");
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let without = ApiServer::start().await;
    let world = World::of(&without, json!({})).await;
    world.page_with("/flux", "Flux is not installed in North").await;

    let forbidding = cluster().await;
    for plural in [
        "kustomizations",
        "helmreleases",
        "gitrepositories",
        "helmrepositories",
    ] {
        forbidding.forbid(plural);
    }
    let world = World::of(&forbidding, json!({})).await;
    let page = world
        .page_with("/flux", "may not see the objects of Flux in North")
        .await;
    assert!(page.contains("resources: [kustomizations]"), "{page}");
    assert!(!page.contains("is not installed"), "{page}");
}

#[tokio::test]
async fn what_the_operator_reports_is_shown_where_it_is() {
    let server = cluster().await;
    let components = json!([{"name": "source-controller", "image": "ghcr.io/fluxcd/source-controller:v1.9.3@sha256:16", "ready": false, "status": "no room for it"}]);
    let spec = json!({"spec": {
        "distribution": {"version": "v2.9.4", "status": "Installed"}, "components": components,
        "sync": {"id": "kustomization/flux-system", "path": "clusters/north", "source": "https://git.example.com/fleet.git", "ready": true, "status": "Applied revision: main"},
    }});
    server.put("fluxreports", object("flux-system", "flux", json!({}), spec));
    let world = World::of(&server, json!({})).await;
    let page = world.page_with("/flux", "Flux Operator in North").await;
    for words in [
        "v2.9.4",
        "v1.9.3",
        "no room for it",
        "clusters/north",
        "Applied revision: main",
    ] {
        assert!(page.contains(words), "{words:?} is missing in {page}");
    }
    let without = cluster().await;
    let world = World::of(&without, json!({})).await;
    let page = world.page_with("/flux", "<strong>apps</strong>").await;
    assert!(
        !page.contains("Flux Operator") && !page.contains("fluxreports"),
        "{page}"
    );

    let forbidding = cluster().await;
    forbidding.put("fluxreports", object("flux-system", "flux", json!({}), json!({})));
    forbidding.forbid("fluxreports");
    let world = World::of(&forbidding, json!({})).await;
    world.page_with("/flux", "resources: [fluxreports]").await;
}
