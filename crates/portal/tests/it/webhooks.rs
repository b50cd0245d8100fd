//! Webhooks over HTTP: who may send them, that each is taken once, and that a push has its branch read again at once.

use axum::body::Body;
use axum::http::Request;
use config::Config;
use ring::hmac;
use serde_json::{Value, json};
use testkit::FileServer;

use crate::world::World;

const SECRET: &str = "a-long-secret";
const MAIN: &str = "/talent/api/src/branch/main/catalog-info.yaml";
const NEXT: &str = "/talent/api/src/branch/next/catalog-info.yaml";
const DEFINITION: &str = "/talent/api/raw/branch/main/openapi.yaml";

fn component(name: &str, description: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}, description: {description}}}\n\
         spec: {{type: service, lifecycle: production, owner: team}}\n"
    )
}

/// A push as Gitea tells of it.
fn push(server: &FileServer, branch: &str) -> Value {
    json!({
        "ref": format!("refs/heads/{branch}"),
        "before": "28e1879d029cb852e4844d9c718537df08844e03",
        "after": "bffeb74224043ba2feb48d137756c8a9331c449a",
        "commits": [{"id": "bffeb74224043ba2feb48d137756c8a9331c449a", "added": [], "removed": [], "modified": ["catalog-info.yaml"]}],
        "total_commits": 1,
        "repository": {
            "id": 140, "full_name": "Talent/api", "html_url": server.url("/Talent/api"),
            "clone_url": server.url("/Talent/api.git"), "default_branch": "main",
        },
        "pusher": {"login": "ines"},
    })
}

fn signed(body: &[u8], secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, body)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A delivery of Gitea.
fn delivery(topic: &str, id: &str, payload: &Value, secret: &str) -> Request<Body> {
    let body = serde_json::to_vec_pretty(payload).unwrap();
    Request::post(format!("/api/events/http/{topic}"))
        .header("host", "portal.example")
        .header("content-type", "application/json")
        .header("x-gitea-event", "push")
        .header("x-gitea-delivery", id)
        .header("x-gitea-signature", signed(&body, secret))
        .body(Body::from(body))
        .unwrap()
}

async fn portal(server: &FileServer) -> World {
    let host = server.url("").replace("http://", "");
    let location = |path: &str| json!({"type": "url", "target": server.url(path)});
    let more = json!({
        "backend": {"reading": {"allow": [{"host": host}]}},
        "catalog": {
            "locations": [location(MAIN), location(NEXT), location("/talent/definitions.yaml")],
            "rules": [{"allow": ["Component", "API"]}],
        },
        "events": {
            "http": {"topics": ["open"]},
            "modules": {"gitea": {"webhookSecret": SECRET}, "gitlab": {"webhookSecret": SECRET}},
        },
    });
    World::configured(Vec::new(), more).await.unwrap()
}

fn write(server: &FileServer, description: &str) {
    server.put(MAIN, component("main", description));
    server.put(NEXT, component("next", description));
    server.put(DEFINITION, format!("openapi: 3.0.0 # {description}\n"));
    // In another repository, with a file of this one.
    let definitions = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{name: api}}\nspec: {{type: openapi, lifecycle: \
         production, owner: team, definition: {{$text: '{}'}}}}\n",
        server.url(DEFINITION)
    );
    server.put("/talent/definitions.yaml", definitions);
}

fn by_name(kind: &str, name: &str) -> String {
    format!("/api/catalog/entities/by-name/{kind}/default/{name}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_has_its_branch_read_again_at_once() {
    let server = FileServer::start();
    write(&server, "first");
    let world = portal(&server).await;
    for (kind, name) in [("component", "main"), ("component", "next"), ("api", "api")] {
        world.until(&by_name(kind, name), "first").await;
    }
    write(&server, "second");
    let payload = push(&server, "main");
    let answer = world.send(delivery("gitea", "d-1", &payload, SECRET)).await;
    assert_eq!(answer, (202, r#"{"status":"accepted"}"#.to_owned()));
    world.until(&by_name("component", "main"), "second").await;
    world.until(&by_name("api", "api"), "second").await;
    let other = world.get(&by_name("component", "next")).await.1;
    assert!(other.contains("first"), "another branch is not read: {other}");
    let other = push(&server, "next");
    assert_eq!(world.send(delivery("gitea", "d-2", &other, SECRET)).await.0, 202);
    world.until(&by_name("component", "next"), "second").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_again_is_taken_once() {
    let server = FileServer::start();
    let world = portal(&server).await;
    let payload = push(&server, "main");
    for _ in 0..3 {
        assert_eq!(
            world.send(delivery("gitea", "same", &payload, SECRET)).await.0,
            202
        );
    }
    assert_eq!(
        world.send(delivery("gitea", "other", &payload, SECRET)).await.0,
        202
    );
    let done = "/api/work/jobs?kind=events.refresh&state=done";
    let begun = std::time::Instant::now();
    let jobs = loop {
        let jobs: Value = serde_json::from_str(&world.get(done).await.1).unwrap();
        let items = jobs["items"].as_array().unwrap().clone();
        if items.len() >= 2 || begun.elapsed().as_secs() > 20 {
            break items;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(jobs.len(), 2, "{jobs:?}");
    assert_eq!(jobs[0]["actor"]["reason"], "webhook", "{}", jobs[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_know_the_secret_is_refused() {
    let server = FileServer::start();
    let world = portal(&server).await;
    let payload = push(&server, "main");
    let check = async |request: Request<Body>, status: u16, part: &str| {
        let (found, text) = world.send(request).await;
        assert_eq!(found, status, "{text}");
        assert!(text.contains(part), "{part} in {text}");
    };
    check(
        delivery("gitea", "1", &payload, "another-secret"),
        403,
        "events.modules.gitea.webhookSecret",
    )
    .await;
    let with = |change: fn(&mut Request<Body>)| {
        let mut request = delivery("gitea", "2", &payload, SECRET);
        change(&mut request);
        request
    };
    let unsigned = with(|request| drop(request.headers_mut().remove("x-gitea-signature")));
    check(unsigned, 403, "carries no X-Hub-Signature-256").await;
    let empty = with(|request| {
        request
            .headers_mut()
            .insert("x-gitea-signature", "".parse().unwrap());
    });
    check(empty, 403, "carries no X-Hub-Signature-256").await;
    let form = with(|request| {
        let form = "application/x-www-form-urlencoded".parse().unwrap();
        request.headers_mut().insert("content-type", form);
    });
    check(
        form,
        415,
        "Set the content type of the webhook to application/json",
    )
    .await;
    let changed = with(|request| *request.body_mut() = Body::from("{}"));
    check(changed, 403, "does not fit").await;
    let large = with(|request| *request.body_mut() = Body::from(vec![b' '; 5_000_001]));
    check(large, 400, "request entity too large").await;
    check(delivery("open", "3", &payload, SECRET), 404, "").await;
    check(delivery("github", "4", &payload, SECRET), 404, "").await;
    check(
        delivery("gitlab", "5", &payload, SECRET),
        403,
        "carries no X-Gitlab-Token",
    )
    .await;
    let jobs = world.get("/api/work/jobs?kind=events.refresh").await.1;
    assert!(!jobs.contains("events.refresh"), "nothing was published: {jobs}");
}

#[test]
fn the_configuration_says_which_topics_are_not_served() {
    let section = json!({"events": {"http": {"topics": ["gitea", "builds"]}, "modules": {"gitea": {"webhookSecret": SECRET}}}});
    let config = Config::from_value(section, std::path::Path::new("/")).unwrap();
    let problems = portal::check_configuration(&config, &portal::declarations());
    let told: Vec<String> = problems
        .iter()
        .map(|problem| problem.fault.message.clone())
        .collect();
    assert_eq!(
        told,
        [
            "The topic 'builds' is not served at /api/events/http/builds: it has no secret, and everybody could send it"
        ]
    );
    assert_eq!(
        config.redacted()["events"]["modules"]["gitea"]["webhookSecret"],
        "<secret>"
    );
}
