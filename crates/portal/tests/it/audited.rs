//! A change and its audit event are stored together, and both say who asked for it.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use store::Lane;
use testkit::FileServer;

use crate::tables;
use crate::world::World;

const SERVICE: (&str, &str) = ("authorization", "Bearer whole-token");
/// A header that makes nobody of a caller.
const GUEST: (&str, &str) = ("accept", "*/*");

/// A change that a request asks for, with the audit event of its success.
struct Change {
    method: &'static str,
    path: String,
    body: Value,
    action: &'static str,
    subject: String,
}

fn location(target: &str) -> Value {
    json!({"type": "url", "target": target})
}

async fn send(world: &World, (name, value): (&str, &str), change: &Change) -> (u16, String) {
    let request = Request::builder()
        .method(change.method)
        .uri(&change.path)
        .header(name, value)
        .header("content-type", "application/json")
        .body(Body::from(change.body.to_string()))
        .unwrap();
    world.send(request).await
}

/// The registered location with the name of its entity.
async fn registered(world: &World) -> (String, String) {
    let known = world.store.location_list().await.unwrap().pop().unwrap();
    (known.id.to_string(), known.entity_ref)
}

fn register(target: &str) -> Change {
    Change {
        method: "POST",
        path: "/api/catalog/locations".to_owned(),
        body: location(target),
        action: "catalog.location.create",
        subject: format!("url:{target}"),
    }
}

/// Every change of the catalog that a caller can ask for, done to a registered location.
async fn changes(world: &World, server: &FileServer) -> Vec<Change> {
    let (other, moved) = (server.url("/other.yaml"), server.url("/moved.yaml"));
    let (id, reference) = registered(world).await;
    let uid = world.store.node(&reference).await.unwrap().unwrap().uid;
    let row = format!("/api/catalog/locations/{id}");
    let change = |method, path: &str, body, action, subject: &str| Change {
        method,
        path: path.to_owned(),
        body,
        action,
        subject: subject.to_owned(),
    };
    let refresh = json!({"entityRef": reference});
    let by_uid = format!("/api/catalog/entities/by-uid/{uid}");
    let to = format!("{id} to url:{moved}");
    vec![
        register(&other),
        change("PUT", &row, location(&moved), "catalog.location.update", &to),
        change(
            "POST",
            "/api/catalog/refresh",
            refresh,
            "catalog.entity.refresh",
            &reference,
        ),
        change(
            "DELETE",
            &by_uid,
            Value::Null,
            "catalog.entity.delete",
            &reference,
        ),
        change(
            "DELETE",
            &row,
            Value::Null,
            "catalog.location.delete",
            &format!("url:{moved}"),
        ),
    ]
}

/// All that a request could change.
async fn state(world: &World) -> String {
    let locations = world.store.location_list().await.unwrap();
    let last_change = world.store.last_seq().await.unwrap();
    let sources = world.store.sources().await.unwrap();
    let due: Vec<_> = sources.iter().map(|one| (&one.key, one.next_check_at)).collect();
    format!("{locations:?} {last_change} {due:?}")
}

/// A portal in which a caller registered a location, and the server with what it leads to.
async fn with_one_location(caller: (&str, &str)) -> (World, FileServer) {
    let server = FileServer::start();
    for path in ["/a.yaml", "/other.yaml", "/moved.yaml"] {
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n\
                    spec: {type: service, lifecycle: production, owner: me}\n";
        server.put(path, text);
    }
    let address = server.url("");
    let host = address.trim_start_matches("http://").trim_end_matches('/');
    let more = json!({"backend": {"reading": {"allow": [{"host": host}]}}});
    let world = World::configured(Vec::new(), more).await.unwrap();
    assert_eq!(
        send(&world, caller, &register(&server.url("/a.yaml"))).await.0,
        201
    );
    // Its source was read, so that nothing else happens to it in the next minute.
    world
        .until("/api/catalog/entities?filter=kind=component", "\"a\"")
        .await;
    (world, server)
}

async fn statement(world: &World, text: &'static str) {
    world
        .store
        .write_one(Lane::Person, text, Vec::new())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_without_its_audit_event() {
    let (world, server) = with_one_location(GUEST).await;
    let before = state(&world).await;
    statement(&world, tables::HIDE_AUDIT).await;
    for change in changes(&world, &server).await {
        let (status, answer) = send(&world, SERVICE, &change).await;
        assert_eq!(status, 500, "{} {}: {answer}", change.method, change.path);
        assert_eq!(state(&world).await, before, "{} {}", change.method, change.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_says_who_asked_for_it() {
    for (caller, audited, in_history) in [(SERVICE, "service:ci", "ci"), (GUEST, "guest", "guest")] {
        let (world, server) = with_one_location(caller).await;
        let first = register(&server.url("/a.yaml"));
        let mut expected = vec![format!("{audited} {} {} done", first.action, first.subject)];
        let (_, reference) = registered(&world).await;
        for change in changes(&world, &server).await {
            let (status, answer) = send(&world, caller, &change).await;
            assert!(
                status < 300,
                "{} {}: {status} {answer}",
                change.method,
                change.path
            );
            expected.push(format!("{audited} {} {} done", change.action, change.subject));
        }
        assert_eq!(events(&world).await, expected);
        let causes = causes(&world, &reference).await;
        for request in ["update location", "delete entity"] {
            let cause = format!("{request} {in_history}");
            assert!(causes.contains(&cause), "{cause}: {causes:?}");
        }
    }
}

/// All audit events, oldest first.
async fn events(world: &World) -> Vec<String> {
    let events = world.get("/api/audit/events").await.1;
    let events: Value = serde_json::from_str(&events).unwrap();
    let told = events["items"].as_array().unwrap().iter().rev().map(shown);
    told.collect()
}

fn shown(event: &Value) -> String {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    let name = event["actor"]["name"].as_str().unwrap_or_default();
    format!(
        "{name} {} {} {}",
        text("action"),
        text("subject"),
        text("outcome")
    )
}

/// Who asked for which change of an entity, oldest first.
async fn causes(world: &World, reference: &str) -> Vec<String> {
    let found = world.store.history(reference, None, 100).await.unwrap();
    let told = |cause: &Value| {
        let actor = &cause["actor"];
        let name = actor["subject"].as_str().or(actor["type"].as_str());
        format!(
            "{} {}",
            cause["request"].as_str().unwrap_or_default(),
            name.unwrap_or_default()
        )
    };
    found.iter().rev().map(|row| told(&row.cause)).collect()
}
