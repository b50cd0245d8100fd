//! The processor that fills in owners.

use model::LocationRef;
use plugin::{ProcessContext, Processor};
use serde_json::{Value, json};

use crate::server::{Reply, Server, answer};

fn route(path: &str, head: &str) -> Reply {
    match path {
        "/o/r/main/.github/CODEOWNERS" => answer("200 OK", "", "* @org/all\n/svc/ @org/svc-team\n"),
        path if path.starts_with("/o/broken/") => answer("500 Internal Server Error", "", ""),
        "/api/v1/repos/o/r/raw/.gitea/CODEOWNERS?ref=main" => answer("200 OK", "", r"svc/.*\.yaml @someone"),
        "/api/v1/repos/o/slash/raw/CODEOWNERS?ref=release%2Fv1" => {
            answer("200 OK", "", "svc/x y.yaml @o/t\n.*yaml @o/t")
        }
        path if path.contains("/commits?") => answer("200 OK", "", r#"[{"sha": "0a1b"}]"#),
        "/o/tagged/main/CODEOWNERS" if head.contains("if-none-match") => answer("304 Not Modified", "", ""),
        "/o/tagged/main/CODEOWNERS" => answer("200 OK", "ETag: \"1\"\r\n", "/other @org/all\n"),
        "/o/huge/main/CODEOWNERS" => answer("200 OK", "", &"/a @x\n".repeat(10_001)),
        _ => answer("404 Not Found", "", ""),
    }
}

fn context(location: LocationRef) -> ProcessContext {
    ProcessContext {
        location: location.clone(),
        origin: location,
        remarks: plugin::Remarks::default(),
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
    let context = context(location);
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
    assert_eq!(owner(component.clone(), gitea).await, Ok(json!("User:someone")));
    let gitea = "url:GITEA/o/slash/src/branch/release%2Fv1/svc/x.yaml";
    assert_eq!(owner(component.clone(), gitea).await, Ok(json!("t")));
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

fn github(server: &Server) -> scm::codeowners::Processor {
    scm::codeowners::Processor::new(server.reader(&json!({ "integrations": {
        "github": [{ "host": "github.com", "rawBaseUrl": server.url("") }],
    }})))
}

#[tokio::test]
async fn all_entities_of_a_repository_share_one_look_at_the_file() {
    let server = Server::start(route).await;
    let processor = github(&server);
    let look = async |path: String| {
        let location = LocationRef::new("url", format!("https://github.com/o/tagged/blob/main/{path}"));
        let context = context(location);
        let entity = json!({ "kind": "Component", "spec": {} });
        processor.pre_process(entity, &context).await.expect("no fault")["spec"]["owner"].clone()
    };
    let paths = (0..300).map(|index| {
        if index % 2 == 0 {
            "other".to_owned()
        } else {
            format!("x{index}")
        }
    });
    let owners: Vec<Value> = futures::future::join_all(paths.map(look)).await;
    assert_eq!(owners.iter().filter(|owner| **owner == "all").count(), 150);
    assert_eq!(server.requests().len(), 1, "{:?}", server.requests());
    // Later the host is asked whether the file is still the same.
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    assert_eq!(look("other".to_owned()).await, "all");
    assert_eq!(server.requests().len(), 2, "{:?}", server.requests());
}

#[tokio::test]
async fn the_file_that_was_read_is_named() {
    let server = Server::start(route).await;
    let processor = github(&server);
    let remarks = async |repository: &str| {
        let target = format!("https://github.com/o/{repository}/blob/main/catalog-info.yaml");
        let context = context(LocationRef::new("url", target));
        processor
            .pre_process(json!({ "kind": "API" }), &context)
            .await
            .expect("no fault");
        context.remarks.take().join("\n")
    };
    let named = remarks("tagged").await;
    assert!(
        named.contains("/o/tagged/") && named.contains("/main/CODEOWNERS was read"),
        "{named}"
    );
    assert!(named.ends_with("names no owner of catalog-info.yaml"), "{named}");
    assert!(
        remarks("huge")
            .await
            .ends_with("was not used: it has more than 10000 rules")
    );
    assert_eq!(remarks("other").await, "");
}
