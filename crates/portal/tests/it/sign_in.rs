//! The way to the sign-in, what roles let people do, and what a person is told who may not.

use axum::body::Body;
use axum::http::Request;
use portal::AddedPlugin;
use serde_json::{Value, json};

use crate::served::sign_in as by_header;
use crate::world::World;

/// A portal that people of other machines sign in to.
fn far(more: &Value) -> Value {
    let oidc = json!({
        "metadataUrl": "http://127.0.0.1:1/.well-known/openid-configuration", "clientId": "portal", "clientSecret": "a-secret",
        "signIn": {"resolvers": [{"resolver": "emailMatchingUserEntityProfileEmail"}]},
    });
    let mut config = json!({
        "backend": {"baseUrl": "https://portal.example"},
        "auth": {"providers": {"oidc": {"development": oidc}}},
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        config[key] = value.clone();
    }
    config
}

async fn opened(world: &World, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let mut request = Request::get(path).header("host", "portal.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml");

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_signed_in_is_led_to_the_sign_in_and_back() {
    let world = World::configured(Vec::<AddedPlugin>::new(), far(&json!({})))
        .await
        .unwrap();
    let (status, to) = opened(&world, "/catalog?kind=api&q=a%20b", &[PAGE]).await;
    assert_eq!(
        (status, to.as_str()),
        (303, "/sign-in?return=/catalog%3Fkind%3Dapi%26q%3Da%2520b")
    );
    let (status, page) = opened(&world, &to, &[PAGE]).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("redirectUrl=/catalog%3Fkind%3Dapi%26q%3Da%2520b"),
        "{page}"
    );
    assert!(!page.contains("<script") && !page.contains("side-nav"), "{page}");
    // Scripts and programs get an answer that they understand.
    for (path, headers) in [
        ("/catalog", vec![]),
        ("/catalog", vec![PAGE, ("x-refetch", "1")]),
        ("/api/catalog/entities", vec![PAGE]),
    ] {
        let (status, text) = opened(&world, path, &headers).await;
        assert_eq!(status, 401, "{path} {headers:?} {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_decide_and_a_person_is_told_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roles.csv");
    std::fs::write(
        &file,
        "p, role:default/reader, catalog-entity, read, allow\ng, user:default/ines, role:default/reader\n",
    )
    .unwrap();
    let more = json!({
        "permission": {"enabled": true, "rbac": {"policies-csv-file": file.display().to_string()}},
        "portal": {"administrators": ["group:default/platform"]},
    });
    let world = World::configured(vec![by_header()], far(&more)).await.unwrap();
    let ines = [PAGE, ("x-person", "user:default/ines")];
    let grace = [PAGE, ("x-person", "user:default/grace")];
    let (status, page) = opened(&world, "/audit", &ines).await;
    assert_eq!(status, 403);
    for text in [
        "user:default/ines",
        "audit.event.read",
        "group:default/platform",
        "You may not open this page",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    let home = opened(&world, "/", &ines).await.1;
    assert!(!home.contains("You have no role"), "{home}");
    let home = opened(&world, "/", &grace).await.1;
    for text in [
        "You have no role in this portal",
        "user:default/grace",
        "group:default/platform",
    ] {
        assert!(home.contains(text), "{text} in {home}");
    }
    let register = Request::post("/api/catalog/locations")
        .header("host", "portal.example")
        .header("x-person", "user:default/ines")
        .header("content-type", "application/json")
        .body(Body::from(
            r#"{"type": "url", "target": "https://git.example/a.yaml"}"#,
        ))
        .unwrap();
    assert_eq!(world.send(register).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_read_keeps_the_portal_from_starting() {
    let more = json!({"permission": {"enabled": true, "rbac": {"policies-csv-file": "./none.csv"}}});
    let Err(error) = World::configured(Vec::new(), more).await.map(drop) else {
        panic!("it started");
    };
    assert!(error.to_string().contains("none.csv cannot be read"), "{error}");
}
