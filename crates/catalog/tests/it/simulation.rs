//! A seeded world of files, URLs and a provider that change, break, answer slowly and claim each
//! other's names, on an engine that is killed now and then. Whatever happened, once all is well again
//! the catalog is what the sources say, and the history tells every step.
//!
//! `SIMULATION_SEED=n` runs one seed, `SIMULATION_RUNS=n` more of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use catalog::{Catalog, UrlSource};
use config::Config;
use jiff::SignedDuration;
use model::{Fault, diff};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scm::{Found, Integrations, Read, Search};
use serde_json::{Value, json};
use std::sync::Mutex;
use store::{Database, Store};
use testkit::{TestClock, TestRandomness};

use crate::world::EVERYTHING;

const NAMES: usize = 12;
const FILES: usize = 4;
const STEPS: usize = 40;
const URL: &str = "https://git.invalid/catalog.yaml";

/// What a source brings: name to version.
type Content = BTreeMap<usize, u32>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_the_catalog_converges_and_its_history_is_complete() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("SIMULATION_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SIMULATION_RUNS").unwrap_or(6),
    };
    for seed in seeds {
        println!("seed {seed}");
        Simulation::new(seed).await.run().await;
    }
}

struct Simulation {
    seed: u64,
    random: ChaCha8Rng,
    folder: tempfile::TempDir,
    store: Store,
    clock: TestClock,
    chance: TestRandomness,
    url: Arc<FakeUrl>,
    catalog: Catalog,
    version: u32,
    /// What sources bring, broken or not: files 0.., then the URL, then the provider.
    contents: Vec<Content>,
}

#[derive(Default)]
struct FakeUrl {
    integrations: Integrations,
    state: Mutex<(String, Weather)>,
}

#[derive(Default, Clone, Copy)]
enum Weather {
    #[default]
    Fine,
    Failing,
    Slow,
}

#[async_trait]
impl UrlSource for FakeUrl {
    async fn read(&self, url: &str, _etag: Option<&str>) -> Result<Read, Fault> {
        Err(Fault::not_found(format!("could not read {url}, 404 Not Found")))
    }

    async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        let (text, weather) = self.state.lock().unwrap().clone();
        match weather {
            Weather::Fine => {}
            Weather::Failing => return Err(Fault::error("connection reset")),
            Weather::Slow => {
                for _ in 0..200 {
                    tokio::task::yield_now().await;
                }
            }
        }
        let current = model::sha1_hex(text.as_bytes());
        if etag == Some(current.as_str()) {
            return Ok(Search {
                etag: Some(current),
                not_modified: true,
                files: Vec::new(),
            });
        }
        let files = vec![Found {
            url: url.to_owned(),
            bytes: text.into_bytes().into(),
            commit: Some("c0ffee".into()),
        }];
        Ok(Search {
            files,
            etag: Some(current),
            not_modified: false,
        })
    }

    fn integrations(&self) -> &Integrations {
        &self.integrations
    }
}

impl Simulation {
    async fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_with(
            &Database::Sqlite(folder.path().join("db.sqlite")),
            &[(work::PLUGIN, work::MIGRATIONS)],
        )
        .await
        .unwrap();
        let clock = TestClock::default();
        let url = Arc::new(FakeUrl::default());
        let chance = TestRandomness::new(seed);
        let catalog = build(folder.path(), &store, &clock, &chance, &url);
        Self {
            seed,
            random: ChaCha8Rng::seed_from_u64(seed),
            folder,
            store,
            clock,
            chance,
            url,
            catalog,
            version: 0,
            contents: vec![Content::new(); FILES + 2],
        }
    }

    async fn run(mut self) {
        for source in 0..self.contents.len() {
            self.rewrite(source);
            self.publish(source).await;
        }
        for _ in 0..STEPS {
            self.disturb().await;
            if self.random.random_bool(0.3) {
                self.kill_midway().await;
            } else {
                self.look().await;
            }
        }
        self.heal().await;
        self.check().await;
    }

    /// One thing happens to one source.
    async fn disturb(&mut self) {
        let source = self.random.random_range(0..self.contents.len());
        match self.random.random_range(0..10) {
            0 if source < FILES => self.write_file(source, "kind: Component\nmetadata:\n  name: n1\n x: [\n"),
            1 if source < FILES => drop(std::fs::remove_file(self.file(source))),
            2 if source < FILES => self.write_file(source, "- no entity\n"),
            3 => self.weather(Weather::Failing),
            4 => self.weather(Weather::Slow),
            5 => self.weather(Weather::Fine),
            _ => {
                self.rewrite(source);
                self.publish(source).await;
            }
        }
        let pause = self.random.random_range(0..400);
        self.clock.advance(SignedDuration::from_secs(pause));
    }

    fn rewrite(&mut self, source: usize) {
        let mut content = Content::new();
        for _ in 0..self.random.random_range(0..5) {
            self.version += 1;
            content.insert(self.random.random_range(0..NAMES), self.version);
        }
        // The provider and each file mostly keep to their own names, so that conflicts are the exception.
        if self.random.random_bool(0.7) {
            content.retain(|name, _| name % (FILES + 2) == source);
        }
        self.contents[source] = content;
    }

    async fn publish(&mut self, source: usize) {
        let text: Vec<String> = self.contents[source]
            .iter()
            .map(|(name, version)| document(*name, *version))
            .collect();
        let text = text.join("---\n");
        match source {
            _ if source < FILES => self.write_file(source, &text),
            FILES => self.url.state.lock().unwrap().0 = text,
            _ => {
                let entities = self.contents[source]
                    .iter()
                    .map(|(name, version)| provided(*name, *version))
                    .collect();
                let sink = self.catalog.sink("fake");
                plugin::replace_all(&*sink, entities).await.unwrap();
            }
        }
    }

    fn file(&self, source: usize) -> std::path::PathBuf {
        self.folder.path().join(format!("files/{source}.yaml"))
    }

    fn write_file(&self, source: usize, text: &str) {
        std::fs::create_dir_all(self.folder.path().join("files")).unwrap();
        std::fs::write(self.file(source), text).unwrap();
    }

    fn weather(&self, weather: Weather) {
        self.url.state.lock().unwrap().1 = weather;
    }

    async fn mark_all(&self) {
        let sources = self.catalog.sources().await.unwrap();
        let names: Vec<String> = sources.into_iter().map(|source| source.source).collect();
        self.catalog.mark_dirty(&names).await.unwrap();
    }

    async fn look(&self) {
        self.catalog.start().await.unwrap();
        self.mark_all().await;
        self.catalog.settle().await.unwrap();
    }

    /// Drops the engine at some await point; what it had claimed is free again after a while.
    async fn kill_midway(&mut self) {
        self.mark_all().await;
        let task = tokio::spawn({
            let catalog = self.catalog.clone();
            async move {
                catalog.start().await.unwrap();
                catalog.settle().await.unwrap();
            }
        });
        for _ in 0..self.random.random_range(0..3_000) {
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
        self.clock.advance(SignedDuration::from_mins(6));
        self.catalog = build(
            self.folder.path(),
            &self.store,
            &self.clock,
            &self.chance,
            &self.url,
        );
    }

    async fn heal(&mut self) {
        self.weather(Weather::Fine);
        for source in 0..self.contents.len() {
            self.publish(source).await;
        }
        self.clock.advance(SignedDuration::from_mins(6));
        // A name let go by one source is taken by another one look later.
        for _ in 0..4 {
            self.look().await;
            self.publish(FILES + 1).await;
        }
    }

    async fn check(&self) {
        let served = self.served().await;
        self.check_entities(&served);
        self.check_relations(&served);
        self.check_history(&served).await;
    }

    async fn served(&self) -> BTreeMap<String, Value> {
        let (rows, _) = self
            .store
            .scan_finals(store::ScanPosition::default(), 10_000)
            .await
            .unwrap();
        let parse = |row: store::FinalRow| (row.reference, serde_json::from_str(&row.json).unwrap());
        rows.into_iter()
            .map(parse)
            .filter(|(name, _): &(String, Value)| name.starts_with("component:"))
            .collect()
    }

    fn check_entities(&self, served: &BTreeMap<String, Value>) {
        for name in 0..NAMES {
            let reference = format!("component:default/n{name}");
            let versions: BTreeSet<u32> = self
                .contents
                .iter()
                .filter_map(|content| content.get(&name))
                .copied()
                .collect();
            let found = served
                .get(&reference)
                .map(|entity| entity["spec"]["version"].as_u64().unwrap());
            match found {
                None => assert!(
                    versions.is_empty(),
                    "seed {}: {reference} is lost, expected {versions:?}",
                    self.seed
                ),
                Some(version) => assert!(
                    versions.contains(&u32::try_from(version).unwrap()),
                    "seed {}: {reference} has version {version}, expected one of {versions:?}",
                    self.seed
                ),
            }
        }
    }

    fn check_relations(&self, served: &BTreeMap<String, Value>) {
        let mut expected: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
        for (name, entity) in served {
            let of = expected.entry(name).or_default();
            of.insert(("ownedBy".to_owned(), "group:default/team".to_owned()));
            for other in entity["spec"]["dependsOn"].as_array().unwrap() {
                of.insert((
                    "dependsOn".to_owned(),
                    format!("component:default/{}", &other.as_str().unwrap()[10..]),
                ));
            }
        }
        for (name, entity) in served {
            for other in entity["spec"]["dependsOn"].as_array().unwrap() {
                let other = format!("component:default/{}", &other.as_str().unwrap()[10..]);
                if let Some((other, _)) = served.get_key_value(&other) {
                    expected
                        .entry(other)
                        .or_default()
                        .insert(("dependencyOf".to_owned(), name.clone()));
                }
            }
        }
        for (name, entity) in served {
            let found: BTreeSet<(String, String)> = entity["relations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| {
                    (
                        one["type"].as_str().unwrap().to_owned(),
                        one["targetRef"].as_str().unwrap().to_owned(),
                    )
                })
                .collect();
            assert_eq!(
                found,
                expected[name.as_str()],
                "seed {}: relations of {name}",
                self.seed
            );
        }
    }

    /// Replaying the history forward gives each version, and in the end what is served.
    async fn check_history(&self, served: &BTreeMap<String, Value>) {
        for name in 0..NAMES {
            let reference = format!("component:default/n{name}");
            let mut history = self
                .catalog
                .seen_by(&EVERYTHING)
                .history(&reference, None, 10_000)
                .await
                .unwrap();
            history.reverse();
            let mut current: Option<Value> = None;
            for entry in history {
                let version = self
                    .catalog
                    .seen_by(&EVERYTHING)
                    .version(&reference, entry.seq)
                    .await
                    .unwrap()
                    .entity;
                let place = format!("seed {}: {reference} at {}", self.seed, entry.seq);
                match entry.kind {
                    "created" => assert!(current.is_none() && version.is_some(), "{place}"),
                    "deleted" => assert!(current.is_some() && version.is_none(), "{place}"),
                    _ => {
                        let mut replayed = current.clone().unwrap_or_else(|| panic!("{place} was not there"));
                        diff::apply(&mut replayed, &entry.changes);
                        assert_eq!(Some(replayed), version, "{place}");
                        assert!(!entry.changes.is_empty(), "{place} changed nothing");
                    }
                }
                current = version;
            }
            assert_eq!(
                current.as_ref(),
                served.get(&reference),
                "seed {}: end of {reference}",
                self.seed
            );
        }
    }
}

fn build(
    folder: &Path,
    store: &Store,
    clock: &TestClock,
    chance: &TestRandomness,
    url: &Arc<FakeUrl>,
) -> Catalog {
    let config = json!({"catalog": {"locations": [
        {"type": "file", "target": "./files/*.yaml"},
        {"type": "url", "target": URL},
    ]}});
    let config = Config::from_value(config, folder).unwrap();
    Catalog::builder(Arc::new(config), store.clone())
        .clock(Arc::new(clock.clone()))
        .randomness(Arc::new(chance.clone()))
        .url_source(url.clone())
        .providers([Arc::new(Idle) as Arc<dyn plugin::EntityProvider>])
        .build()
        .unwrap()
}

/// Only its name counts: the simulation delivers in its place.
struct Idle;

#[async_trait]
impl plugin::EntityProvider for Idle {
    fn name(&self) -> &'static str {
        "fake"
    }

    async fn run(
        &self,
        _sink: Arc<dyn plugin::ProviderSink>,
        _stop: tokio_util::sync::CancellationToken,
    ) -> Result<(), Fault> {
        Ok(())
    }
}

fn document(name: usize, version: u32) -> String {
    format!("{}\n", entity(name, version))
}

fn provided(name: usize, version: u32) -> plugin::DeferredEntity {
    let mut entity = entity(name, version);
    entity["metadata"]["annotations"] = json!({"backstage.io/managed-by-location": "fake:x"});
    plugin::DeferredEntity {
        entity,
        location_key: Some("fake:x".to_owned()),
    }
}

/// What it depends on follows from the version, so versions differ in their relations too.
fn entity(name: usize, version: u32) -> Value {
    let others: Vec<String> = (1..=version % 3)
        .map(|step| {
            format!(
                "component:n{}",
                (name + step as usize * (version as usize % 5 + 1)) % NAMES
            )
        })
        .collect();
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": format!("n{name}")},
        "spec": {"type": "service", "lifecycle": "x", "owner": "team", "version": version, "dependsOn": others},
    })
}
