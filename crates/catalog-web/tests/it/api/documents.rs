//! The description of the API and the list of permissions.

use serde_json::{Value, json};

use super::Portal;

#[tokio::test]
async fn the_api_describes_itself_below_its_mount() {
    let portal = Portal::start().await;
    let document = portal.ask("GET /openapi.json").await.json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert!(
        paths.iter().all(|path| path.starts_with("/api/catalog/")),
        "{paths:?}"
    );
    // Whatever is described is answered.
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "parameters")
        {
            let path = path.trim_start_matches("/api/catalog").replace(['{', '}'], "");
            let answer = portal.ask(&format!("{} {path}", method.to_uppercase())).await;
            assert!(
                answer.status != 404 || !answer.text.is_empty(),
                "{method} {path} is not routed"
            );
        }
    }
}

#[tokio::test]
async fn permissions_and_rules_are_listed() {
    let portal = Portal::start().await;
    let metadata = portal
        .ask("GET /.well-known/backstage/permissions/metadata")
        .await
        .json();
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap();
        list.iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let permissions = names(&metadata["permissions"]);
    for name in [
        "catalog.entity.read",
        "catalog.location.create",
        "catalog.entities.unprocessed.read",
    ] {
        assert!(permissions.iter().any(|known| known == name), "{name}");
    }
    let rules = [
        "HAS_ANNOTATION",
        "HAS_LABEL",
        "HAS_METADATA",
        "HAS_SPEC",
        "IS_ENTITY_KIND",
        "IS_ENTITY_OWNER",
    ];
    assert_eq!(names(&metadata["rules"]), rules);
    let read = metadata["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "catalog.entity.read");
    assert_eq!(
        read,
        Some(
            &json!({"type": "resource", "name": "catalog.entity.read", "attributes": {"action": "read"}, "resourceType": "catalog-entity"})
        )
    );
}
