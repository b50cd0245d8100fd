//! A folder of catalog files, a web server, a database and an engine on them.

use std::path::Path;
use std::sync::Arc;

use catalog::{Catalog, Sight, View};
use config::Config;
use model::SystemClock;
use outside::{OutsideCalls, Settings};
use read_model::SnapshotFile;
use scm::UrlReader;
use serde_json::{Value, json};
use store::{Database, Store};
use tempfile::TempDir;
use testkit::{FileServer, TestClock, TestRandomness};

/// Nothing is hidden.
pub static EVERYTHING: Sight = Sight::system("a test");

/// The author of what tests change.
pub const ACTOR: model::Actor = model::Actor::system("test");

pub struct World {
    pub folder: TempDir,
    pub server: FileServer,
    pub store: Store,
    pub clock: TestClock,
    pub catalog: Catalog,
    config: Value,
}

impl World {
    /// A world whose catalog reads `locations`, relative to its folder.
    pub async fn reading(locations: &[&str]) -> Self {
        Self::with(locations, json!({})).await
    }

    /// The same with further keys of the section `catalog`.
    pub async fn with(locations: &[&str], more: Value) -> Self {
        let server = FileServer::start();
        let host = server.url("");
        let host = host.trim_start_matches("http://");
        let locations: Vec<Value> = locations
            .iter()
            .map(|target| json!({"type": "file", "target": target}))
            .collect();
        let mut config = json!({
            "backend": {"reading": {"allow": [{"host": host}]}},
            "catalog": {"locations": locations, "rules": [{"allow": testkit::KINDS}]},
        });
        for (key, value) in more.as_object().unwrap() {
            config["catalog"][key] = value.clone();
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_with(&Database::SqliteMemory, &[(work::PLUGIN, work::MIGRATIONS)])
            .await
            .unwrap();
        let clock = TestClock::default();
        let catalog = build(&config, folder.path(), &store, &clock);
        Self {
            folder,
            server,
            store,
            clock,
            catalog,
            config,
        }
    }

    /// Changes the configuration and starts the engine anew on the same database.
    pub async fn restart(&mut self, change: impl FnOnce(&mut Value)) {
        change(&mut self.config);
        self.catalog = build(&self.config, self.folder.path(), &self.store, &self.clock);
        self.start().await;
    }

    /// The whole catalog.
    pub fn seen(&self) -> View<'_> {
        self.catalog.seen_by(&EVERYTHING)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub async fn start(&self) {
        self.catalog.start().await.unwrap();
        self.catalog.settle().await.unwrap();
    }

    /// Looks at all locations again.
    pub async fn look(&self) {
        let all: Vec<String> = self
            .catalog
            .sources()
            .await
            .unwrap()
            .into_iter()
            .map(|source| source.source)
            .collect();
        self.catalog.mark_dirty(&all).await.unwrap();
        self.catalog.settle().await.unwrap();
    }

    pub async fn entity(&self, reference: &str) -> Option<Value> {
        let node = self.store.node(reference).await.unwrap()?;
        node.final_json.map(|text| serde_json::from_str(&text).unwrap())
    }

    /// References of what is served, without the locations made for the configuration.
    pub async fn served(&self) -> Vec<String> {
        let (finals, _) = self
            .store
            .scan_finals(store::ScanPosition::default(), 10_000)
            .await
            .unwrap();
        let mut names: Vec<String> = finals.into_iter().map(|row| row.reference).collect();
        names.retain(|name| !name.starts_with("location:default/generated-"));
        names.sort();
        names
    }

    /// Messages of the problems shown on an entity.
    pub async fn status(&self, reference: &str) -> Vec<String> {
        let entity = self.entity(reference).await.unwrap_or_default();
        let items = entity["status"]["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| item["message"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn build(config: &Value, folder: &Path, store: &Store, clock: &TestClock) -> Catalog {
    let config = Config::from_value(config.clone(), folder).unwrap();
    let calls = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    let reader = UrlReader::new(&config, calls).unwrap();
    Catalog::builder(Arc::new(config), store.clone())
        .url_source(Arc::new(reader))
        .clock(Arc::new(clock.clone()))
        .randomness(Arc::new(TestRandomness::new(7)))
        .index_snapshot(snapshot_in(folder))
        .build()
        .unwrap()
}

/// Where the index of a world in this folder is saved.
pub fn snapshot_in(folder: &Path) -> SnapshotFile {
    SnapshotFile::new(folder.join("catalog.index"))
}

/// A valid component.
pub fn component(name: &str, more: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\n\
         spec: {{type: service, lifecycle: production, owner: team{more}}}\n"
    )
}

/// A location that names `targets`.
pub fn location(name: &str, targets: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{name: {name}}}\nspec: {{targets: [{targets}]}}\n"
    )
}

pub fn join(documents: &[String]) -> String {
    documents.join("---\n")
}
