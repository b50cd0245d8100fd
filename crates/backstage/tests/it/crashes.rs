//! `kill -9` at any instant: the next start makes the same catalog as if nothing had happened, and
//! the history tells every step once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog::{Catalog, Sight};
use config::Config;
use model::{Randomness, diff};
use serde_json::{Value, json};
use store::{Database, ScanPosition, Store};
use testkit::TestRandomness;

use crate::catalog_files::CatalogFiles;
use crate::portal::{Portal, eventually};

const FILES: usize = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalog_in_sqlite_survives_fifty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let config = |name: &str| json!({"client": "better-sqlite3", "connection": {"filename": folder.path().join(name)}});
    let database = |name: &str| Database::Sqlite(folder.path().join(name));
    for round in 0..5 {
        let names = [format!("killed-{round}.sqlite"), format!("calm-{round}.sqlite")];
        let databases = names.each_ref().map(|name| database(name));
        survive(round, 10, names.each_ref().map(|name| config(name)), databases).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalog_in_postgresql_survives_kills() {
    let urls = [testkit::fresh_database().await, testkit::fresh_database().await];
    let configs = urls
        .each_ref()
        .map(|url| json!({"client": "pg", "connection": url}));
    survive(77, 6, configs, urls.map(Database::postgres)).await;
}

/// Kills a portal on the first database again and again while files change, then compares with one
/// that reads the last files into the second database undisturbed.
async fn survive(seed: u64, kills: usize, configs: [Value; 2], databases: [Database; 2]) {
    let random = TestRandomness::new(seed);
    let mut files = CatalogFiles::new(FILES, &configs[0]);
    let mut longest = Duration::from_millis(400);
    let mut interrupted = 0;
    // More than that where none of them hit the work.
    for kill in 0..kills * 5 {
        if kill >= kills && interrupted > 0 {
            break;
        }
        let mut portal = Portal::start(files.path());
        let begun = Instant::now();
        let longest_ms = u64::try_from(longest.as_millis()).unwrap();
        std::thread::sleep(Duration::from_millis(random.below(longest_ms)));
        portal.kill();
        let done = served(&databases[0]).await;
        check_log(&databases[0]).await;
        interrupted += usize::from(!done.is_empty() && editions(&done) != files.expected());
        // A machine that starts the program slowly gets more time, so that kills hit the work.
        if done.is_empty() {
            longest = longest.max(begun.elapsed() * 2).min(Duration::from_secs(5));
        }
        for _ in 0..=random.below(FILES as u64) {
            files.edit(usize::try_from(random.below(FILES as u64)).unwrap());
        }
    }
    read_all(&files);
    files.configure("app-config.yaml", &configs[1]);
    read_all(&files);
    let (killed, calm) = (served(&databases[0]).await, served(&databases[1]).await);
    assert_eq!(killed, calm, "seed {seed}");
    check_log(&databases[0]).await;
    check_histories(&databases[0], files.path(), &killed).await;
    assert!(interrupted > 0, "seed {seed}: no kill hit the ingest");
}

/// One run until everything is served, ended in order.
fn read_all(files: &CatalogFiles) {
    let mut portal = Portal::start(files.path());
    let expected = files.expected();
    eventually("all files are served", || {
        (portal.facet("spec.edition") == expected).then_some(())
    });
    assert!(portal.stop(), "{}", portal.log());
}

/// Everything served, without what differs from database to database.
async fn served(database: &Database) -> BTreeMap<String, Value> {
    let store = Store::open(database).await.unwrap();
    let (rows, _) = store.scan_finals(ScanPosition::default(), 10_000).await.unwrap();
    store.close().await;
    rows.into_iter()
        .map(|row| {
            let mut entity: Value = serde_json::from_str(&row.json).unwrap();
            let metadata = entity["metadata"].as_object_mut().unwrap();
            metadata.remove("uid");
            metadata.remove("etag");
            (row.reference, entity)
        })
        .collect()
}

fn editions(served: &BTreeMap<String, Value>) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    for entity in served.values().filter(|entity| entity["kind"] == "Component") {
        let edition = entity["spec"]["edition"].as_str().unwrap();
        *counted.entry(edition.to_owned()).or_default() += 1;
    }
    counted
}

/// The change log has no gaps.
pub async fn check_log(database: &Database) {
    let store = Store::open(database).await.unwrap();
    let changes = store.changes_since(0, 100_000).await.unwrap();
    store.close().await;
    assert!(
        (1..)
            .zip(&changes)
            .all(|(expected, change)| change.seq == expected)
    );
}

/// Every history begins with a creation, changes something with every step, never goes back to an
/// older edition, and ends with what is served.
async fn check_histories(database: &Database, folder: &Path, served: &BTreeMap<String, Value>) {
    let store = Store::open(database).await.unwrap();
    let config = Config::from_value(json!({}), folder).unwrap();
    let catalog = Catalog::builder(Arc::new(config), store.clone()).build().unwrap();
    let everything = Sight::system("a test");
    let seen = catalog.seen_by(&everything);
    for (reference, entity) in served {
        let history = seen.history(reference, None, 1_000).await.unwrap();
        let mut current = entity.clone();
        let mut newer = u32::MAX;
        for entry in &history {
            assert_ne!(entry.kind, "deleted", "{reference} is served");
            assert!(
                edition(&current).is_none_or(|edition| edition <= newer),
                "{reference} at {} is of an edition after {newer}",
                entry.seq
            );
            newer = edition(&current).unwrap_or(newer);
            if entry.kind == "created" {
                assert_eq!(entry.changes, [], "{reference} at {}", entry.seq);
                break;
            }
            assert!(!entry.changes.is_empty(), "{reference} at {}", entry.seq);
            diff::unapply(&mut current, &entry.changes);
        }
        let oldest = history.last().map(|entry| entry.kind);
        assert_eq!(oldest, Some("created"), "{reference}");
        let newest = seen.version(reference, history[0].seq).await.unwrap().entity;
        let mut newest = newest.expect("it is served");
        newest["metadata"]
            .as_object_mut()
            .unwrap()
            .retain(|key, _| key != "uid" && key != "etag");
        assert_eq!(newest, *entity, "{reference}");
    }
    store.close().await;
}

fn edition(entity: &Value) -> Option<u32> {
    entity["spec"]["edition"]
        .as_str()?
        .rsplit('-')
        .next()?
        .parse()
        .ok()
}
