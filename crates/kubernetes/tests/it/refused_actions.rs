//! Actions that are refused: by the configuration, a permission, what stands in the way, or the cluster.

use std::sync::Arc;

use async_trait::async_trait;
use kubernetes::actions::{DELETE_POD, RESTART};
use model::{Fault, Viewer};
use plugin::{Decision, Denied, Permission, Policy};
use serde_json::json;

use crate::actions::{ALL, CLOCK, POD, SCALE, WEB, post, section, send, server, world};
use crate::world::World;

#[tokio::test]
async fn what_must_not_be_done_says_why() {
    let server = server().await;
    let world = world(&server).await;
    let scale = [("from", "2"), ("replicas", "5")];
    for (path, object, status, expected) in [
        (
            "restart",
            "north/deployments.apps/shop/other",
            404,
            "has no north/deployments.apps/shop/other",
        ),
        (
            "restart",
            "west/deployments.apps/shop/web",
            404,
            "does not run in a cluster",
        ),
        ("restart", "south/deployments.apps/shop/web", 501, "oidc.Keycloak"),
        (
            "restart",
            "north/deployments.apps/shop/paused",
            409,
            "kubectl rollout resume deployment/paused -n shop",
        ),
        ("restart", POD, 400, "Restart is no action for Pod web-1"),
        (
            "delete-pod",
            WEB,
            400,
            "Delete pod is no action for Deployment web",
        ),
        (
            "scale",
            "north/deployments.apps/shop/driven",
            409,
            "The autoscaler sizes sizes Deployment driven, between 2 and 5 pods",
        ),
        ("restart", "web", 400, "is not cluster/kind/namespace/name"),
    ] {
        let path = format!("/kubernetes/{path}");
        for method in ["GET", "POST"] {
            let (given, _, told) = send(&world, method, &path, object, &scale).await;
            assert!(
                given == status && told.contains(expected),
                "{method} {path} {object}: {given} {told}"
            );
        }
    }
    assert_eq!(server.sent().len(), 0);
    let events = world.audited.events();
    assert_eq!(events.len(), 7, "each attempt with an object is kept: {events:?}");
    assert!(events.iter().all(|event| event[3] == "failed"), "{events:?}");
    let unknown = "entity=component:default/nobody&object=north/pods/shop/web-1";
    let answer = world
        .send("GET", &format!("/kubernetes/delete-pod?{unknown}"), &[], "")
        .await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn a_button_without_permission_says_so_before_it_is_pressed() {
    let server = server().await;
    let world = world(&server).await;
    let (restart, pod) = ("href=\"/kubernetes/restart?", "href=\"/kubernetes/delete-pod?");
    let all = world.tab("", "").await;
    assert!(all.contains(restart) && !all.contains("You lack"), "{all}");
    let denied: Denied = [&RESTART].into_iter().collect();
    let page = world.tab_without(denied, "", "").await;
    assert!(
        page.contains("You lack the permission kubernetes.workloads.restart"),
        "{page}"
    );
    assert!(
        !page.contains(restart) && page.contains("href=\"/kubernetes/scale?"),
        "{page}"
    );
    let denied: Denied = [&DELETE_POD].into_iter().collect();
    let page = world.tab_without(denied, POD, "").await;
    assert!(
        page.contains("You lack the permission kubernetes.pods.delete"),
        "{page}"
    );
    assert!(!page.contains(pod), "{page}");
}

#[tokio::test]
async fn a_refusal_of_the_cluster_says_what_is_missing() {
    let server = server().await;
    let world = world(&server).await;
    let refused = |message: &str| json!({"kind": "Status", "message": message});
    let web = "/apis/apps/v1/namespaces/shop/deployments/web";
    let jobs = "/apis/batch/v1/namespaces/shop/jobs";
    for (method, path, status, page, object, expected, outcome) in [
        (
            "PATCH",
            web,
            403,
            "restart",
            WEB,
            "resources: [deployments, statefulsets, daemonsets], verbs: [patch]",
            "refused",
        ),
        (
            "GET",
            SCALE,
            403,
            "scale",
            WEB,
            "resources: [deployments/scale, statefulsets/scale], verbs: [get, patch]",
            "refused",
        ),
        (
            "PATCH",
            web,
            404,
            "restart",
            WEB,
            "It was removed meanwhile",
            "failed",
        ),
        (
            "DELETE",
            "/api/v1/namespaces/shop/pods/web-1",
            409,
            "delete-pod",
            POD,
            "Nothing was done",
            "failed",
        ),
        (
            "POST",
            jobs,
            403,
            "run-cron-job",
            CLOCK,
            "resources: [jobs], verbs: [create]",
            "refused",
        ),
        (
            "POST",
            jobs,
            422,
            "run-cron-job",
            CLOCK,
            "North did not do it: why not",
            "failed",
        ),
    ] {
        server.reply(method, path, status, refused("why not"));
        let (given, _, told) = post(
            &world,
            &format!("/kubernetes/{page}"),
            object,
            &[("from", "2"), ("replicas", "5")],
        )
        .await;
        let known = if status == 422 { 500 } else { status };
        assert!(
            given == known && told.contains(expected) && told.contains("why not"),
            "{method} {path} {status}: {given} {told}"
        );
        let events = world.audited.events();
        assert_eq!((events.len(), events[0][3].as_str()), (1, outcome));
    }
    server.be_away(true);
    let (status, _, told) = post(&world, "/kubernetes/restart", WEB, &[]).await;
    assert!(status >= 500 && told.contains("Not done"), "{status} {told}");
}

#[tokio::test]
async fn what_the_configuration_does_not_name_is_off() {
    let server = server().await;
    let world = World::acting(section(&server), json!({"actions": ["restart"]}), "", None).await;
    let page = world.tab("", "").await;
    assert!(
        page.contains("/kubernetes/restart?") && !page.contains("/kubernetes/scale?"),
        "{page}"
    );
    for method in ["GET", "POST"] {
        let (status, _, told) = send(&world, method, "/kubernetes/delete-pod", POD, &[]).await;
        assert!(
            status == 404 && told.contains("Add deletePod to portal.kubernetes.actions"),
            "{told}"
        );
    }
    assert_eq!(server.sent().len(), 0);
    let nothing = World::with(section(&server), "").await;
    assert!(!nothing.tab("", "").await.contains("/kubernetes/restart?"));
}

/// Lets everybody do everything but this.
struct AllBut(&'static str);

#[async_trait]
impl Policy for AllBut {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let decide = |permission: &&'static Permission| {
            if permission.name == self.0 {
                Decision::Deny
            } else {
                Decision::Allow
            }
        };
        Ok(asked.iter().map(decide).collect())
    }
}

#[tokio::test]
async fn each_action_has_a_permission_of_its_own() {
    let server = server().await;
    let all = [
        ("restart", WEB, "kubernetes.workloads.restart"),
        ("scale", WEB, "kubernetes.workloads.scale"),
        ("delete-pod", POD, "kubernetes.pods.delete"),
        ("run-cron-job", CLOCK, "kubernetes.cronjobs.run"),
    ];
    for (path, object, permission) in all {
        let path = format!("/kubernetes/{path}");
        for missing in [permission, "kubernetes.resources.read", "catalog.entity.read"] {
            let policy: Arc<dyn Policy> = Arc::new(AllBut(missing));
            let world = World::acting(section(&server), json!({ "actions": ALL }), "", Some(policy)).await;
            let expected = if missing == "catalog.entity.read" {
                404
            } else {
                403
            };
            for method in ["GET", "POST"] {
                let (status, _, _) =
                    send(&world, method, &path, object, &[("from", "2"), ("replicas", "3")]).await;
                assert_eq!(status, expected, "{method} {path} without {missing}");
            }
            let events = world.audited.events();
            assert!(
                events
                    .iter()
                    .any(|event| event[1] == permission || event[2].contains(&path)),
                "{events:?}"
            );
        }
        let policy: Arc<dyn Policy> = Arc::new(AllBut("kubernetes.proxy"));
        let world = World::acting(section(&server), json!({ "actions": ALL }), "", Some(policy)).await;
        let (status, _, _) = send(&world, "POST", &path, object, &[("from", "2"), ("replicas", "3")]).await;
        assert_eq!(status, 303, "{path}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_have_it_done() {
    let server = server().await;
    let world = world(&server).await;
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "https://evil.example.com"),
        ("sec-fetch-site", "cross-site"),
    ];
    let form = "entity=component:default/web&object=north/pods/shop/web-1";
    let answer = world.send("POST", "/kubernetes/delete-pod", &headers, form).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(server.sent().len(), 0);
}
