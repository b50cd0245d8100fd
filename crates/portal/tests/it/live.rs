//! Open pages hear of what they follow, and of nothing that their viewer may not see.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use http_body_util::BodyExt;
use model::{Fault, Viewer};
use plugin::{Condition, Decision, Permission, Policy};
use serde_json::{Value, json};

use crate::plugin_of_every_point::teapots;
use crate::world::World;

/// Longest wait for an event.
const SOON: Duration = Duration::from_secs(20);
/// How long nothing must come.
const QUIET: Duration = Duration::from_millis(700);

/// The name of the next event; nothing when none comes in this time.
async fn next(stream: &mut Body, within: Duration) -> Option<String> {
    let event = async {
        loop {
            let frame = stream.frame().await?.unwrap();
            let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
            let name = text.lines().find_map(|line| line.strip_prefix("event: "));
            if let Some(name) = name {
                return Some(name.to_owned());
            }
        }
    };
    tokio::time::timeout(within, event).await.ok().flatten()
}

async fn follow(world: &World, query: &str) -> Body {
    world.open(&format!("/api/live/changes?topics={query}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_of_plugins_are_heard_by_those_who_follow_them() {
    let world = World::with(vec![teapots()]).await.unwrap();
    let mut whole = follow(&world, "teapots.harvest").await;
    let mut part = follow(&world, "teapots.harvest.first-flush").await;
    let mut other = follow(&world, "teapots.harvest.second-flush").await;
    assert_eq!(world.get("/teapots/harvest").await.1, "Harvested");
    assert_eq!(next(&mut whole, SOON).await.as_deref(), Some("change"));
    assert_eq!(next(&mut part, SOON).await.as_deref(), Some("change"));
    assert_eq!(next(&mut other, QUIET).await, None);
    for (topics, reason) in [
        (
            "teapots.lid",
            "Nothing is announced under the topic 'teapots.lid'",
        ),
        ("teapots.harvests", "Nothing is announced under the topic"),
        (
            "&at=2026-01-31T12:00:00Z",
            "Empty value found for query parameter 'topics'",
        ),
        ("work.job&at=yesterday", "'at' must be a time"),
    ] {
        let (status, text) = world.get(&format!("/api/live/changes?topics={topics}")).await;
        assert!(
            status == 400 && text.contains(reason),
            "{topics}: {status} {text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_hears_of_what_happened_while_it_was_made() {
    let world = World::with(vec![teapots()]).await.unwrap();
    let made = |page: &str| {
        let at = page.split("data-at=\"").nth(1).unwrap();
        at.split('"').next().unwrap().to_owned()
    };
    let page = world.get("/work").await.1;
    assert!(page.contains("data-live=\"work.job\""), "{page}");
    assert_eq!(world.get("/teapots/harvest").await.1, "Harvested");
    let query = |at: &str| format!("teapots.harvest&at={at}");
    let mut stream = follow(&world, &query(&made(&page))).await;
    assert_eq!(next(&mut stream, SOON).await.as_deref(), Some("change"));
    // What was announced is remembered a moment later.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let later = world.get("/work").await.1;
    let mut stream = follow(&world, &query(&made(&later))).await;
    assert_eq!(next(&mut stream, QUIET).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_job_is_heard_on_its_page() {
    let world = World::with(vec![teapots()]).await.unwrap();
    let done = world
        .until(
            "/api/work/jobs?kind=teapots.descale&state=done",
            "teapots.descale",
        )
        .await;
    let done: Value = serde_json::from_str(&done).unwrap();
    let id = done["items"][0]["id"].as_str().unwrap();
    let page = world.get(&format!("/work/jobs/{id}")).await.1;
    assert!(page.contains(&format!("data-live=\"work.job.{id}\"")), "{page}");
    let mut every = follow(&world, "work.job").await;
    let mut this = follow(&world, &format!("work.job.{id}")).await;
    let options = work::JobOptions::of(model::Actor::system("test"));
    let jobs = work::Jobs::new(world.store.clone());
    jobs.enqueue_alone("teapots.descale", &json!("kettle"), options)
        .await
        .unwrap();
    assert_eq!(next(&mut every, SOON).await.as_deref(), Some("change"));
    assert_eq!(next(&mut this, QUIET).await, None);
}

/// Hides entities without the tag `open`, and jobs.
struct Discreet;

#[async_trait]
impl Policy for Discreet {
    async fn decide(&self, _: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault> {
        let open = Condition::Rule {
            name: "HAS_METADATA".to_owned(),
            parameters: json!({"key": "tags", "value": "open"}),
        };
        let decide = |permission: &&'static Permission| match permission.name {
            "catalog.entity.read" => Decision::Conditional(open.clone()),
            "work.job.read" => Decision::Deny,
            _ => Decision::Allow,
        };
        Ok(asked.iter().map(decide).collect())
    }
}

fn component(name: &str, tag: &str, description: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}, tags: [{tag}], description: \
         {description}}}\nspec: {{type: service, lifecycle: production, owner: team}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sight_and_permissions_hold_for_what_is_heard() {
    let more = json!({"catalog": {"locations": [
        {"type": "file", "target": "./seen.yaml"},
        {"type": "file", "target": "./hidden.yaml"},
    ]}});
    let policy: Arc<dyn Policy> = Arc::new(Discreet);
    let world = World::governed(Vec::new(), more, Some(policy)).await.unwrap();
    let write = |file: &str, text: String| std::fs::write(world.folder.path().join(file), text).unwrap();
    write("seen.yaml", component("seen", "open", "first"));
    write("hidden.yaml", component("umbra", "shut", "first"));
    world
        .until("/api/catalog/entities/by-name/component/default/seen", "first")
        .await;
    let (status, text) = world.get("/api/live/changes?topics=work.job").await;
    assert!(status == 403 && text.contains("work.job.read"), "{status} {text}");

    let mut all = follow(&world, "*").await;
    let mut hidden = follow(&world, "component:default/umbra").await;
    let mut near = follow(&world, "component:default/see").await;
    while next(&mut all, QUIET).await.is_some() {}
    write("hidden.yaml", component("umbra", "shut", "second"));
    assert_eq!(next(&mut all, Duration::from_secs(4)).await, None);
    write("seen.yaml", component("seen", "open", "second"));
    assert_eq!(next(&mut all, SOON).await.as_deref(), Some("change"));
    assert_eq!(next(&mut hidden, QUIET).await, None);
    assert_eq!(
        next(&mut near, QUIET).await,
        None,
        "a reference that another begins with is another one"
    );
    let mut behind = follow(&world, "component:default/seen&change=0").await;
    assert_eq!(next(&mut behind, SOON).await.as_deref(), Some("change"));
}
