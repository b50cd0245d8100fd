//! The processor that fills in owners.

use model::LocationRef;
use plugin::{ProcessContext, Processor};
use serde_json::{Value, json};

use crate::server::{Reply, Server, answer};

fn route(path: &str, _head: &str) -> Reply {
    match path {
        "/o/r/main/.github/CODEOWNERS" => answer("200 OK", "", "* @org/all\n/svc/ @org/svc-team\n"),
        path if path.starts_with("/o/broken/") => answer("500 Internal Server Error", "", ""),
        "/api/v1/repos/o/r/raw/.gitea/CODEOWNERS?ref=main" => {
            answer("200 OK", "", "/svc/*.yaml someone@example.com")
        }
        _ => answer("404 Not Found", "", ""),
    }
}

async fn owner(entity: Value, location: &str) -> Result<Value, String> {
    let server = Server::start(route).await;
    let (base, host) = (server.url(""), format!("127.0.0.1:{}", server.port));
    let reader = server.reader(&json!({ "integrations": {
        "github": [{ "host": "github.com", "rawBaseUrl": base }],
        "gitea": [{ "host": host, "baseUrl": base }],
    }}));
    let location = LocationRef::parse(&location.replace("GITEA", &base)).expect("a location");
    let context = ProcessContext {
        location: location.clone(),
        origin: location,
    };
    let processor = scm::codeowners::Processor::new(reader);
    let entity = processor
        .pre_process(entity, &context)
        .await
        .map_err(|fault| fault.to_string())?;
    Ok(entity["spec"]["owner"].clone())
}

const FILE: &str = "url:https://github.com/o/r/blob/main/svc/catalog-info.yaml";

#[tokio::test]
async fn owners_come_from_the_repository() {
    let component = json!({ "kind": "Component", "spec": { "type": "service" } });
    assert_eq!(owner(component.clone(), FILE).await, Ok(json!("svc-team")));
    assert_eq!(owner(json!({ "kind": "API" }), FILE).await, Ok(json!("svc-team")));
    let root = "url:https://github.com/o/r/blob/main/catalog-info.yaml";
    assert_eq!(owner(component.clone(), root).await, Ok(json!("all")));
    let gitea = "url:GITEA/o/r/src/branch/main/svc/x.yaml";
    assert_eq!(owner(component.clone(), gitea).await, Ok(json!("someone")));
    let none = "url:https://github.com/o/other/blob/main/x.yaml";
    assert_eq!(owner(component, none).await, Ok(Value::Null));
}

#[tokio::test]
async fn entities_that_are_left_alone() {
    let check = async |entity: Value, location: &str| {
        let before = entity["spec"]["owner"].clone();
        assert_eq!(owner(entity, location).await, Ok(before));
    };
    check(json!({ "kind": "Component", "spec": { "owner": "mine" } }), FILE).await;
    check(json!({ "kind": "Template", "spec": {} }), FILE).await;
    check(json!({ "kind": "Component", "spec": {} }), "file:/tmp/x.yaml").await;
    check(
        json!({ "kind": "Component", "spec": {} }),
        "url:https://unknown.example.com/x.yaml",
    )
    .await;
}

#[tokio::test]
async fn a_host_that_fails_fails_the_entity() {
    let failed = owner(
        json!({ "kind": "System" }),
        "url:https://github.com/o/broken/blob/main/x.yaml",
    )
    .await;
    assert!(failed.is_err_and(|text| text.contains("500 Internal Server Error")));
}
