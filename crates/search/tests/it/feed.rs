//! The index follows the catalog, and outlives restarts and damage.

use std::time::{Duration, Instant};

use search::{Place, Search};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::world::{World, entity};

fn component(name: &str) -> String {
    entity(
        &format!("Component:{name}"),
        json!({}),
        json!({ "type": "service", "lifecycle": "production", "owner": "team" }),
    )
}

#[tokio::test]
async fn changes_are_found_soon_and_deletions_not_any_more() {
    let world = World::with(&component("first")).await;
    assert_eq!(world.found("first").await, ["component:default/first"]);
    let started = Instant::now();
    world.write(&component("second")).await;
    assert_eq!(world.found("second").await, ["component:default/second"]);
    assert!(world.found("first").await.is_empty());
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "a change took {:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_restart_goes_on_where_the_index_is() {
    let world = World::with(&component("first")).await;
    let world = world.restart(async |_, _| {}).await;
    assert_eq!(world.found("first").await, ["component:default/first"]);
    world.write(&(component("first") + &component("later"))).await;
    assert_eq!(world.found("later").await, ["component:default/later"]);
}

#[tokio::test]
async fn a_damaged_index_is_built_anew() {
    let world = World::with(&component("first")).await;
    let world = world
        .restart(async |folder, _| {
            std::fs::write(folder.join("index/meta.json"), "{ broken").unwrap();
        })
        .await;
    assert_eq!(world.found("first").await, ["component:default/first"]);
    let world = world
        .restart(async |folder, _| {
            for file in std::fs::read_dir(folder.join("index")).unwrap().flatten() {
                if file
                    .path()
                    .extension()
                    .is_some_and(|kind| kind == "term" || kind == "store")
                {
                    std::fs::write(file.path(), "garbage").unwrap();
                }
            }
        })
        .await;
    assert_eq!(world.found("first").await, ["component:default/first"]);
}

#[tokio::test]
async fn an_index_of_another_database_is_not_taken_for_this_ones() {
    let world = World::with(&component("first")).await;
    let world = world
        .restart(async |_, store| {
            store.begin_epoch().await.unwrap();
        })
        .await;
    assert_eq!(world.found("first").await, ["component:default/first"]);
}

#[tokio::test]
async fn a_folder_belongs_to_one_at_a_time() {
    let world = World::with(&component("first")).await;
    let files = || {
        let mut names: Vec<_> = std::fs::read_dir(world.folder.path().join("index"))
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = files();
    let another = Search::open(
        &Place::Folder(world.folder.path().join("index")),
        &world.catalog,
        &world.store,
    )
    .unwrap();
    another.feed_from([]);
    let stop = CancellationToken::new();
    let following = stop.clone().drop_guard();
    let run = tokio::spawn({
        let another = another.clone();
        async move { another.run(stop).await }
    });
    let seq = world.store.last_seq().await.unwrap();
    assert!(another.wait_for(seq, Duration::from_secs(20)).await);
    assert_eq!(files(), before);
    assert_eq!(world.found("first").await, ["component:default/first"]);
    drop(following);
    run.await.unwrap();
    world.write(&(component("first") + &component("later"))).await;
    assert_eq!(world.found("later").await, ["component:default/later"]);
}

#[tokio::test]
async fn an_index_that_cannot_be_kept_on_disk_is_kept_in_memory() {
    let world = World::with(&component("first")).await;
    let world = world
        .restart(async |folder, _| {
            std::fs::remove_dir_all(folder.join("index")).unwrap();
            std::fs::write(folder.join("index"), "no folder").unwrap();
        })
        .await;
    assert_eq!(world.found("first").await, ["component:default/first"]);
}

/// As with the whole data folder, which on PostgreSQL holds nothing but what can be made again.
#[tokio::test]
async fn a_folder_that_is_removed_is_made_again_and_stays_ours() {
    let world = World::with(&component("before")).await;
    let (index, lock) = (
        world.folder.path().join("index"),
        world.folder.path().join("index.lock"),
    );
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::remove_file(&lock).unwrap();
    world.write(&component("after")).await;
    assert_eq!(world.found("after").await, ["component:default/after"]);
    assert!(index.join("meta.json").exists());
    let lock = std::fs::File::open(lock).unwrap();
    assert!(lock.try_lock().is_err(), "another process cannot have the folder");
}
