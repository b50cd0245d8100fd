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

/// A push as Gitea tells of it, of all files.
fn push(server: &FileServer, branch: &str) -> Value {
    push_of(server, branch, &["catalog-info.yaml", "openapi.yaml"])
}

/// A push of these files.
fn push_of(server: &FileServer, branch: &str, files: &[&str]) -> Value {
    json!({
        "ref": format!("refs/heads/{branch}"),
        "before": "28e1879d029cb852e4844d9c718537df08844e03",
        "after": "bffeb74224043ba2feb48d137756c8a9331c449a",
        "commits": [{"id": "bffeb74224043ba2feb48d137756c8a9331c449a", "added": [], "removed": [], "modified": files}],
        "total_commits": 1,
        "repository": repository(server),
        "pusher": {"login": "ines"},
    })
}

fn repository(server: &FileServer) -> Value {
    json!({
        "id": 140, "full_name": "Talent/api", "html_url": server.url("/Talent/api"),
        "clone_url": server.url("/Talent/api.git"), "default_branch": "main",
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

/// A delivery of a push by Gitea.
fn delivery(topic: &str, id: &str, payload: &Value, secret: &str) -> Request<Body> {
    delivery_of("push", topic, id, (payload, secret))
}

/// A delivery of Gitea.
fn delivery_of(event: &str, topic: &str, id: &str, (payload, secret): (&Value, &str)) -> Request<Body> {
    let body = serde_json::to_vec_pretty(payload).unwrap();
    Request::post(format!("/api/events/http/{topic}"))
        .header("host", "portal.example")
        .header("content-type", "application/json")
        .header("x-gitea-event", event)
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

/// The sources with a problem, by the ends of their addresses.
async fn failing(world: &World) -> Vec<String> {
    let answer: Value = serde_json::from_str(&world.get("/api/catalog/sources").await.1).unwrap();
    let sources = answer["sources"].as_array().unwrap().iter();
    let failing = sources.filter(|source| source["problems"] != json!([]));
    let path = |source: &Value| {
        source["location"]
            .as_str()
            .unwrap()
            .split("/talent/")
            .last()
            .unwrap()
            .to_owned()
    };
    let mut paths: Vec<String> = failing.map(path).collect();
    // The answer lists the newest first; which of two is the newest is chance.
    paths.sort();
    paths
}

async fn until_failing(world: &World, expected: &[&str]) {
    let begun = std::time::Instant::now();
    loop {
        let found = failing(world).await;
        if found == expected {
            return;
        }
        assert!(
            begun.elapsed().as_secs() < 20,
            "{found:?} instead of {expected:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_files_of_a_push_are_read_again() {
    let server = FileServer::start();
    write(&server, "first");
    let world = portal(&server).await;
    for (kind, name) in [("component", "main"), ("api", "api")] {
        world.until(&by_name(kind, name), "first").await;
    }
    write(&server, "second");
    let definition = push_of(&server, "main", &["openapi.yaml", "README.md"]);
    assert_eq!(
        world.send(delivery("gitea", "f-1", &definition, SECRET)).await.0,
        202
    );
    world.until(&by_name("api", "api"), "second").await;
    let other = world.get(&by_name("component", "main")).await.1;
    assert!(other.contains("first"), "its file was not pushed: {other}");
    let mut cut = push_of(&server, "main", &["README.md"]);
    cut["total_commits"] = json!(6);
    assert_eq!(world.send(delivery("gitea", "f-2", &cut, SECRET)).await.0, 202);
    world.until(&by_name("component", "main"), "second").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_said_to_be_gone_at_once() {
    let server = FileServer::start();
    write(&server, "first");
    let world = portal(&server).await;
    for name in ["main", "next"] {
        world.until(&by_name("component", name), "first").await;
    }
    server.remove(NEXT);
    let deleted = json!({"ref": "next", "ref_type": "branch", "pusher_type": "user", "repository": repository(&server)});
    let sent = world
        .send(delivery_of("delete", "gitea", "g-1", (&deleted, SECRET)))
        .await;
    assert_eq!(sent.0, 202);
    until_failing(&world, &["api/src/branch/next/catalog-info.yaml"]).await;
    write(&server, "second");
    let created =
        json!({"ref": "next", "ref_type": "branch", "sha": "bffeb74", "repository": repository(&server)});
    assert_eq!(
        world
            .send(delivery_of("create", "gitea", "g-2", (&created, SECRET)))
            .await
            .0,
        202
    );
    until_failing(&world, &[]).await;
    world.until(&by_name("component", "next"), "second").await;
    let other = world.get(&by_name("component", "main")).await.1;
    assert!(other.contains("first"), "another branch is not read: {other}");
    for path in [MAIN, NEXT] {
        server.remove(path);
    }
    let gone = json!({"action": "deleted", "repository": repository(&server)});
    assert_eq!(
        world
            .send(delivery_of("repository", "gitea", "g-3", (&gone, SECRET)))
            .await
            .0,
        202
    );
    let both = [
        "api/src/branch/main/catalog-info.yaml",
        "api/src/branch/next/catalog-info.yaml",
    ];
    until_failing(&world, &both).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_and_refusals_are_known() {
    let server = FileServer::start();
    let world = portal(&server).await;
    let payload = push(&server, "main");
    for id in ["s-1", "s-2", "s-2"] {
        assert_eq!(world.send(delivery("gitea", id, &payload, SECRET)).await.0, 202);
    }
    for _ in 0..5 {
        let refused = world
            .send(delivery("gitea", "s-3", &payload, "another-secret"))
            .await;
        assert_eq!(refused.0, 403);
    }
    let mut session = world.store.read().await.unwrap();
    let senders = events::senders(&mut session, "gitea").await.unwrap();
    let known: Vec<_> = senders
        .iter()
        .map(|one| (one.page.clone(), one.event.as_str(), one.deliveries))
        .collect();
    assert_eq!(known, [(server.url("/Talent"), "push", 2)]);
    let refusals = events::refusals(&mut session, "gitea").await.unwrap().unwrap();
    assert!(
        refusals.reason.contains("events.modules.gitea.webhookSecret"),
        "{}",
        refusals.reason
    );
    assert_eq!(
        refusals.count, 1,
        "the first at once, the others with the next after a while"
    );
    let audit: Value =
        serde_json::from_str(&world.get("/api/audit/events?action=events.webhook").await.1).unwrap();
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(1), "{audit}");
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
