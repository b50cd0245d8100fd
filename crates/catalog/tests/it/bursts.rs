//! Many sources at once: what they bring is joined once.

use std::fmt::Write as _;

use store::HistoryRow;

use crate::world::World;

fn component(name: &str, description: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  description: {description}\n\
         spec:\n  type: service\n  lifecycle: production\n  owner: team\n"
    )
}

const TEAM: &str = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: team\n\
                    spec:\n  type: team\n  children: []\n";

/// A team that is named by every one of many files gets one entry in its history, and is complete.
#[tokio::test]
async fn neighbours_are_joined_once() {
    let names: Vec<String> = (0..60).map(|number| format!("part-{number}.yaml")).collect();
    let mut locations: Vec<&str> = names.iter().map(String::as_str).collect();
    locations.insert(0, "team.yaml");
    let world = World::reading(&locations).await;
    world.write("team.yaml", TEAM);
    for (number, name) in names.iter().enumerate() {
        world.write(name, &component(&format!("c{number}"), "first"));
    }
    world.start().await;
    let history = joined_once(&world, 60).await;
    assert_eq!(
        history[0].cause["source"],
        team_source(&world).await,
        "its own file is the cause"
    );
    assert_eq!(world.store.stitches_since().await.unwrap(), None);

    // What is served already shows its own change without waiting for the others.
    for (number, name) in names.iter().enumerate() {
        world.write(name, &component(&format!("c{number}"), "second"));
    }
    world.look().await;
    let one = world.entity("component:default/c7").await.unwrap();
    assert_eq!(one["metadata"]["description"], "second");
    // Nothing about the team changed.
    joined_once(&world, 60).await;
}

/// The team's history, after checking that it is complete with its first entry.
async fn joined_once(world: &World, members: usize) -> Vec<HistoryRow> {
    let team = world.entity("group:default/team").await.unwrap();
    assert_eq!(team["relations"].as_array().unwrap().len(), members);
    let history = world.store.history("group:default/team", None, 100);
    let history = history.await.unwrap();
    assert_eq!(history.len(), 1, "{history:?}");
    history
}

async fn team_source(world: &World) -> String {
    let parents = world
        .store
        .parents(&["group:default/team".to_owned()])
        .await
        .unwrap();
    parents[0].1.to_string()
}

/// A file of more documents than one transaction takes is served whole, each entity with one entry.
#[tokio::test]
async fn a_large_file_is_joined_once() {
    let world = World::reading(&["all.yaml"]).await;
    let mut text = TEAM.to_owned();
    for number in 0..1_200 {
        let _ = write!(text, "---\n{}", component(&format!("c{number}"), "first"));
    }
    world.write("all.yaml", &text);
    world.start().await;
    assert_eq!(world.served().await.len(), 1_201);
    joined_once(&world, 1_200).await;
}

/// Very much that waits is done in turns between which sources are looked at, and all of it is done.
#[tokio::test]
async fn a_long_queue_is_worked_off_in_turns() {
    let world = World::reading(&["all.yaml"]).await;
    world.catalog.start().await.unwrap();
    // They stand before the others, and are no longer there when their turn comes.
    let gone: Vec<String> = (0..11_000)
        .map(|number| format!("api:default/gone-{number:05}"))
        .collect();
    let cause = serde_json::json!({"kind": "ingest"});
    let rows: Vec<_> = gone.iter().map(|reference| (&**reference, &cause)).collect();
    let mut tx = world.store.write(store::Lane::Bulk).await.unwrap();
    tx.put_off_stitching(&rows, true, jiff::Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let text: Vec<String> = (0..600)
        .map(|number| component(&format!("c{number}"), "first"))
        .collect();
    world.write("all.yaml", &text.join("---\n"));
    world.catalog.settle().await.unwrap();
    assert_eq!(world.served().await.len(), 600);
    assert_eq!(world.store.stitches_since().await.unwrap(), None);
}

/// A process that ends in the middle leaves work for the next.
#[tokio::test]
async fn what_was_put_off_survives_a_restart() {
    let mut world = World::reading(&["team.yaml"]).await;
    world.write("team.yaml", TEAM);
    world.start().await;
    let mut tx = world.store.write(store::Lane::Bulk).await.unwrap();
    let mut node = tx
        .nodes(&["group:default/team".to_owned()])
        .await
        .unwrap()
        .remove(0);
    // As an interrupted burst leaves it: known, but not served.
    (node.final_json, node.etag) = (None, None);
    tx.upsert_nodes(&[node]).await.unwrap();
    let cause = serde_json::json!({"kind": "ingest"});
    let since = jiff::Timestamp::UNIX_EPOCH;
    tx.put_off_stitching(&[("group:default/team", &cause)], true, since)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(world.entity("group:default/team").await.is_none());
    world.restart(|_| {}).await;
    assert!(world.entity("group:default/team").await.is_some());
    assert_eq!(world.store.stitches_since().await.unwrap(), None);
}

/// One location may read many files; the history of an entity names the one it stands in.
#[tokio::test]
async fn the_cause_is_the_file_of_the_entity() {
    let world = World::reading(&["parts/*.yaml"]).await;
    world.write("parts/a.yaml", TEAM);
    world.write("parts/b.yaml", &component("one", "first"));
    world.start().await;
    for (reference, file) in [
        ("group:default/team", "a.yaml"),
        ("component:default/one", "b.yaml"),
    ] {
        let history = world.store.history(reference, None, 10).await.unwrap();
        let location = history[0].cause["location"].as_str().unwrap();
        assert!(location.ends_with(file), "{reference}: {location}");
    }
}
