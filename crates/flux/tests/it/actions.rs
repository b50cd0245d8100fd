//! Actions: what the cluster hears, what is kept of it, and how it is followed.

use flux::actions::RECONCILE;
use plugin::Denied;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::world::{World, cluster, object, ready};

const APPS: &str = "north/Kustomization/flux-system/apps";
const PATH: &str = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps";
const ALL: [&str; 6] = [
    "reconcile",
    "reconcileWithSource",
    "force",
    "reset",
    "suspend",
    "resume",
];

fn on() -> Value {
    json!({"portal": {"flux": {"actions": ALL}}})
}

fn form(entity: &str, object: &str, reason: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("entity", entity)
        .append_pair("object", object)
        .append_pair("reason", reason);
    form.finish()
}

/// The object `apps` of the cluster, with another status and specification.
fn apps(spec: Value, status: Value) -> Value {
    let labels = json!({"backstage.io/kubernetes-id": "web"});
    object(
        "flux-system",
        "apps",
        labels,
        json!({"spec": spec, "status": status}),
    )
}

#[tokio::test]
async fn a_look_is_asked_for_and_followed_to_its_outcome() {
    let server = cluster().await;
    let world = World::of(&server, on()).await;
    world.tab_with("", "Reconcile Kustomization apps").await;
    let (status, leads, _) = world
        .send(
            "POST",
            "/flux/reconcile",
            &form("component:default/web", APPS, ""),
        )
        .await;
    assert_eq!(status, 303);
    let sent = server.sent();
    let token = sent[0]["body"]["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        sent,
        [json!({
            "method": "PATCH", "path": PATH, "query": "fieldManager=flux-client-side-apply",
            "type": "application/merge-patch+json",
            "body": {"metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": token}}},
        })]
    );
    assert_eq!(
        world.audited(),
        [[
            "flux.objects.reconcile".to_owned(),
            format!("flux:{APPS}: reconcile of component:default/web"),
            "done".to_owned()
        ]]
    );
    let (page, query) = leads.split_once('?').unwrap();
    assert_eq!(page, "/catalog/default/component/web/deployments");
    world.tab_with(query, "has not taken it up yet").await;
    let failed = json!({"lastHandledReconcileAt": token, "conditions": [ready("False", "BuildFailed", "no such path")]});
    server.put("kustomizations", apps(json!({}), failed));
    world.tab_with(query, "failed: no such path.").await;
    // What another query says about an object that the page does not show is not told.
    let foreign = query
        .replace("flux-system%2Fapps", "flux-system%2Fnobody")
        .replace("flux-system/apps", "flux-system/nobody");
    assert!(!world.tab(&foreign).await.contains("failed: no such path."));
}

#[tokio::test]
async fn with_the_source_the_applier_waits_for_it() {
    let server = cluster().await;
    let world = World::of(&server, on()).await;
    world.tab_with("", "With source").await;
    let asked = form("component:default/web", APPS, "");
    let (status, leads, _) = world.send("POST", "/flux/reconcile-with-source", &asked).await;
    assert_eq!(status, 303);
    let (_, query) = leads.split_once('?').unwrap();
    world.tab_with(query, "was asked first").await;
    let sent = server.sent();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(
        sent[0]["path"]
            .as_str()
            .unwrap()
            .ends_with("/gitrepositories/fleet")
    );
    let token = &sent[0]["body"]["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"];
    let done = json!({"lastHandledReconcileAt": token, "conditions": [ready("True", "Succeeded", "stored")]});
    server.put(
        "gitrepositories",
        object(
            "flux-system",
            "fleet",
            json!({}),
            json!({"spec": {}, "status": done}),
        ),
    );
    let mut then = Vec::new();
    for _ in 0..100 {
        then.extend(server.sent());
        if !then.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    assert_eq!(then[0]["path"], PATH);
    assert_eq!(
        &then[0]["body"]["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"],
        token
    );
}

#[tokio::test]
async fn who_suspends_says_why_and_what_rests_is_not_asked() {
    let server = cluster().await;
    let world = World::of(&server, on()).await;
    world.tab_with("", "Suspend Kustomization apps").await;
    let query = form("component:default/web", APPS, "");
    let (status, _, asking) = world.send("GET", &format!("/flux/suspend?{query}"), "").await;
    assert!(
        status == 200 && asking.contains("flux suspend kustomization apps -n flux-system"),
        "{asking}"
    );
    assert_eq!(server.sent(), [Value::Null; 0], "asking does nothing");
    let (status, leads, _) = world
        .send(
            "POST",
            "/flux/suspend",
            &form("component:default/web", APPS, "The database moves"),
        )
        .await;
    assert_eq!(status, 303);
    let body = server.sent()[0]["body"].clone();
    assert_eq!(body["spec"], json!({"suspend": true}));
    let annotations = body["metadata"]["annotations"].clone();
    assert_eq!(annotations["backstage.io/suspend-reason"], "The database moves");
    let mut suspended = apps(json!({"suspend": true}), json!({}));
    suspended["metadata"]["annotations"] = annotations;
    server.put("kustomizations", suspended);
    let (_, query) = leads.split_once('?').unwrap();
    let page = world
        .tab_with(query, "Kustomization flux-system/apps is suspended.")
        .await;
    assert!(page.contains("The database moves"), "{page}");
    assert!(page.contains("does nothing until it is resumed"), "{page}");
    let (status, _, told) = world
        .send(
            "POST",
            "/flux/reconcile",
            &form("component:default/web", APPS, ""),
        )
        .await;
    assert_eq!(status, 409);
    assert!(told.contains("It is suspended"), "{told}");
    assert_eq!(server.sent(), [Value::Null; 0]);
    let (status, _, _) = world
        .send("POST", "/flux/resume", &form("component:default/web", APPS, ""))
        .await;
    assert_eq!(status, 303);
    assert_eq!(server.sent()[0]["body"]["spec"], json!({"suspend": false}));
}

#[tokio::test]
async fn what_is_off_read_only_or_of_others_is_not_done() {
    let server = cluster().await;
    server.put(
        "kustomizations",
        object("flux-system", "foreign", json!({}), json!({"spec": {}})),
    );
    for (more, entity, name, expected) in [
        (
            json!({}),
            "component:default/web",
            "apps",
            (404, "portal.flux.actions"),
        ),
        (
            json!({"portal": {"flux": {"actions": ALL}}, "gitops": {"readOnly": true}}),
            "component:default/web",
            "apps",
            (403, "Read-only mode is enabled"),
        ),
        (
            on(),
            "component:default/web",
            "foreign",
            (404, "has no north/Kustomization/flux-system/foreign"),
        ),
        (
            on(),
            "component:default/other",
            "apps",
            (404, "There is no entity"),
        ),
        (on(), "", "nobody", (404, "may have been removed")),
    ] {
        let world = World::of(&server, more).await;
        world.tab_with("", "What runs in North").await;
        let object = format!("north/Kustomization/flux-system/{name}");
        let (status, _, told) = world
            .send("POST", "/flux/reconcile", &form(entity, &object, ""))
            .await;
        assert_eq!(status, expected.0, "{told}");
        assert!(told.contains(expected.1), "{told}");
        assert_eq!(server.sent(), [Value::Null; 0]);
        assert_eq!(world.audited().len(), 1, "the attempt is kept");
    }
}

#[tokio::test]
async fn a_button_without_permission_says_so_before_it_is_pressed() {
    let server = cluster().await;
    let world = World::of(&server, on()).await;
    let (reconcile, suspend) = ("action=\"/flux/reconcile\"", "action=\"/flux/suspend\"");
    let all = world.tab_with("", suspend).await;
    assert!(all.contains(reconcile) && !all.contains("You lack"), "{all}");
    let denied: Denied = [&RECONCILE].into_iter().collect();
    let page = world.tab_without(denied, "").await;
    assert!(
        page.contains("You lack the permission flux.objects.reconcile"),
        "{page}"
    );
    assert!(
        !page.contains("action=\"/flux/reconcile") && page.contains(suspend),
        "{page}"
    );
}

#[tokio::test]
async fn a_cluster_that_refuses_says_which_rule_is_missing() {
    let server = cluster().await;
    let refusal = json!({"kind": "Status", "message": "patch is forbidden", "code": 403});
    server.reply("PATCH", PATH, 403, refusal);
    let world = World::of(&server, on()).await;
    world.page_with("/flux", "Reconcile Kustomization apps").await;
    let (status, _, told) = world.send("POST", "/flux/reconcile", &form("", APPS, "")).await;
    assert_eq!(status, 403);
    assert!(
        told.contains("resources: [kustomizations], verbs: [patch]"),
        "{told}"
    );
}
