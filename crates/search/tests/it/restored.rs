//! A backup is put in the place of a SQLite file, and what is written then gets numbers that were given away before.

use std::path::Path;

use store::{Database, Store};
use uuid::Uuid;

use crate::failover::{Replica, put};
use crate::world;

const LOST: [&str; 2] = ["lost-one", "lost-two"];

async fn opened(file: &Path) -> Store {
    world::opened(&Database::Sqlite(file.to_owned())).await
}

/// Writes with no portal at work.
async fn write(file: &Path, names: &[&str], description: &str) -> i64 {
    let store = opened(file).await;
    let mut last = 0;
    for name in names {
        last = put(&store, name, Uuid::new_v4(), description).await;
    }
    store.close().await;
    last
}

/// What the portal saved beside the database stays, the database is that of the backup.
fn restore(backup: &Path, file: &Path) {
    for rest in ["portal.sqlite-wal", "portal.sqlite-shm"] {
        let _ = std::fs::remove_file(file.with_file_name(rest));
    }
    std::fs::copy(backup, file).unwrap();
}

/// Serves, loses what came after the backup, and serves again after these were written in its place.
async fn check(instead: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (file, backup) = (
        folder.path().join("portal.sqlite"),
        folder.path().join("backup.sqlite"),
    );
    let database = Database::Sqlite(file.clone());
    let kept = Uuid::new_v4();
    let store = opened(&file).await;
    put(&store, "kept", kept, "before").await;
    store.close().await;
    std::fs::copy(&file, &backup).unwrap();

    let replica = Replica::start(folder.path(), &database).await;
    for name in LOST {
        put(&replica.store, name, Uuid::new_v4(), "lost").await;
    }
    put(&replica.store, "kept", kept, "lost, too").await;
    let last = replica.store.last_seq().await.unwrap();
    replica.answers_with(&["kept", LOST[0], LOST[1]], &[]).await;
    let store = replica.store.clone();
    replica.end().await;
    store.close().await;

    restore(&backup, &file);
    let again = write(&file, instead, "instead").await;
    assert!(again <= last, "numbers are given away again");
    let replica = Replica::start(folder.path(), &database).await;
    replica.answers_with(&[&["kept"], instead].concat(), &LOST).await;
    assert_eq!(replica.description("kept").await, "before");
    assert_eq!(
        replica.catalog.applied(),
        Some(replica.store.last_seq().await.unwrap())
    );
    put(&replica.store, "later", Uuid::new_v4(), "later").await;
    replica.answers_with(&["later"], &LOST).await;
    replica.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_as_many_changes_as_were_lost() {
    check(&["instead-one", "instead-two", "instead-three"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_fewer_changes_than_were_lost() {
    check(&["instead-one"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_no_change_at_all() {
    check(&[]).await;
}
