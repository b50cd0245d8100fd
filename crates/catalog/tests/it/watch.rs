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

/// A catalog that runs on these locations until it is dropped.
struct Running {
    world: World,
    _stop: tokio_util::sync::DropGuard,
}

impl Running {
    async fn on(locations: &[&str], write: impl FnOnce(&World)) -> Self {
        let world = World::reading(locations).await;
        write(&world);
        let stop = CancellationToken::new();
        let (catalog, stopped) = (world.catalog.clone(), stop.clone());
        tokio::spawn(async move { catalog.run(stopped).await });
        Self {
            world,
            _stop: stop.drop_guard(),
        }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.world.folder.path().join(path)
    }

    async fn shows(&self, names: &[&str]) {
        let expected: Vec<String> = names
            .iter()
            .map(|name| format!("component:default/{name}"))
            .collect();
        let reached = async {
            while self.world.served().await != expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_secs(20), reached).await;
        assert!(
            reached.is_ok(),
            "{names:?} is not shown, but {:?}",
            self.world.served().await
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_that_are_replaced_are_still_watched() {
    let running = Running::on(&["./plain/a.yaml", "./many/**/*.yaml"], |world| {
        world.write("plain/a.yaml", &component("a", ""));
        world.write("many/b.yaml", &component("b", ""));
    })
    .await;
    running.shows(&["a", "b"]).await;
    for round in 0..2 {
        for folder in ["plain", "many"] {
            std::fs::remove_dir_all(running.path(folder)).unwrap();
        }
        running
            .world
            .write("plain/a.yaml", &component(&format!("a{round}"), ""));
        running
            .world
            .write("many/b.yaml", &component(&format!("b{round}"), ""));
        running.shows(&[&format!("a{round}"), &format!("b{round}")]).await;
        // The next edit as well.
        running.world.write("plain/a.yaml", &component("a", ""));
        running.world.write("many/new/c.yaml", &component("c", ""));
        running.shows(&["a", &format!("b{round}"), "c"]).await;
    }
    // A folder with files that comes in at once, and goes at once.
    running.world.write("beside/d.yaml", &component("d", ""));
    std::fs::rename(running.path("beside"), running.path("many/in")).unwrap();
    running.shows(&["a", "b1", "c", "d"]).await;
    std::fs::rename(running.path("many/in"), running.path("beside")).unwrap();
    running.shows(&["a", "b1", "c"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_behind_links_are_watched_as_kubernetes_mounts_them() {
    use std::os::unix::fs::symlink;
    let running = Running::on(&["./map/a.yaml", "./maps/*.yaml"], |world| {
        for (folder, name) in [("map", "a"), ("maps", "b")] {
            world.write(&format!("{folder}/..v1/{name}.yaml"), &component(name, ""));
            let path = |file: &str| world.folder.path().join(folder).join(file);
            symlink("..v1", path("..data")).unwrap();
            symlink(format!("..data/{name}.yaml"), path(&format!("{name}.yaml"))).unwrap();
        }
    })
    .await;
    running.shows(&["a", "b"]).await;
    for version in ["2", "3"] {
        for (folder, name) in [("map", "a"), ("maps", "b")] {
            let text = component(&format!("{name}{version}"), "");
            running
                .world
                .write(&format!("{folder}/..v{version}/{name}.yaml"), &text);
            symlink(format!("..v{version}"), running.path(&format!("{folder}/..tmp"))).unwrap();
            std::fs::rename(
                running.path(&format!("{folder}/..tmp")),
                running.path(&format!("{folder}/..data")),
            )
            .unwrap();
        }
        running
            .shows(&[&format!("a{version}"), &format!("b{version}")])
            .await;
    }
}
