//! Steps of templates that call the portal: they may what the task's person may, no more and no less.

use axum::body::Body;
use axum::http::Request;
use portal::AddedPlugin;
use serde_json::{Value, json};

use crate::served::sign_in;
use crate::world::World;

const TEMPLATE: &str = r#"
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: calls}
spec:
  type: service
  steps:
    - {id: read, action: "http:backstage:request", input: {method: GET, path: "/catalog/entities?filter=kind=template", headers: {authorization: Bearer whole-token}}}
    - {id: write, action: "http:backstage:request", input: {method: POST, path: catalog/locations, continueOnBadResponse: true, body: {type: url, target: "https://git.example/a.yaml"}, headers: {authorization: Bearer whole-token, x-person: "user:default/grace"}}}
    - {id: page, action: "http:backstage:request", input: {method: GET, path: "/nowhere/at/all", continueOnBadResponse: true}}
  output:
    read: ${{ steps.read.output.body[0].metadata.name }}
    codes: ${{ steps.read.output.code }} ${{ steps.write.output.code }} ${{ steps.page.output.code }}
"#;
const POLICY: &str = "
p, role:default/maker, catalog-entity, read, allow
p, role:default/maker, scaffolder-template, read, allow
p, role:default/maker, scaffolder-task, read, allow
p, role:default/maker, scaffolder.task.create, create, allow
p, role:default/maker, scaffolder-action, use, allow
p, role:default/owner, catalog.location.create, create, allow
p, role:default/owner, catalog-entity, create, allow
g, user:default/ines, role:default/maker
g, user:default/grace, role:default/maker
g, user:default/grace, role:default/owner
";

async fn world(folder: &std::path::Path) -> World {
    let (roles, template) = (folder.join("roles.csv"), folder.join("template.yaml"));
    std::fs::write(&roles, POLICY).unwrap();
    std::fs::write(&template, TEMPLATE).unwrap();
    let more = json!({
        "permission": {"enabled": true, "rbac": {"policies-csv-file": roles.display().to_string()}},
        "catalog": {
            "rules": [{"allow": ["Template"]}],
            "locations": [{"type": "file", "target": template.display().to_string()}],
        },
        "backend": {"reading": {"allow": [{"host": "git.example"}]}},
    });
    let plugins: Vec<AddedPlugin> = vec![sign_in()];
    World::configured(plugins, more).await.unwrap()
}

async fn asked(
    world: &World,
    person: &str,
    request: axum::http::request::Builder,
    body: Value,
) -> (u16, Value) {
    let request = request
        .header("x-person", person)
        .header("content-type", "application/json");
    let (status, text) = world
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await;
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The output of a person's task.
async fn ran(world: &World, person: &str) -> Value {
    let wanted = json!({"templateRef": "template:default/calls", "values": {}});
    let mut made = (0, Value::Null);
    for _ in 0..200 {
        made = asked(
            world,
            person,
            Request::post("/api/scaffolder/v2/tasks"),
            wanted.clone(),
        )
        .await;
        if made.0 == 201 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(made.0, 201, "{}", made.1);
    let events = format!(
        "/api/scaffolder/v2/tasks/{}/events",
        made.1["id"].as_str().unwrap()
    );
    for _ in 0..400 {
        let (_, events) = asked(world, person, Request::get(&events), Value::Null).await;
        let all = events.as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(end) = all.iter().rfind(|event| event["type"] == "completion") {
            assert!(end["body"]["output"].is_object(), "{events}");
            return end["body"]["output"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the task of {person} did not end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_may_what_the_person_may() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    // What the step sends as credentials of its own counts for nothing.
    let found = ran(&world, "user:default/ines").await;
    assert_eq!(found["read"], "calls", "{found}");
    assert_eq!(found["codes"], "200 403 404", "{found}");
    let found = ran(&world, "user:default/grace").await;
    assert_eq!(found["codes"], "200 201 404", "{found}");
}
