//! Registered is registered: the row and its entity are written together, whatever else begins at that moment.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::task::JoinSet;

use crate::world::{ACTOR, World, component};

/// Starts of this process or of others, each of which compares the table with the catalog.
const STARTS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_start_removes_nothing_that_is_registered_meanwhile() {
    let world = World::reading(&[]).await;
    let (catalog, store) = (&world.catalog, &world.store);
    let mut working = JoinSet::new();
    for worker in 0..3 {
        let catalog = catalog.clone();
        working.spawn(async move {
            for number in 0..STARTS * 2 {
                let target = format!("https://git.example/{worker}/{number}.yaml");
                catalog
                    .register_location(&ACTOR, ("url", &target), None, None)
                    .await
                    .unwrap();
            }
        });
    }
    for _ in 0..STARTS {
        catalog.start().await.unwrap();
        // Nobody ever sees a row without its entity.
        for location in store.location_list().await.unwrap() {
            let node = store.node(&location.entity_ref).await.unwrap();
            assert!(node.is_some(), "{} has no entity", location.target);
        }
    }
    while let Some(ended) = working.join_next().await {
        ended.unwrap();
    }
    catalog.start().await.unwrap();
    let locations = store.location_list().await.unwrap();
    assert_eq!(locations.len(), STARTS * 6);
    let references: Vec<String> = locations
        .into_iter()
        .map(|location| location.entity_ref)
        .collect();
    assert_eq!(store.nodes(&references).await.unwrap().len(), STARTS * 6);
}

#[tokio::test]
async fn a_row_that_is_gone_takes_its_entity_along_at_the_next_start() {
    let world = World::reading(&[]).await;
    world.start().await;
    world.server.put("/a.yaml", component("a", ""));
    let target = world.server.url("/a.yaml");
    let located = world
        .catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap();
    world.catalog.settle().await.unwrap();
    assert_eq!(world.served().await, ["component:default/a"]);
    // As a backup of the table alone would leave it.
    let mut tx = world.store.write(store::Lane::Person).await.unwrap();
    tx.location_delete(located.location.id).await.unwrap();
    tx.commit().await.unwrap();
    world.start().await;
    assert_eq!(world.served().await, [""; 0]);
    assert_eq!(
        world.store.node(&located.location.entity_ref).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_source_does_not_wait_for_the_time_of_a_clock_that_was_ahead() {
    let world = World::reading(&[]).await;
    world.server.put("/a.yaml", component("a", ""));
    world.start().await;
    let target = world.server.url("/a.yaml");
    world.clock.advance(SignedDuration::from_hours(24));
    world
        .catalog
        .register_location(&ACTOR, ("url", &target), None, None)
        .await
        .unwrap();
    world.catalog.settle().await.unwrap();
    world.clock.advance(SignedDuration::from_hours(-24));
    let before = world.server.requests();
    // Longer than any pause between two looks.
    let pause = SignedDuration::try_from(Duration::from_mins(10)).unwrap();
    world.clock.advance(pause);
    world.catalog.settle().await.unwrap();
    assert_eq!(world.server.requests(), before, "it waits for tomorrow");
    assert_eq!(world.catalog.bring_forward().await.unwrap(), 1);
    world.clock.advance(pause);
    world.catalog.settle().await.unwrap();
    assert!(world.server.requests() > before, "it is read again today");
    assert_eq!(world.catalog.bring_forward().await.unwrap(), 0);
}
