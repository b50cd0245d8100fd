//! Actions: what a cluster hears, what is kept of it, and what the page says of how it goes.

use std::sync::Arc;

use http_body_util::BodyExt;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::api_server::ApiServer;
use crate::world::World;

pub const ALL: [&str; 4] = ["restart", "scale", "deletePod", "runCronJob"];
pub const WEB: &str = "north/deployments.apps/shop/web";
pub const POD: &str = "north/pods/shop/web-1";
pub const CLOCK: &str = "north/cronjobs.batch/shop/nightly";
pub const SCALE: &str = "/apis/apps/v1/namespaces/shop/deployments/web/scale";

fn object(name: &str, uid: &str, label: &str, more: Value) -> Value {
    let mut object = json!({"metadata": {
        "name": name, "namespace": "shop", "uid": uid, "labels": {"backstage.io/kubernetes-id": label},
    }});
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    object
}

fn clock() -> Value {
    let template = json!({
        "metadata": {"labels": {"app": "nightly"}, "annotations": {"note": "kept"}},
        "spec": {"backoffLimit": 2},
    });
    object(
        "nightly",
        "c1",
        "web",
        json!({"spec": {"schedule": "0 3 * * *", "jobTemplate": template}}),
    )
}

pub async fn server() -> Arc<ApiServer> {
    let server = ApiServer::start().await;
    server.put(
        "deployments",
        object("web", "d1", "web", json!({"spec": {"replicas": 2}})),
    );
    server.put(
        "deployments",
        object("other", "d2", "other", json!({"spec": {"replicas": 2}})),
    );
    server.put(
        "deployments",
        object(
            "paused",
            "d3",
            "web",
            json!({"spec": {"replicas": 2, "paused": true}}),
        ),
    );
    server.put(
        "deployments",
        object("driven", "d4", "web", json!({"spec": {"replicas": 2}})),
    );
    let target = json!({"scaleTargetRef": {"kind": "Deployment", "name": "driven"}, "minReplicas": 2, "maxReplicas": 5});
    server.put(
        "horizontalpodautoscalers",
        object("sizes", "h1", "", json!({"spec": target})),
    );
    server.put("pods", object("web-1", "p1", "web", json!({})));
    server.put("cronjobs", clock());
    let scale = json!({"metadata": {"name": "web", "resourceVersion": "77"}, "spec": {"replicas": 2}});
    server.reply("GET", SCALE, 200, scale);
    server
}

pub fn section(server: &ApiServer) -> Value {
    json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "north", "title": "North", "url": server.url, "serviceAccountToken": "ours"},
        {"name": "south", "url": server.url, "authProvider": "oidc", "oidcTokenProvider": "Keycloak"},
    ]}]})
}

pub async fn world(server: &ApiServer) -> World {
    World::acting(section(server), json!({ "actions": ALL }), "", None).await
}

/// The status, where it leads, and the text.
pub async fn send(
    world: &World,
    method: &str,
    path: &str,
    object: &str,
    more: &[(&str, &str)],
) -> (u16, String, String) {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("entity", "component:default/web")
        .append_pair("object", object);
    let form = form.extend_pairs(more).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = if method == "GET" {
        world.send("GET", &format!("{path}?{form}"), &[], "").await
    } else {
        world.send("POST", path, &headers, &form).await
    };
    let status = answer.status().as_u16();
    let leads = answer.headers().get("location");
    let leads = leads.map_or(String::new(), |to| to.to_str().unwrap().to_owned());
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    (status, leads, String::from_utf8_lossy(&text).into_owned())
}

pub async fn post(world: &World, path: &str, object: &str, more: &[(&str, &str)]) -> (u16, String, String) {
    send(world, "POST", path, object, more).await
}

#[tokio::test]
async fn a_restart_changes_the_annotation_of_the_template() {
    let server = server().await;
    let world = world(&server).await;
    let (status, _, asked) = send(&world, "GET", "/kubernetes/restart", WEB, &[]).await;
    assert!(
        status == 200
            && asked.contains("Restart web?")
            && asked.contains("kubectl rollout restart deployment/web -n shop")
    );
    assert_eq!(server.sent(), [Value::Null; 0], "asking does nothing");
    let (status, leads, _) = post(&world, "/kubernetes/restart", WEB, &[]).await;
    assert_eq!(status, 303);
    let sent = server.sent();
    let at =
        &sent[0]["body"]["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"];
    let at = at.as_str().unwrap().to_owned();
    assert!(at.parse::<jiff::Timestamp>().is_ok() && at.len() == 20, "{at}");
    assert_eq!(
        sent,
        [json!({
            "method": "PATCH", "path": "/apis/apps/v1/namespaces/shop/deployments/web", "query": "fieldManager=backstage",
            "type": "application/strategic-merge-patch+json",
            "body": {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": at}}}}},
        })]
    );
    assert_eq!(server.heard()["authorization"], "Bearer ours");
    let (page, query) = leads.split_once('?').unwrap();
    assert!(
        page.ends_with("/component/web/kubernetes/north/deployments.apps/shop/web"),
        "{page}"
    );
    let subject = format!("kubernetes:{WEB} of component:default/web");
    let events = world.audited.events();
    assert_eq!(
        events[0][1..],
        [
            "kubernetes.workloads.restart".to_owned(),
            subject,
            "done".to_owned()
        ]
    );

    let shown = world.tab(WEB, query).await;
    assert!(shown.contains("the cluster does not show it yet"), "{shown}");
    let template = json!({"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": at}}});
    let status = json!({"replicas": 3, "updatedReplicas": 1, "availableReplicas": 2});
    server.put(
        "deployments",
        object(
            "web",
            "d1",
            "web",
            json!({"spec": {"replicas": 2, "template": template}, "status": status}),
        ),
    );
    let seen = eventually(&world, WEB, query, "A restart was asked for. Now: ").await;
    assert!(seen.contains("1 out of 2 new"), "{seen}");
}

/// The page, once it has this text.
async fn eventually(world: &World, rest: &str, query: &str, text: &str) -> String {
    for _ in 0..100 {
        let page = world.tab(rest, query).await;
        if page.contains(text) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{text:?} does not come: {}", world.tab(rest, query).await);
}

#[tokio::test]
async fn a_size_is_changed_only_from_the_one_that_was_seen() {
    let server = server().await;
    let world = world(&server).await;
    let (_, _, asked) = send(&world, "GET", "/kubernetes/scale", WEB, &[]).await;
    assert!(asked.contains("name=\"from\" value=\"2\""), "{asked}");
    let (status, leads, _) = post(
        &world,
        "/kubernetes/scale",
        WEB,
        &[("from", "2"), ("replicas", "5")],
    )
    .await;
    assert!(
        status == 303 && leads.ends_with("?asked=scale&to=5"),
        "{status} {leads}"
    );
    let sent = server.sent();
    assert_eq!(sent[0]["method"], "GET");
    assert_eq!(
        sent[1],
        json!({
            "method": "PATCH", "path": SCALE, "query": "fieldManager=backstage", "type": "application/merge-patch+json",
            "body": {"metadata": {"resourceVersion": "77"}, "spec": {"replicas": 5}},
        })
    );
    let subject = format!("kubernetes:{WEB} from 2 to 5 pods of component:default/web");
    assert_eq!(world.audited.events()[0][2], subject);

    let (status, _, told) = post(
        &world,
        "/kubernetes/scale",
        WEB,
        &[("from", "3"), ("replicas", "5")],
    )
    .await;
    assert!(
        status == 409 && told.contains("to have 3 pods when you looked, and is to have 2 now"),
        "{told}"
    );
    assert_eq!(server.sent().len(), 1, "it was read only");
    for wrong in ["1001", "-1", "many", ""] {
        let (status, _, told) = post(
            &world,
            "/kubernetes/scale",
            WEB,
            &[("from", "2"), ("replicas", wrong)],
        )
        .await;
        assert!(
            status == 400 && told.contains("between 0 and 1000"),
            "{wrong}: {told}"
        );
    }
    assert_eq!(server.sent().len(), 0);
}

#[tokio::test]
async fn a_pod_is_deleted_if_it_is_still_the_same() {
    let server = server().await;
    let world = world(&server).await;
    let (_, _, asked) = send(&world, "GET", "/kubernetes/delete-pod", POD, &[]).await;
    assert!(asked.contains("it is gone for good"), "nothing owns it: {asked}");
    let (status, leads, _) = post(&world, "/kubernetes/delete-pod", POD, &[]).await;
    assert!(
        status == 303 && leads.ends_with("/kubernetes?asked=deletePod&pod=p1"),
        "{leads}"
    );
    assert_eq!(
        server.sent(),
        [json!({
            "method": "DELETE", "path": "/api/v1/namespaces/shop/pods/web-1", "query": null, "type": "application/json",
            "body": {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "p1"}},
        })]
    );
    let query = "asked=deletePod&pod=p1";
    assert!(
        world
            .tab("", query)
            .await
            .contains("The pod web-1 is being ended.")
    );
    server.remove("pods", "web-1");
    eventually(&world, "", query, "The pod is gone.").await;
}

#[tokio::test]
async fn a_cron_job_is_run_from_its_template() {
    let server = server().await;
    let world = world(&server).await;
    let (status, leads, _) = post(&world, "/kubernetes/run-cron-job", CLOCK, &[]).await;
    assert_eq!(status, 303);
    let sent = server.sent();
    let name = sent[0]["body"]["metadata"]["name"].as_str().unwrap().to_owned();
    assert!(
        name.starts_with("nightly-manual-") && leads.ends_with(&format!("?asked=runCronJob&job={name}")),
        "{leads}"
    );
    assert_eq!(
        sent,
        [json!({
            "method": "POST", "path": "/apis/batch/v1/namespaces/shop/jobs", "query": "fieldManager=backstage",
            "type": "application/json",
            "body": {
                "apiVersion": "batch/v1", "kind": "Job",
                "metadata": {
                    "name": name, "namespace": "shop", "labels": {"app": "nightly"},
                    "annotations": {"cronjob.kubernetes.io/instantiate": "manual", "note": "kept"},
                    "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "c1", "controller": true}],
                },
                "spec": {"backoffLimit": 2},
            },
        })]
    );
    assert_eq!(
        world.audited.events()[0][2],
        format!("kubernetes:{CLOCK} as {name} of component:default/web")
    );
    let query = format!("asked=runCronJob&job={name}");
    let owners = json!([{"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "c1"}]);
    let job = json!({"metadata": {"name": name, "namespace": "shop", "uid": "j1", "ownerReferences": owners}, "status": {"active": 1}});
    server.put("jobs", job);
    eventually(
        &world,
        CLOCK,
        &query,
        &format!("The job {name} was made. Now: Running 0/1"),
    )
    .await;
}
