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

const CONDITIONS: &str = "\
result: CONDITIONAL
roleEntityRef: role:default/reader
pluginId: catalog
resourceType: catalog-entity
permissionMapping: [read]
conditions: {rule: IS_ENTITY_OWNER, resourceType: catalog-entity, params: {claims: [$ownerRefs]}}
";

/// Asks what a person may do.
async fn authorize(world: &World, who: &str, items: Value) -> (u16, Value) {
    let body = json!({ "items": items }).to_string();
    let request = Request::post("/api/permission/authorize")
        .header("host", "portal.example")
        .header("x-person", who)
        .header("content-type", "application/json");
    let (status, text) = world.send(request.body(Body::from(body)).unwrap()).await;
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_ask_what_people_may_do_and_changed_files_count() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let lines = "p, role:default/reader, catalog.location.create, create, allow\ng, user:default/ines, role:default/reader\n";
    std::fs::write(file("roles.csv"), lines).unwrap();
    std::fs::write(file("conditions.yaml"), CONDITIONS).unwrap();
    let more = json!({"permission": {"enabled": true, "rbac": {
        "policies-csv-file": file("roles.csv"), "conditionalPoliciesFile": file("conditions.yaml"),
        "admin": {"superUsers": [{"name": "user:default/root"}]},
    }}});
    let world = World::configured(vec![by_header()], far(&more)).await.unwrap();
    let read = |things: Value| {
        json!({"id": "2", "resourceRef": things, "permission": {"type": "resource", "name": "catalog.entity.read",
            "attributes": {"action": "read"}, "resourceType": "catalog-entity"}})
    };
    let create = json!({"id": "1", "permission": {"type": "basic", "name": "catalog.location.create", "attributes": {"action": "create"}}});
    let ines = "user:default/ines";
    let all = json!([
        create,
        read(json!("component:default/none")),
        read(json!(["component:default/none"]))
    ]);
    let (status, answer) = authorize(&world, ines, all.clone()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["items"],
        json!([{"id": "1", "result": "ALLOW"}, {"id": "2", "result": "DENY"}, {"id": "2", "result": ["DENY"]}])
    );
    let (_, answer) = authorize(&world, "user:default/root", all).await;
    assert_eq!(
        answer["items"][2],
        json!({"id": "2", "result": "ALLOW"}),
        "no condition, so one answer"
    );
    for (items, reason) in [
        (json!("x"), "Expected array, received string"),
        (json!([{"id": "1"}]), "items/0: permission has to be an object"),
        (json!([read(json!([]))]), "items/0: resourceRef has to be"),
        (json!([read(json!(5))]), "items/0: resourceRef has to be"),
    ] {
        let (status, answer) = authorize(&world, ines, items).await;
        assert_eq!(status, 400);
        assert!(
            answer["error"]["message"].as_str().unwrap().contains(reason),
            "{answer}"
        );
    }
    let mut whole = read(Value::Null);
    whole.as_object_mut().unwrap().remove("resourceRef");
    assert_eq!(
        authorize(&world, ines, json!([whole])).await.0,
        400,
        "conditions are not for people"
    );

    // A mistake leaves the roles as they were; a file that is right counts at once.
    std::fs::write(file("roles.csv"), "p, nobody\n").unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(
        authorize(&world, ines, json!([create])).await.1["items"][0]["result"],
        "ALLOW"
    );
    let root = [PAGE, ("x-person", "user:default/root")];
    let page = opened(&world, "/permissions?who=user:default/ines", &root)
        .await
        .1;
    assert!(
        page.contains("the change does not count") && page.contains("roles.csv:1"),
        "{page}"
    );
    std::fs::write(file("roles.csv"), lines.replace("allow", "deny")).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    assert_eq!(
        authorize(&world, ines, json!([create])).await.1["items"][0]["result"],
        "DENY"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_what_somebody_may_do_and_what_lines_would_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roles.csv");
    std::fs::write(
        &file,
        "p, role:default/reader, catalog-entity, read, allow\ng, user:default/ines, role:default/reader\n",
    )
    .unwrap();
    let more = json!({"permission": {"enabled": true, "rbac": {
        "policies-csv-file": file.display().to_string(), "admin": {"superUsers": [{"name": "user:default/root"}]},
    }}});
    let world = World::configured(vec![by_header()], far(&more)).await.unwrap();
    let root = [PAGE, ("x-person", "user:default/root")];
    assert_eq!(
        opened(&world, "/permissions", &[PAGE, ("x-person", "user:default/ines")])
            .await
            .0,
        403
    );
    let page = opened(&world, "/permissions?who=user:default/ines", &root)
        .await
        .1;
    for text in [
        "catalog.entity.read",
        "roles.csv:1",
        "allows it to",
        "role:default/reader",
        "by user:default/ines",
        "Denied",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    let form = "who=user:default/ines&lines=p,+role:default/reader,+catalog.location.create,+create,+allow";
    let request = Request::post("/permissions")
        .header("host", "portal.example")
        .header("x-person", "user:default/root")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    let (status, page) = world.send(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(status, 200, "{page}");
    assert!(
        page.contains("These lines change one decision") && page.contains("Gained"),
        "{page}"
    );
    let wrong = opened(&world, "/permissions?who=ines", &root).await.1;
    assert!(wrong.contains("is no person"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_be_read_keeps_the_portal_from_starting() {
    let more = json!({"permission": {"enabled": true, "rbac": {"policies-csv-file": "./none.csv"}}});
    let Err(error) = World::configured(Vec::new(), more).await.map(drop) else {
        panic!("it started");
    };
    assert!(error.to_string().contains("none.csv cannot be read"), "{error}");
}
