//! Documents that change without a change of the catalog.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::SignedDuration;
use model::{EntityRef, Fault, SystemClock};
use parking_lot::Mutex;
use plugin::{Of, PluginId, SearchDocument, SearchFeed, SearchSource};
use search::{Place, Search, Touches};
use serde_json::{Value, json};
use store::{Database, Lane, Store};
use tempfile::TempDir;
use testkit::TestClock;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::world::{self, entity, names_found};

/// Longest wait for a document.
const SOON: Duration = Duration::from_secs(20);

/// Says of every component that it smells of something.
struct Smell(Arc<Mutex<&'static str>>);

#[async_trait]
impl SearchSource for Smell {
    fn document_type(&self) -> &'static str {
        "smell"
    }

    fn title(&self) -> &'static str {
        "Smells"
    }

    async fn documents(&self, entity: &Value) -> Result<Vec<SearchDocument>, Fault> {
        if entity["kind"] != "Component" {
            return Ok(Vec::new());
        }
        Ok(vec![SearchDocument {
            title: format!("{} {}", self.0.lock(), entity["metadata"]["name"]),
            weight: 100,
            ..SearchDocument::default()
        }])
    }
}

/// Two entities and an index of them.
pub struct Process {
    folder: TempDir,
    store: Store,
    smell: Arc<Mutex<&'static str>>,
    search: Search,
    _following: DropGuard,
}

pub async fn opened(database: Database) -> Process {
    let folder = tempfile::tempdir().unwrap();
    let store = world::opened(&database).await;
    let text: String = ["rose", "tulip"]
        .iter()
        .map(|name| {
            let spec = json!({ "type": "service", "lifecycle": "production", "owner": "team" });
            entity(&format!("Component:{name}"), json!({}), spec)
        })
        .collect();
    std::fs::write(folder.path().join("all.yaml"), text).unwrap();
    let smell = Arc::new(Mutex::new("musty"));
    let (search, following) = follow((folder.path(), "index"), &store, &smell).await;
    until(&search, "musty", 2).await;
    Process {
        folder,
        store,
        smell,
        search,
        _following: following,
    }
}

/// An index of the store in a folder, fed until the guard is dropped.
async fn follow(
    (folder, index): (&Path, &str),
    store: &Store,
    smell: &Arc<Mutex<&'static str>>,
) -> (Search, DropGuard) {
    let catalog = world::catalog_with(folder, store, None);
    catalog.start().await.unwrap();
    catalog.settle().await.unwrap();
    catalog.catch_up().await.unwrap();
    let search = Search::open(&Place::Folder(folder.join(index)), &catalog, store).unwrap();
    search.feed_from([Of {
        plugin: PluginId::built_in("smells"),
        part: Arc::new(Smell(smell.clone())) as Arc<dyn SearchSource>,
    }]);
    let stop = CancellationToken::new();
    let (running, soft) = (search.clone(), stop.clone());
    tokio::spawn(async move { running.run(soft).await });
    (search, stop.drop_guard())
}

/// Waits until so many are found.
async fn until(search: &Search, text: &str, count: usize) {
    let begun = Instant::now();
    loop {
        let found = names_found(search, text).await;
        if found.len() == count {
            return;
        }
        assert!(begun.elapsed() < SOON, "{text}: {found:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Process {
    fn touches(&self) -> Touches {
        Touches::new(self.store.clone(), Arc::new(SystemClock))
    }
}

fn component(name: &str) -> EntityRef {
    EntityRef::new("component", "default", name)
}

pub async fn documents_are_made_anew(process: &Process) {
    let search = &process.search;
    *process.smell.lock() = "sweet";
    let rose = [component("rose"), component("rose"), component("no-such")];
    process.touches().changed(&rose).await.unwrap();
    until(search, "sweet", 1).await;
    until(search, "musty", 1).await;
    *process.smell.lock() = "fresh";
    let mut tx = process.store.write_unordered(Lane::Bulk).await.unwrap();
    process
        .touches()
        .changed_in(&mut tx, &[component("tulip")])
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    process.touches().changed(&rose).await.unwrap();
    until(search, "fresh", 1).await;
    until(search, "musty", 1).await;
}

pub async fn what_was_touched_meanwhile_is_taken_in_by_a_start(process: &Process) {
    let place = (process.folder.path(), "another-index");
    let (search, following) = follow(place, &process.store, &process.smell).await;
    until(&search, "musty", 2).await;
    drop((search, following));
    // The writer of the stopped feed lets go of the folder when the feed ends.
    tokio::time::sleep(Duration::from_millis(300)).await;
    *process.smell.lock() = "sweet";
    process.touches().changed(&[component("tulip")]).await.unwrap();
    let (search, _following) = follow(place, &process.store, &process.smell).await;
    until(&search, "sweet", 1).await;
    until(&search, "musty", 1).await;
}

pub async fn an_index_that_was_away_for_too_long_is_built_anew(process: &Process) {
    let place = (process.folder.path(), "another-index");
    let (search, following) = follow(place, &process.store, &process.smell).await;
    until(&search, "musty", 2).await;
    drop((search, following));
    tokio::time::sleep(Duration::from_millis(300)).await;
    *process.smell.lock() = "sweet";
    let clock = TestClock::default();
    let touches = Touches::new(process.store.clone(), Arc::new(clock.clone()));
    touches.changed(&[component("tulip")]).await.unwrap();
    clock.advance(SignedDuration::from_hours(24 * 31));
    touches.changed(&[component("no-such")]).await.unwrap();
    let (search, _following) = follow(place, &process.store, &process.smell).await;
    until(&search, "sweet", 2).await;
}
