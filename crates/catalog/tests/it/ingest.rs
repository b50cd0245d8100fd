//! What files become, and what happens when they change.

use serde_json::json;

use crate::world::{ACTOR, EVERYTHING, World, component, join, location};

#[tokio::test]
async fn files_patterns_and_nested_locations_become_entities() {
    let world = World::reading(&["./root.yaml", "./more/*.yaml"]).await;
    world.write(
        "root.yaml",
        &join(&[location("tree", "./deep/**/*.yaml"), component("a", "")]),
    );
    world.write("deep/er/b.yaml", &component("b", ", dependsOn: ['component:a']"));
    world.write("more/c.yaml", &component("c", ""));
    world.start().await;
    assert_eq!(
        world.served().await,
        [
            "component:default/a",
            "component:default/b",
            "component:default/c",
            "location:default/tree"
        ]
    );
    let a = world.entity("component:default/a").await.unwrap();
    assert_eq!(
        a["relations"],
        json!([
            {"type": "dependencyOf", "targetRef": "component:default/b"},
            {"type": "ownedBy", "targetRef": "group:default/team"},
        ])
    );
    let root = format!("file:{}/root.yaml", world.folder.path().display());
    let b = world.entity("component:default/b").await.unwrap();
    assert_eq!(
        b["metadata"]["annotations"]["backstage.io/managed-by-origin-location"],
        json!(root)
    );
}

#[tokio::test]
async fn unchanged_sources_write_nothing() {
    let world = World::reading(&["./*.yaml"]).await;
    world.write("a.yaml", &join(&[component("a", ""), component("b", "")]));
    world.start().await;
    let before = world.store.last_seq().await.unwrap();
    world.look().await;
    assert_eq!(world.store.last_seq().await.unwrap(), before);
    world.write(
        "a.yaml",
        &join(&[component("a", ""), component("b", ", system: shop")]),
    );
    world.look().await;
    let changes = world.store.changes_since(before, 100).await.unwrap();
    let changed: Vec<&str> = changes.iter().map(|change| change.reference.as_str()).collect();
    assert_eq!(changed, ["component:default/b"]);
}

#[tokio::test]
async fn documents_that_vanish_take_their_entities_along() {
    let world = World::reading(&["./root.yaml"]).await;
    world.write(
        "root.yaml",
        &join(&[location("inner", "./inner.yaml"), component("a", "")]),
    );
    world.write("inner.yaml", &component("b", ", dependsOn: ['component:a']"));
    world.start().await;
    assert_eq!(world.served().await.len(), 3);
    world.write("root.yaml", &component("a", ""));
    world.look().await;
    assert_eq!(world.served().await, ["component:default/a"]);
    let a = world.entity("component:default/a").await.unwrap();
    assert_eq!(a["relations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn orphans_may_be_kept() {
    let world = World::with(&["./root.yaml"], json!({"orphanStrategy": "keep"})).await;
    world.write("root.yaml", &join(&[component("a", ""), component("b", "")]));
    world.start().await;
    let uid = world.entity("component:default/b").await.unwrap()["metadata"]["uid"].clone();
    world.write("root.yaml", &component("a", ""));
    world.look().await;
    let b = world.entity("component:default/b").await.unwrap();
    assert_eq!(b["metadata"]["annotations"]["backstage.io/orphan"], json!("true"));
    world.write("root.yaml", &join(&[component("a", ""), component("b", "")]));
    world.look().await;
    let b = world.entity("component:default/b").await.unwrap();
    assert_eq!(b["metadata"]["annotations"].get("backstage.io/orphan"), None);
    assert_eq!(b["metadata"]["uid"], uid);
}

#[tokio::test]
async fn locations_in_a_circle_do_not_keep_each_other() {
    let world = World::reading(&["./root.yaml"]).await;
    world.write("root.yaml", &location("one", "./two.yaml"));
    world.write("two.yaml", &location("two", "./root.yaml"));
    world.start().await;
    assert_eq!(
        world.served().await,
        ["location:default/one", "location:default/two"]
    );
    world.write("root.yaml", &component("a", ""));
    world.look().await;
    assert_eq!(world.served().await, ["component:default/a"]);
}

#[tokio::test]
async fn a_restart_changes_nothing_and_follows_the_configuration() {
    let mut world = World::reading(&["./a.yaml", "./b.yaml"]).await;
    world.write("a.yaml", &component("a", ""));
    world.write("b.yaml", &component("b", ""));
    world.start().await;
    let before = world.store.last_seq().await.unwrap();
    world.restart(|_| {}).await;
    assert_eq!(world.store.last_seq().await.unwrap(), before);
    world
        .restart(|config| {
            config["catalog"]["locations"].as_array_mut().unwrap().pop();
        })
        .await;
    assert_eq!(world.served().await, ["component:default/a"]);
    world
        .restart(|config| config["catalog"]["rules"] = json!([{"allow": ["Location"]}]))
        .await;
    assert_eq!(
        world.served().await,
        ["component:default/a"],
        "a refused document keeps its last good form"
    );
    assert_eq!(world.status("component:default/a").await.len(), 1);
}

#[tokio::test]
async fn a_deleted_entity_comes_back_with_a_new_uid() {
    let world = World::reading(&["./a.yaml"]).await;
    world.write("a.yaml", &component("a", ""));
    world.start().await;
    let uid = world.entity("component:default/a").await.unwrap()["metadata"]["uid"].clone();
    world
        .seen()
        .delete_by_uid(&ACTOR, &EVERYTHING, uid.as_str().unwrap().parse().unwrap())
        .await
        .unwrap();
    assert_eq!(world.served().await, [""; 0]);
    world.catalog.settle().await.unwrap();
    let back = world.entity("component:default/a").await.unwrap();
    assert_ne!(back["metadata"]["uid"], uid);
}

#[tokio::test]
async fn every_version_can_be_seen_again() {
    let world = World::reading(&["./a.yaml"]).await;
    let mut versions = Vec::new();
    for text in [
        component("a", ""),
        component("a", ", system: x"),
        component("b", ""),
        component("a", ", z: [1]"),
    ] {
        world.write("a.yaml", &text);
        if versions.is_empty() {
            world.start().await;
        } else {
            world.look().await;
        }
        versions.push((
            world.store.last_seq().await.unwrap(),
            world.entity("component:default/a").await,
        ));
    }
    let history = world
        .seen()
        .history("component:default/a", None, 10)
        .await
        .unwrap();
    let kinds: Vec<&str> = history.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["created", "deleted", "changed", "created"]);
    for entry in &history {
        let expected = versions
            .iter()
            .find(|(seq, _)| entry.seq <= *seq)
            .map(|(_, entity)| entity.clone());
        let version = world
            .seen()
            .version("component:default/a", entry.seq)
            .await
            .unwrap();
        assert_eq!(Some(version.entity), expected, "{}", entry.seq);
    }
    assert_eq!(
        history[2].cause["source"].as_str().unwrap().split('/').next(),
        Some("location:default")
    );
    let fault = world
        .seen()
        .version("component:default/a", 1_000)
        .await
        .unwrap_err();
    assert_eq!(fault.name, "NotFoundError");
}

#[tokio::test]
async fn two_engines_share_the_work() {
    let world = World::reading(&["./*.yaml"]).await;
    for number in 0..20 {
        world.write(
            &format!("{number}.yaml"),
            &location(&format!("l{number}"), &format!("./x/{number}.yaml")),
        );
        world.write(&format!("x/{number}.yaml"), &component(&format!("c{number}"), ""));
    }
    let config = json!({"catalog": {"locations": [{"type": "file", "target": "./*.yaml"}]}});
    let config = config::Config::from_value(config, world.folder.path()).unwrap();
    let other = catalog::Catalog::builder(std::sync::Arc::new(config), world.store.clone())
        .clock(std::sync::Arc::new(world.clock.clone()))
        .build()
        .unwrap();
    world.catalog.start().await.unwrap();
    let (ours, theirs) = tokio::join!(world.catalog.settle(), other.settle());
    world.catalog.settle().await.unwrap();
    assert_eq!(world.served().await.len(), 40);
    assert!(ours.unwrap() + theirs.unwrap() >= 21);
}
