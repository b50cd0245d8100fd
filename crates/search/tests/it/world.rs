//! A catalog of one file, a search index that follows it, and questions to it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Sight};
use config::Config;
use read_model::SnapshotFile;
use search::{Answer, Counted, Page, Place, Question, Reach, Search};
use serde_json::{Value, json};
use store::{Database, Store};
use tempfile::TempDir;
use testkit::{TestClock, TestRandomness};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Longest wait for a change to be findable.
const SOON: Duration = Duration::from_secs(20);
/// Nothing is hidden.
pub static EVERYTHING: Sight = Sight::system("a test");
/// A time after all changes of the tests.
pub const NOW: i64 = 2_000_000_000;

pub struct World {
    pub folder: TempDir,
    pub store: Store,
    pub catalog: Catalog,
    pub search: Search,
    following: DropGuard,
}

impl World {
    /// A world whose catalog reads `all.yaml`, with this text at first.
    pub async fn with(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("all.yaml"), text).unwrap();
        let store = opened(&Database::SqliteMemory).await;
        let catalog = catalog(folder.path(), &store);
        let search = Search::open(&Place::Folder(folder.path().join("index")), &catalog, &store).unwrap();
        search.feed_from([]);
        let mut world = Self {
            folder,
            store,
            catalog,
            search,
            following: CancellationToken::new().drop_guard(),
        };
        world.catalog.start().await.unwrap();
        world.follow().await;
        world
    }

    /// Follows the catalog, and is up with it afterwards.
    async fn follow(&mut self) {
        let stop = CancellationToken::new();
        self.following = stop.clone().drop_guard();
        let search = self.search.clone();
        tokio::spawn(async move { search.run(stop).await });
        self.settle().await;
    }

    /// Stops, and starts anew on the same files and database, after a change to them.
    pub async fn restart(self, change: impl AsyncFnOnce(&Path, &Store)) -> Self {
        let Self {
            folder,
            store,
            following,
            search,
            catalog: old,
        } = self;
        drop((following, search, old));
        // The writer of the stopped feed lets go of the folder when the feed ends.
        tokio::time::sleep(Duration::from_millis(300)).await;
        change(folder.path(), &store).await;
        let catalog = catalog(folder.path(), &store);
        catalog.catch_up().await.unwrap();
        let search = Search::open(&Place::Folder(folder.path().join("index")), &catalog, &store).unwrap();
        search.feed_from([]);
        let mut world = Self {
            folder,
            store,
            catalog,
            search,
            following: CancellationToken::new().drop_guard(),
        };
        world.follow().await;
        world
    }

    /// Everything written so far is served and can be found.
    pub async fn settle(&self) {
        self.catalog.settle().await.unwrap();
        self.catalog.catch_up().await.unwrap();
        let seq = self.store.last_seq().await.unwrap();
        assert!(
            self.search.wait_for(seq, SOON).await,
            "change {seq} cannot be found"
        );
    }

    /// Replaces the catalog's file.
    pub async fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("all.yaml"), text).unwrap();
        let all = self.catalog.sources().await.unwrap();
        let names: Vec<String> = all.into_iter().map(|source| source.source).collect();
        self.catalog.mark_dirty(&names).await.unwrap();
        self.settle().await;
    }

    pub async fn ask(&self, question: Question) -> Answer {
        self.ask_as(question, &EVERYTHING, 0, 10).await
    }

    pub async fn ask_as(&self, question: Question, sight: &Sight, offset: usize, limit: usize) -> Answer {
        let page = Page {
            offset,
            limit,
            now: NOW,
            ..Page::default()
        };
        self.search
            .ask(question, &Reach::of_every_type(sight), page)
            .await
            .unwrap()
    }

    /// The same, and how many of the results have which value of these fields.
    pub async fn ask_counting(&self, question: Question, facets: &'static [&'static str]) -> Answer {
        let page = Page {
            limit: 10,
            now: NOW,
            counted: Counted {
                facets,
                ..Counted::default()
            },
            ..Page::default()
        };
        self.search
            .ask(question, &Reach::of_every_type(&EVERYTHING), page)
            .await
            .unwrap()
    }

    /// References of what is found, the best first.
    pub async fn found(&self, text: &str) -> Vec<String> {
        entities(&self.ask(asking(text)).await)
    }
}

/// A store with the tables of the search.
pub async fn opened(database: &Database) -> Store {
    let tables = [("search", search::MIGRATIONS)];
    Store::open_with(database, &tables).await.unwrap()
}

/// References of the results.
pub fn entities(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.entity.clone()).collect()
}

/// A question without further conditions.
pub fn asking(text: &str) -> Question {
    Question {
        text: text.to_owned(),
        ..Question::default()
    }
}

/// An entity as YAML: kind and name, more metadata, and the spec.
pub fn entity(reference: &str, metadata: Value, spec: Value) -> String {
    let (kind, name) = reference.split_once(':').unwrap();
    let mut all = json!({ "name": name });
    all.as_object_mut()
        .unwrap()
        .extend(metadata.as_object().cloned().unwrap_or_default());
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": all,
        "spec": spec,
    });
    format!("---\n{entity}\n")
}

/// References of what a search finds.
pub async fn names_found(search: &Search, text: &str) -> Vec<String> {
    let page = Page {
        limit: 10,
        now: NOW,
        ..Page::default()
    };
    // While the index is being built anew there may be nothing to ask.
    let reach = Reach::of_every_type(&Sight::system("test"));
    let answer = search.ask(asking(text), &reach, page).await;
    answer.map_or_else(|_| Vec::new(), |answer| entities(&answer))
}

fn catalog(folder: &Path, store: &Store) -> Catalog {
    catalog_with(folder, store, None)
}

/// A catalog whose index is saved there, if anywhere.
pub fn catalog_with(folder: &Path, store: &Store, snapshot: Option<SnapshotFile>) -> Catalog {
    let config = json!({ "catalog": {
        "locations": [{ "type": "file", "target": "./all.yaml" }],
        "rules": [{ "allow": testkit::KINDS }],
    } });
    let config = Config::from_value(config, folder).unwrap();
    let mut builder = Catalog::builder(Arc::new(config), store.clone())
        .clock(Arc::new(TestClock::default()))
        .randomness(Arc::new(TestRandomness::new(7)));
    if let Some(file) = snapshot {
        builder = builder.index_snapshot(file);
    }
    builder.build().unwrap()
}
