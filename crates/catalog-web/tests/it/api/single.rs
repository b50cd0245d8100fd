//! Entities by uid, name and reference, their ancestry, and their removal.

use serde_json::{Value, json};

use super::{Portal, names};

#[tokio::test]
async fn names_ignore_case_and_errors_repeat_what_was_asked() {
    let portal = Portal::start().await;
    let entity = portal.ask("GET /entities/by-name/COMPONENT/Default/aLPHA").await;
    assert_eq!(entity.json()["metadata"]["name"], "Alpha");
    assert_eq!(entity.header("etag"), None);
    let missing = portal.ask("GET /entities/by-name/Component/default/Nope").await;
    let expected = json!({
        "error": {"name": "NotFoundError", "message": "No entity named 'Nope' found, with kind 'Component' in namespace 'default'"},
        "request": {"method": "GET", "url": "/entities/by-name/Component/default/Nope"},
        "response": {"statusCode": 404},
    });
    assert_eq!((missing.status, missing.json()), (404, expected));
    portal
        .check(
            "GET /entities/by-name/component/default/alpha?x=1",
            "400 Unknown query parameter 'x'",
        )
        .await;
}

#[tokio::test]
async fn uids_lead_to_entities_and_deleting_always_succeeds() {
    let portal = Portal::start().await;
    let entity = portal
        .ask("GET /entities/by-name/component/default/beta")
        .await
        .json();
    let uid = entity["metadata"]["uid"].as_str().unwrap();
    assert_eq!(
        portal.ask(&format!("GET /entities/by-uid/{uid}")).await.json(),
        entity
    );
    portal
        .check("GET /entities/by-uid/nope", "404 No entity with uid nope")
        .await;
    portal.check("DELETE /entities/by-uid/nope", "204").await;
    portal
        .check(&format!("DELETE /entities/by-uid/{uid}"), "204")
        .await;
    portal
        .check(
            &format!("GET /entities/by-uid/{uid}"),
            &format!("404 No entity with uid {uid}"),
        )
        .await;
    // Its file still declares it.
    portal.settle().await;
    let again = portal.ask("GET /entities/by-name/component/default/beta").await;
    assert_ne!(again.json()["metadata"]["uid"], json!(uid));
}

#[tokio::test]
async fn references_are_taken_as_they_are_and_answered_in_order() {
    let portal = Portal::start().await;
    let ask = async |query: &str, body: Value| portal.post(&format!("/entities/by-refs{query}"), body).await;
    let refs = [
        "component:default/beta",
        "Component:default/alpha",
        "group:default/team-a",
        "api:default/nope",
    ];
    let answer = ask("", json!({"entityRefs": refs})).await;
    let items = answer.json()["items"].as_array().unwrap().clone();
    let found: Vec<bool> = items.iter().map(Value::is_object).collect();
    assert_eq!(found, [true, false, true, false]);
    assert_eq!(answer.header("etag"), None);
    let answer = ask(
        "?filter=kind=group",
        json!({"entityRefs": refs, "fields": ["kind"]}),
    )
    .await;
    assert_eq!(answer.text, r#"{"items":[null,null,{"kind":"Group"},null]}"#);
    assert!(answer.header("etag").is_some());
    let answer = ask(
        "",
        json!({"entityRefs": refs, "fields": ["kind"], "query": {"kind": "component"}}),
    )
    .await;
    assert_eq!(answer.text, r#"{"items":[{"kind":"Component"},null,null,null]}"#);
    let check =
        async |body: Value, expected: &str| portal.check_post("/entities/by-refs", body, expected).await;
    check(
        json!({}),
        "400 request/body must have required property 'entityRefs'",
    )
    .await;
    check(
        json!({"entityRefs": "x"}),
        "400 request/body/entityRefs must be array",
    )
    .await;
    check(
        json!({"entityRefs": [1]}),
        "400 request/body/entityRefs/0 must be string",
    )
    .await;
    check(
        json!({"entityRefs": [], "fields": "x"}),
        "400 request/body/fields must be array",
    )
    .await;
    check(json!({"entityRefs": [], "more": 1}), r#"200 {"items":[]}"#).await;
    let malformed = "400 Malformed request body (did you remember to specify an application/json content type?), \
                     Validation error: Invalid at \"query.$bad\"";
    check(json!({"entityRefs": [], "query": {"$bad": 1}}), malformed).await;
}

#[tokio::test]
async fn ancestry_begins_with_the_entity_and_goes_up() {
    let portal = Portal::start().await;
    let answer = portal
        .ask("GET /entities/by-name/Component/default/Alpha/ancestry")
        .await
        .json();
    assert_eq!(answer["rootEntityRef"], "component:default/alpha");
    let items = answer["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let parent = &items[0]["parentEntityRefs"][0];
    assert!(
        parent
            .as_str()
            .unwrap()
            .starts_with("location:default/generated-"),
        "{parent}"
    );
    assert_eq!(items[1]["entity"]["kind"], "Location");
    assert_eq!(items[1]["parentEntityRefs"], json!([]));
    let expected = "404 No such entity component:default/nope";
    portal
        .check("GET /entities/by-name/component/default/nope/ancestry", expected)
        .await;
}

#[tokio::test]
async fn history_tells_what_changed_and_why() {
    let portal = Portal::start().await;
    portal
        .world
        .write("lab.yaml", &super::lab().replace("title: Zed", "title: Zen"));
    portal.world.look().await;
    portal.settle().await;
    let path = "GET /entities/by-name/component/default/alpha/history";
    let answer = portal.ask(path).await.json();
    assert_eq!(answer["entityRef"], "component:default/alpha");
    let newest = &answer["versions"][0];
    assert_eq!(
        newest["changes"][0],
        json!({"path": "/metadata/title", "before": "Zed", "after": "Zen"})
    );
    assert!(
        newest["cause"]["location"].as_str().unwrap().starts_with("file:"),
        "{newest}"
    );
    assert_eq!(
        (&newest["number"], &newest["class"]),
        (&json!(2), &json!("descriptor"))
    );
    let log = portal.ask("GET /change-log").await.json();
    let told = log["changes"].as_array().unwrap().iter();
    let told = told.filter(|change| change["seq"] == newest["seq"]);
    let told: Vec<_> = told
        .map(|change| (&change["entityRef"], &change["fields"]))
        .collect();
    assert_eq!(
        told,
        [(&json!("component:default/alpha"), &json!(["/metadata/title"]))]
    );
    let rest = portal
        .ask(&format!("GET /change-log?before={}", newest["seq"]))
        .await
        .json();
    let is_older = |change: &Value| change["seq"].as_i64() < newest["seq"].as_i64();
    assert!(rest["changes"].as_array().unwrap().iter().all(is_older), "{rest}");
    let before = &answer["versions"][1]["seq"];
    let old = portal.ask(&format!("{path}/{before}")).await.json();
    assert_eq!(old["entity"]["metadata"]["title"], "Zed");
    let page = portal
        .ask(&format!("{path}?before={}&limit=1", newest["seq"]))
        .await
        .json();
    assert_eq!(page["versions"][0]["seq"], *before);
    portal
        .check(
            &format!("{path}/999999"),
            "404 No version 999999 of component:default/alpha is kept",
        )
        .await;
    portal
        .check(
            "GET /entities/by-name/component/default/never/history",
            "404 Nothing is known of an entity component:default/never",
        )
        .await;
    let everything = portal.ask("GET /entities?filter=kind=api").await;
    assert_eq!(names(&everything), "pay");
}
