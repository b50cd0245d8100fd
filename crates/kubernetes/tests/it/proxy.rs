//! The proxy: what a cluster hears, and what comes back.

use std::time::Duration;

use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::api_server::ApiServer;
use crate::world::World;

const PROXY: &str = "/api/kubernetes/proxy";
const NORTH: (&str, &str) = ("backstage-kubernetes-cluster", "north");
const SOUTH: (&str, &str) = ("backstage-kubernetes-cluster", "south");

fn section(server: &ApiServer) -> Value {
    json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "north", "url": format!("{}/prefix", server.url), "serviceAccountToken": "ours"},
        {"name": "south", "url": server.url, "authProvider": "oidc", "oidcTokenProvider": "Keycloak"},
    ]}]})
}

#[tokio::test]
async fn a_request_is_passed_on_without_what_is_for_the_portal() {
    let server = ApiServer::start().await;
    let world = World::with(section(&server), "").await;
    let headers = [
        NORTH,
        ("cookie", "session=1"),
        ("impersonate-user", "admin"),
        ("x-own", "2"),
        ("content-type", "application/merge-patch+json"),
    ];
    let path = format!("{PROXY}/apis/apps/v1/namespaces/shop/deployments/web/scale?fieldManager=me");
    let answer = world.send("PATCH", &path, &headers, "{\"spec\":1}").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-cluster"], "yes");
    assert_eq!(
        answer.headers().get("set-cookie"),
        None,
        "a cluster sets no cookie of the portal"
    );
    assert!(
        answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("sandbox")
    );
    let told = answer.into_body().collect().await.unwrap().to_bytes();
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(
        told,
        json!({
            "method": "PATCH", "path": "/prefix/apis/apps/v1/namespaces/shop/deployments/web/scale",
            "query": "fieldManager=me", "body": "{\"spec\":1}",
        })
    );
    let audited = world.audited.events().concat().join(" ");
    let expected = "kubernetes.proxy PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale of north done";
    assert!(audited.ends_with(expected), "{audited}");
    let heard = server.heard();
    assert_eq!(heard["authorization"], "Bearer ours");
    assert_eq!(heard["content-type"], "application/merge-patch+json");
    assert_eq!(heard["x-own"], "2");
    for name in ["cookie", "impersonate-user", "backstage-kubernetes-cluster"] {
        assert!(!heard.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn tokens_are_those_of_the_viewer_or_of_the_portal() {
    let server = ApiServer::start().await;
    let world = World::with(section(&server), "").await;
    for (cluster, more, expected) in [
        (NORTH, None, "Bearer ours"),
        (
            NORTH,
            Some(("backstage-kubernetes-authorization", "Basic abc")),
            "Basic abc",
        ),
        (
            SOUTH,
            Some(("backstage-kubernetes-authorization-oidc-keycloak", "mine")),
            "Bearer mine",
        ),
    ] {
        let headers: Vec<(&str, &str)> = [cluster].into_iter().chain(more).collect();
        let (status, _) = world
            .ask("POST", &format!("{PROXY}/x"), &headers, &json!({}))
            .await;
        assert_eq!(status, 200);
        assert_eq!(server.heard()["authorization"], expected);
    }
    let (status, answer) = world
        .ask("POST", &format!("{PROXY}/x"), &[SOUTH], &json!({}))
        .await;
    let message = "Auth token not found under oidc.Keycloak in request body";
    assert_eq!((status, &answer["error"]["message"]), (500, &json!(message)));
}

#[tokio::test]
async fn what_cannot_be_passed_on_says_why() {
    let server = ApiServer::start().await;
    let world = World::with(section(&server), "").await;
    for (path, headers, status, expected) in [
        (
            "/api",
            &[("backstage-kubernetes-cluster", "west")][..],
            404,
            "Cluster 'west' not found",
        ),
        ("/api", &[][..], 404, "Cluster 'undefined' not found"),
        (
            "/api/%2e%2e/other",
            &[NORTH][..],
            400,
            "must not have parts like '..'",
        ),
        (
            "/api",
            &[NORTH, ("upgrade", "websocket")][..],
            501,
            "opens no WebSockets",
        ),
    ] {
        let (given, answer) = world
            .ask("GET", &format!("{PROXY}{path}"), headers, &Value::Null)
            .await;
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(
            given == status && message.contains(expected),
            "{path}: {given} {answer}"
        );
    }
    let large = "x".repeat(5 << 20);
    let answer = world
        .send("POST", &format!("{PROXY}/api"), &[NORTH], &large)
        .await;
    assert!(answer.status().is_client_error(), "{}", answer.status());
    let none = World::with(json!({}), "").await;
    let (status, answer) = none.ask("GET", &format!("{PROXY}/api"), &[], &Value::Null).await;
    assert_eq!(
        (status, &answer["error"]["message"]),
        (404, &json!("No Clusters configured"))
    );
    let nobody = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "north", "url": "http://127.0.0.1:1", "serviceAccountToken": "ours"},
    ]}]});
    let world = World::with(nobody, "").await;
    let (status, answer) = world.ask("GET", &format!("{PROXY}/api"), &[], &Value::Null).await;
    let message = answer["error"]["message"].as_str().unwrap_or_default();
    assert!(
        status == 500 && message.starts_with("Cluster 'north' request error; caused by "),
        "{answer}"
    );
}

#[tokio::test]
async fn a_watch_is_followed_and_a_refusal_is_passed_on() {
    let server = ApiServer::start().await;
    let world = World::with(section(&server), "").await;
    let headers = [
        SOUTH,
        ("backstage-kubernetes-authorization-oidc-keycloak", "mine"),
        // A packed answer would be held back.
        ("accept-encoding", "gzip, br"),
    ];
    let answer = world
        .send("GET", &format!("{PROXY}/api/v1/pods?watch=true"), &headers, "")
        .await;
    assert_eq!(answer.status(), 200);
    let mut body = answer.into_body();
    for name in ["one", "two"] {
        server.put("pods", json!({"metadata": {"name": name}}));
        let part = tokio::time::timeout(Duration::from_secs(5), body.frame()).await;
        let part = part
            .expect("a change comes at once")
            .unwrap()
            .unwrap()
            .into_data()
            .unwrap();
        let change: Value = serde_json::from_slice(&part).unwrap();
        assert_eq!(change["object"]["metadata"]["name"], name);
    }
    server.forbid("pods");
    let (status, answer) = world
        .ask("GET", &format!("{PROXY}/api/v1/pods"), &headers, &Value::Null)
        .await;
    assert_eq!((status, &answer["reason"]), (403, &json!("Forbidden")));
    assert!(world.audited.events().is_empty(), "reading is no change");
}
