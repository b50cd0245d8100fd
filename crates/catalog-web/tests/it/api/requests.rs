//! `/refresh`, `/validate-entity` and `/analyze-location`.

use serde_json::{Value, json};

use super::Portal;

#[tokio::test]
async fn refreshing_reads_the_files_an_entity_comes_from() {
    let portal = Portal::start().await;
    portal
        .world
        .write("lab.yaml", &super::lab().replace("title: Zed", "title: Zen"));
    portal
        .check_post("/refresh", json!({"entityRef": "Component:default/ALPHA"}), "200")
        .await;
    portal.settle().await;
    let entity = portal
        .ask("GET /entities/by-name/component/default/alpha")
        .await
        .json();
    assert_eq!(entity["metadata"]["title"], "Zen");
    let check = async |body: Value, expected: &str| portal.check_post("/refresh", body, expected).await;
    check(
        json!({"entityRef": "component:default/nope"}),
        "404 Entity component:default/nope not found",
    )
    .await;
    check(json!({"entityRef": "alpha"}), "404 Entity alpha not found").await;
    check(
        json!({}),
        "400 request/body must have required property 'entityRef'",
    )
    .await;
    check(
        json!({"entityRef": 5}),
        "400 request/body/entityRef must be string",
    )
    .await;
    check(
        json!({"entityRef": "a", "x": 1}),
        "400 request/body must NOT have additional properties",
    )
    .await;
    check(
        json!({"entityRef": "component:default/alpha", "authorizationToken": "x"}),
        "401 Illegal token",
    )
    .await;
}

#[tokio::test]
async fn entities_are_judged_without_being_kept() {
    let portal = Portal::start().await;
    let check = async |entity: Value, expected: &[&str]| {
        let location = portal.world.server.url("/x.yaml");
        let answer = portal
            .post(
                "/validate-entity",
                json!({"entity": entity, "location": format!("url:{location}")}),
            )
            .await;
        if expected.is_empty() {
            assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{entity}");
            return;
        }
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let told: Vec<&str> = errors
            .iter()
            .map(|error| error["message"].as_str().unwrap())
            .collect();
        assert_eq!((answer.status, told), (400, expected.to_vec()), "{entity}");
    };
    let component = |metadata: Value, spec: Value| json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec});
    let spec = json!({"type": "service", "lifecycle": "x", "owner": "y"});
    check(component(json!({"name": "new"}), spec.clone()), &[]).await;
    portal
        .check(
            "GET /entities/by-name/component/default/new",
            "404 No entity named 'new' found, with kind 'component' in namespace 'default'",
        )
        .await;
    check(
        component(json!({"name": "new"}), json!({"type": "service", "owner": "y"})),
        &["Processor BuiltinKindsEntityProcessor threw an error while validating the entity component:default/new; \
           caused by TypeError: /spec must have required property 'lifecycle' - missingProperty: lifecycle"],
    )
    .await;
    check(
        component(json!({"name": "new", "title": 5}), spec.clone()),
        &["Policy check failed for component:default/new; caused by Error: Malformed envelope, /metadata/title must be string"],
    )
    .await;
    check(
        json!({"kind": "Component"}),
        &["<root> must have required property 'apiVersion' - missingProperty: apiVersion"],
    )
    .await;
    portal.world.server.put("/note.txt", "hello");
    let mut with_note = spec.clone();
    with_note["note"] = json!({"$text": "./note.txt"});
    check(component(json!({"name": "new"}), with_note.clone()), &[]).await;
    let entity = component(json!({"name": "new"}), spec);
    let check =
        async |body: Value, expected: &str| portal.check_post("/validate-entity", body, expected).await;
    check(
        json!({"entity": entity}),
        "400 request/body must have required property 'location'",
    )
    .await;
    check(
        json!({"entity": "x", "location": "url:x"}),
        "400 request/body/entity must be object",
    )
    .await;
    let answer = portal
        .post(
            "/validate-entity",
            json!({"entity": entity, "location": "file:/x.yaml"}),
        )
        .await;
    let expected =
        "Invalid location ref file:/x.yaml, only 'url:<target>' is supported, e.g. url:https://host/path";
    assert_eq!(
        answer.json()["errors"],
        json!([{"name": "TypeError", "message": expected}])
    );
}

#[tokio::test]
async fn repositories_are_proposed_as_components() {
    let portal = Portal::start().await;
    let check = async |target: &str, metadata: Value| {
        let body = json!({"location": {"type": "url", "target": target}, "catalogFilename": "x.yaml"});
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata,
            "spec": {"type": "other", "lifecycle": "unknown"},
        });
        let expected =
            json!({"existingEntityFiles": [], "generateEntities": [{"entity": entity, "fields": []}]});
        assert_eq!(
            portal.post("/analyze-location", body).await.json(),
            expected,
            "{target}"
        );
    };
    let slug = |name: &str, key: &str, slug: &str| json!({"name": name, "annotations": {key: slug}});
    check(
        "https://github.com/lumen/shop/blob/main/a.yaml",
        slug("shop", "github.com/project-slug", "lumen/shop"),
    )
    .await;
    check(
        "https://gitlab.com/a/b/c/-/blob/main/x.yaml",
        slug("c", "gitlab.com/project-slug", "a/b/c"),
    )
    .await;
    check("https://bitbucket.org/lumen/shop", json!({"name": "shop"})).await;
    let check =
        async |body: Value, expected: &str| portal.check_post("/analyze-location", body, expected).await;
    check(
        json!({}),
        "400 request/body must have required property 'location'",
    )
    .await;
    check(
        json!({"location": {"type": "url"}}),
        "400 request/body/location must have required property 'target'",
    )
    .await;
    check(
        json!({"location": {"type": "url", "target": "x"}}),
        "400 The given location.target is not a URL",
    )
    .await;
}
