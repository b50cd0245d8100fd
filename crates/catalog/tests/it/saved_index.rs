//! The saved index: it is there after an end, it is believed where it should be, and never otherwise.

use catalog::browse;
use catalog::query::SeenNews;
use model::LogMark;
use read_model::{ReadModel, SnapshotFile};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{World, component, join, snapshot_in};

/// A world of two components whose index was followed and saved.
async fn saved() -> (World, SnapshotFile) {
    let world = World::reading(&["./all.yaml"]).await;
    world.write("all.yaml", &join(&[component("one", ""), component("two", "")]));
    world.start().await;
    follow_and_stop(&world).await;
    let file = snapshot_in(world.folder.path());
    (world, file)
}

async fn follow_and_stop(world: &World) {
    world.catalog.catch_up().await.unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    world.catalog.follow(stop).await;
}

/// What a new start finds: number of entities and whether a lately added one is among them.
async fn start_again(world: &mut World) -> usize {
    world.restart(|_| {}).await;
    world.catalog.catch_up().await.unwrap();
    world.seen().total()
}

#[tokio::test]
async fn a_start_goes_on_from_what_was_saved() {
    let (mut world, file) = saved().await;
    let (model, stamp) = file.read().unwrap().expect("a snapshot");
    // Two components and the location.
    assert_eq!(model.len(), 3);
    assert_eq!(stamp.seq, world.store.last_seq().await.unwrap());
    world.write(
        "all.yaml",
        &join(&[component("one", ", system: s"), component("three", "")]),
    );
    world.start().await;
    assert_eq!(start_again(&mut world).await, 3);
    let served = async |name: &str| {
        let reference = format!("component:default/{name}").parse().unwrap();
        world.seen().entity(&reference).await.unwrap()
    };
    assert_eq!(served("one").await.unwrap()["spec"]["system"], "s");
    let filtered = browse::one_of("spec.system", &["s".to_owned()]);
    assert_eq!(world.seen().total_of(&filtered, ""), 1);
    assert!(served("two").await.is_none());
    assert!(served("three").await.is_some());
}

/// Otherwise the other tests would show nothing.
#[tokio::test]
async fn a_snapshot_of_this_database_is_believed() {
    let (mut world, file) = saved().await;
    let (_, stamp) = file.read().unwrap().unwrap();
    file.save(&ReadModel::default(), stamp).unwrap();
    assert_eq!(start_again(&mut world).await, 0);
}

#[tokio::test]
async fn a_snapshot_of_another_database_is_not() {
    let (mut world, file) = saved().await;
    let (_, stamp) = file.read().unwrap().unwrap();
    let others = [
        LogMark {
            uid: Uuid::nil(),
            ..stamp
        },
        LogMark {
            at: stamp.at - 1,
            ..stamp
        },
        LogMark {
            seq: stamp.seq + 5,
            ..stamp
        },
        LogMark {
            epoch: stamp.epoch ^ 1,
            ..stamp
        },
    ];
    for other in others {
        file.save(&ReadModel::default(), other).unwrap();
        assert_eq!(start_again(&mut world).await, 3, "{other:?}");
    }
}

#[tokio::test]
async fn a_damaged_snapshot_is_as_good_as_none() {
    let (mut world, file) = saved().await;
    let whole = std::fs::read(file.path()).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [
        &flipped[..],
        &whole[..whole.len() - 9],
        b"",
        b"\0\0\0\0",
        b"garbage",
    ] {
        std::fs::write(file.path(), damaged).unwrap();
        assert!(file.read().is_err(), "{} bytes", damaged.len());
        assert_eq!(start_again(&mut world).await, 3);
    }
    // The next end mends it.
    follow_and_stop(&world).await;
    assert!(file.read().unwrap().is_some());
}

#[tokio::test]
async fn nothing_is_left_where_nothing_can_be_written() {
    let (world, _) = saved().await;
    let (model, stamp) = snapshot_in(world.folder.path()).read().unwrap().unwrap();
    let blocked = SnapshotFile::new(world.folder.path().join("all.yaml/catalog.index"));
    assert!(blocked.save(&model, stamp).is_err());
    assert!(blocked.read().is_err() || blocked.read().unwrap().is_none());
}

#[tokio::test]
async fn another_log_has_everything_loaded_again() {
    let (world, _) = saved().await;
    let mut changes = world.seen().changes();
    let reference = "component:default/one".parse().unwrap();
    assert!(world.seen().entity(&reference).await.unwrap().is_some());
    world.store.begin_epoch().await.unwrap();
    world.catalog.catch_up().await.unwrap();
    let news = changes.applied.try_recv().unwrap();
    assert_eq!(changes.sight.see(&news), Some(SeenNews::Reloaded));
    assert!(world.seen().entity(&reference).await.unwrap().is_some());
    assert_eq!(
        world.catalog.applied(),
        Some(world.store.log_mark().await.unwrap().seq)
    );
    // Nothing is loaded twice.
    world.catalog.catch_up().await.unwrap();
    assert!(changes.applied.try_recv().is_err());
}
