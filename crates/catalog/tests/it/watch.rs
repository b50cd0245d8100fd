//! Saved edits show at once.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::world::{World, component};

#[tokio::test(flavor = "multi_thread")]
async fn saved_edits_show_within_a_second() {
    let world = World::reading(&["./a.yaml", "./more/*.yaml"]).await;
    world.write("a.yaml", &component("a", ""));
    world.write("more/b.yaml", &component("b", ""));
    let mut woken = world.store.changes_woken();
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (catalog, stop) = (world.catalog.clone(), stop.clone());
        async move { catalog.run(stop).await }
    });
    let wait = async |names: &[&str]| {
        let reached = async {
            while world.served().await != names {
                assert!(woken.woken().await);
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reached)
            .await
            .expect("the change shows");
    };
    let mut wait = wait;
    wait(&["component:default/a", "component:default/b"]).await;
    // Editors write a new file and rename it.
    world.write("a.tmp", &component("renamed", ""));
    std::fs::rename(
        world.folder.path().join("a.tmp"),
        world.folder.path().join("a.yaml"),
    )
    .unwrap();
    wait(&["component:default/b", "component:default/renamed"]).await;
    world.write("more/c.yaml", &component("c", ""));
    wait(&[
        "component:default/b",
        "component:default/c",
        "component:default/renamed",
    ])
    .await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), running)
        .await
        .expect("it stops")
        .unwrap();
}
