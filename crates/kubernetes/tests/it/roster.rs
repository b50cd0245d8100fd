//! All workloads: how each is, whose it is, and what that makes of entities.

use std::sync::Arc;
use std::time::Duration;

use model::EntityRef;
use serde_json::{Value, json};

use crate::api_server::ApiServer;
use crate::world::World;

/// The part of a page that is its own.
fn main(page: &str) -> &str {
    let from = page.find("<main").unwrap_or_default();
    page[from..].split("</main>").next().unwrap_or_default()
}

fn web() -> EntityRef {
    EntityRef::new("component", "default", "web")
}

fn meta(name: &str, label: Option<&str>, owner: Option<(&str, &str)>) -> Value {
    let labels = label.map_or_else(|| json!({}), |id| json!({"backstage.io/kubernetes-id": id}));
    let owners: Vec<Value> = owner
        .map(|(kind, uid)| json!({"apiVersion": "apps/v1", "kind": kind, "name": uid, "uid": uid, "controller": true}))
        .into_iter()
        .collect();
    json!({"name": name, "uid": name, "namespace": "shop", "labels": labels, "ownerReferences": owners,
        "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z"})
}

fn deployment(name: &str, label: Option<&str>, ready: u64) -> Value {
    json!({"metadata": meta(name, label, None), "spec": {"replicas": 2}, "status": {
        "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": ready, "availableReplicas": ready,
        "conditions": [{"type": "Progressing", "status": "False", "reason": if ready == 2 { "Done" } else { "ProgressDeadlineExceeded" }}],
    }})
}

fn replica_set(name: &str, of: &str) -> Value {
    json!({"metadata": meta(name, None, Some(("Deployment", of))), "spec": {"replicas": 2}, "status": {"replicas": 2}})
}

fn pod(name: &str, of: Option<&str>) -> Value {
    let owner = of.map(|of| ("ReplicaSet", of));
    json!({"metadata": meta(name, None, owner),
    "spec": {"containers": [{"name": "main", "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}}}]},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [
        {"name": "main", "ready": true, "restartCount": 3, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}},
    ]}})
}

async fn world(server: &ApiServer) -> World {
    let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "north", "url": server.url, "authProvider": "serviceAccount", "serviceAccountToken": "t"},
    ]}]});
    let other = "apiVersion: backstage.io/v1alpha1\nkind: Component\n\
                 metadata: {name: other, annotations: {backstage.io/kubernetes-label-selector: 'tier in (x, y)'}}\n\
                 spec: {type: service, lifecycle: production, owner: team}\n---\n\
                 apiVersion: backstage.io/v1alpha1\nkind: Component\n\
                 metadata: {name: plain}\nspec: {type: service, lifecycle: production, owner: team}\n";
    World::with(section, other).await
}

/// Waits until an entity is so.
async fn until(world: &World, entity: &EntityRef, value: &str) -> Option<String> {
    let states = world.states.as_ref().unwrap();
    for _ in 0..200 {
        if let Some(state) = states.state(entity)
            && state.value == value
        {
            return state.reason;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{entity} does not become {value}: {:?}", states.state(entity));
}

#[tokio::test]
async fn the_state_of_an_entity_follows_its_workloads() {
    let server = ApiServer::start().await;
    server.put("pods", pod("web-1-a", Some("web-1")));
    server.put("replicasets", replica_set("web-1", "web"));
    server.put("deployments", deployment("web", Some("web"), 2));
    let world = world(&server).await;
    until(&world, &web(), "running").await;
    let states = world.states.as_ref().unwrap();
    assert_eq!(states.having("running"), [web()]);
    assert!(
        states
            .state(&EntityRef::new("component", "default", "plain"))
            .is_none()
    );
    let reason = until(
        &world,
        &EntityRef::new("component", "default", "other"),
        "not-running",
    )
    .await;
    assert_eq!(reason.as_deref(), Some("No workload carries tier in (x, y)"));

    server.put("deployments", deployment("web", Some("web"), 0));
    until(&world, &web(), "down").await;
    server.put("deployments", deployment("web", Some("web"), 1));
    until(&world, &web(), "degraded").await;
    // The label is gone, so that it is nobody's.
    server.put("deployments", deployment("web", None, 1));
    until(&world, &web(), "not-running").await;
    assert!(states.having("degraded").is_empty());
    assert!(server.all_lists() <= 7, "one list of each kind");
}

#[tokio::test]
async fn a_cluster_that_never_answered_makes_no_statement() {
    let server = ApiServer::start().await;
    server.be_away(true);
    let world = world(&server).await;
    let reason = until(&world, &web(), "unknown").await.unwrap();
    assert!(reason.contains("north"), "{reason}");
    server.put("deployments", deployment("web", Some("web"), 2));
    server.be_away(false);
    until(&world, &web(), "running").await;
}

#[tokio::test]
async fn a_role_that_leaves_out_a_kind_hides_only_that_kind() {
    let server = ApiServer::start().await;
    server.forbid("statefulsets");
    let world = world(&server).await;
    until(&world, &web(), "not-running").await;
    server.put("deployments", deployment("web", Some("web"), 2));
    until(&world, &web(), "running").await;
    let page = world.page("/kubernetes").await;
    assert!(
        page.contains("statefulsets") && page.contains("Lines to add to its ClusterRole"),
        "{}",
        main(&page)
    );
}

#[tokio::test]
async fn all_workloads_are_listed_also_those_of_nobody() {
    let server = ApiServer::start().await;
    server.put("pods", pod("web-1-a", Some("web-1")));
    server.put("pods", pod("lone", None));
    server.put("replicasets", replica_set("web-1", "web"));
    server.put("deployments", deployment("web", Some("web"), 2));
    server.put("deployments", deployment("broken", None, 0));
    let world = world(&server).await;
    until(&world, &web(), "running").await;
    let shown =
        |page: &str| ["broken", "lone", "web"].map(|name| page.contains(&format!("/{name}\">{name}</a>")));
    let all = settled(&world, "/kubernetes", |page| shown(page) == [true; 3]).await;
    assert!(
        !all.contains(">web-1-a<") && !all.contains(">web-1<"),
        "parts of a workload are none: {}",
        main(&all)
    );
    assert!(
        all.contains("/catalog/default/component/web"),
        "its entity: {}",
        main(&all)
    );
    assert_eq!(
        shown(&world.page("/kubernetes?state=Down").await),
        [true, false, false]
    );
    assert_eq!(
        shown(&world.page("/kubernetes?q=LON").await),
        [false, true, false]
    );
    assert_eq!(
        shown(
            &world
                .page("/kubernetes?kind=Pod&kind=Deployment&cluster=north")
                .await
        ),
        [true; 3]
    );
    assert!(
        world
            .page("/kubernetes?state=Changing")
            .await
            .contains("Nothing matches")
    );

    let of_web = world
        .page("/kubernetes/workloads/north/shop/deployments.apps/web")
        .await;
    assert!(
        of_web.contains("web-1-a") && of_web.contains("250m CPU, 64 MiB"),
        "{}",
        main(&of_web)
    );
    assert!(
        of_web.contains("/catalog/default/component/web/kubernetes/north/deployments.apps/shop/web"),
        "{}",
        main(&of_web)
    );
    let of_nobody = world
        .page("/kubernetes/workloads/north/shop/deployments.apps/broken")
        .await;
    assert!(
        of_nobody.contains("backstage.io/kubernetes-id: broken"),
        "{of_nobody}"
    );
    let missing = world
        .send(
            "GET",
            "/kubernetes/workloads/north/shop/deployments.apps/none",
            &[],
            "",
        )
        .await;
    assert_eq!(missing.status(), 404);
}

/// A page once it is so.
async fn settled(world: &World, path: &str, holds: impl Fn(&str) -> bool) -> String {
    for _ in 0..100 {
        let page = world.page(path).await;
        if holds(&page) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} does not become so: {}", main(&world.page(path).await));
}

#[tokio::test]
async fn owners_that_go_round_in_a_circle_hold_up_nothing() {
    let server: Arc<ApiServer> = ApiServer::start().await;
    server.put(
        "replicasets",
        json!({"metadata": meta("a", None, Some(("ReplicaSet", "b"))), "spec": {}, "status": {}}),
    );
    server.put(
        "replicasets",
        json!({"metadata": meta("b", None, Some(("ReplicaSet", "a"))), "spec": {}, "status": {}}),
    );
    server.put("deployments", deployment("web", Some("web"), 2));
    let world = world(&server).await;
    until(&world, &web(), "running").await;
}

#[tokio::test]
async fn clusters_are_shown_with_their_nodes_and_what_is_asked_of_them() {
    let server = ApiServer::start().await;
    let node = |name: &str, ready: &str| {
        json!({"metadata": {"name": name, "uid": name, "labels": {"node-role.kubernetes.io/worker": ""}}, "spec": {}, "status": {
            "allocatable": {"cpu": "2", "memory": "4Gi", "pods": "110"},
            "nodeInfo": {"kubeletVersion": "v1.36.1", "osImage": "Debian", "architecture": "arm64"},
            "conditions": [{"type": "Ready", "status": ready, "message": "disk is gone"}],
        }})
    };
    server.put("nodes", node("one", "True"));
    server.put("nodes", node("two", "False"));
    server.put("pods", pod("lone", None));
    let world = world(&server).await;
    let all = settled(&world, "/kubernetes/clusters", |page| {
        page.contains("250m") && page.contains("1/2 ready")
    })
    .await;
    assert!(
        all.contains("1 node not well") && all.contains(" of 4, 6 %"),
        "{}",
        main(&all)
    );
    let one = world.page("/kubernetes/clusters/north").await;
    assert!(
        one.contains("NotReady") && one.contains("disk is gone") && one.contains("worker"),
        "{}",
        main(&one)
    );
    assert_eq!(
        world
            .send("GET", "/kubernetes/clusters/south", &[], "")
            .await
            .status(),
        404
    );
}
