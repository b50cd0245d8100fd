//! A seeded world of files behind addresses and of a provider that change, break, answer slowly and claim each
//! other's names, on an engine that is killed now and then. Whatever happened, once all is well again the catalog is
//! what the sources say, the history tells every step, and every index says what the store says.
//!
//! A seed is a replay: everything runs on one thread with a clock that stands still, the database answers in lockstep
//! (`store::Lockstep`), and the seed decides how many turns other tasks get before each of its answers. Local files
//! are read on threads whose order no seed decides; they have tests of their own (`ingest`, `watch`).
//!
//! `SIMULATION_SEED=n` runs one seed, `SIMULATION_RUNS=n` more of them.

mod checks;
mod indexes;
mod web;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use catalog::Catalog;
use config::Config;
use jiff::SignedDuration;
use model::Fault;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use store::{Database, Lockstep, Seq, Store};
use testkit::{TestClock, TestRandomness};
use tokio::sync::Notify;

use web::{FOLDER, FakeWeb, URL, Weather};

const NAMES: usize = 12;
const FILES: usize = 4;
const STEPS: usize = 40;
/// Most answers of the database until the engine is killed.
const MOST_ANSWERS: u32 = 400;

/// What a source brings: name to version.
type Content = BTreeMap<usize, u32>;

#[test]
fn whatever_happens_the_catalog_converges_and_its_history_is_complete() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("SIMULATION_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SIMULATION_RUNS").unwrap_or(6),
    };
    for seed in seeds {
        println!("seed {seed}");
        let (trace, replay) = (simulate(seed), simulate(seed));
        let differs = trace.iter().zip(&replay).position(|(one, other)| one != other);
        if let Some(at) = differs {
            panic!(
                "seed {seed} is no replay, line {at}: {} / {}",
                trace[at], replay[at]
            );
        }
        assert_eq!(trace.len(), replay.len(), "seed {seed} is no replay");
    }
}

/// Everything that happened with a seed, line by line.
fn simulate(seed: u64) -> Vec<String> {
    let schedule = Arc::new(Mutex::new(Schedule {
        random: ChaCha8Rng::seed_from_u64(seed.wrapping_add(1 << 32)),
        answers_left: None,
        is_time: Arc::default(),
    }));
    let decides = schedule.clone();
    let _lockstep = Lockstep::begin(move || decides.lock().unwrap().turns());
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    // Connections are given back by wakes from outside, which must not wait until nothing else is to be done.
    let runtime = runtime.global_queue_interval(1).enable_all().build();
    runtime.unwrap().block_on(async {
        // As a task like all others: the runtime looks at its first future now and then only.
        let all = tokio::spawn(async move { Simulation::new(seed, schedule).await.run().await });
        all.await.unwrap()
    })
}

struct Simulation {
    seed: u64,
    random: ChaCha8Rng,
    folder: tempfile::TempDir,
    store: Store,
    clock: TestClock,
    chance: TestRandomness,
    web: Arc<FakeWeb>,
    catalog: Catalog,
    /// Reads nothing and is never killed: its index follows every change.
    watcher: Catalog,
    schedule: Arc<Mutex<Schedule>>,
    version: u32,
    /// What sources bring, broken or not: files 0.., then the URL, then the provider.
    contents: Vec<Content>,
    trace: Vec<String>,
    /// The last change in the trace.
    traced: Seq,
}

/// Decides what happens between the answers of the database.
struct Schedule {
    random: ChaCha8Rng,
    /// Answers until the engine is killed.
    answers_left: Option<u32>,
    is_time: Arc<Notify>,
}

impl Schedule {
    /// Turns of other tasks before the next answer.
    fn turns(&mut self) -> u32 {
        self.answers_left = match self.answers_left {
            Some(0) => {
                self.is_time.notify_one();
                None
            }
            left => left.map(|left| left - 1),
        };
        self.random.random_range(1..4)
    }
}

impl Simulation {
    async fn new(seed: u64, schedule: Arc<Mutex<Schedule>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_with(
            &Database::Sqlite(folder.path().join("db.sqlite")),
            &[(work::PLUGIN, work::MIGRATIONS)],
        )
        .await
        .unwrap();
        tokio::time::pause();
        let clock = TestClock::default();
        let web = Arc::new(FakeWeb::default());
        let chance = TestRandomness::new(seed);
        let [catalog, watcher] = [(); 2].map(|()| build(folder.path(), &store, &clock, &chance, &web));
        Self {
            seed,
            random: ChaCha8Rng::seed_from_u64(seed),
            folder,
            store,
            clock,
            chance,
            web,
            catalog,
            watcher,
            schedule,
            version: 0,
            contents: vec![Content::new(); FILES + 2],
            trace: Vec::new(),
            traced: 0,
        }
    }

    async fn run(mut self) -> Vec<String> {
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
            self.note_changes().await;
            self.watcher.catch_up().await.unwrap();
        }
        self.heal().await;
        self.note_changes().await;
        self.check().await;
        self.trace
    }

    fn note(&mut self, what: impl Into<String>) {
        self.trace.push(what.into());
    }

    /// Writes down what the change log has told since the last time.
    async fn note_changes(&mut self) {
        loop {
            let changes = self.store.changes_since(self.traced, 1_000).await.unwrap();
            let Some(last) = changes.last() else { return };
            self.traced = last.seq;
            for change in changes {
                let body = change.body.as_deref().unwrap_or_default();
                let (seq, kind, reference) = (change.seq, change.kind.as_str(), &change.reference);
                self.note(format!("{seq} {kind} {reference} {body}"));
            }
        }
    }

    /// One thing happens to one source.
    async fn disturb(&mut self) {
        let source = self.random.random_range(0..self.contents.len());
        let what = self.random.random_range(0..10);
        self.note(format!("source {source}, disturbance {what}"));
        match what {
            0 if source < FILES => self.write_file(source, "kind: Component\nmetadata:\n  name: n1\n x: [\n"),
            1 if source < FILES => drop(self.web.state.lock().unwrap().files.remove(&source)),
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
            FILES => self.web.state.lock().unwrap().page = text,
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

    fn write_file(&self, source: usize, text: &str) {
        let mut web = self.web.state.lock().unwrap();
        web.files.insert(source, text.to_owned());
    }

    fn weather(&self, weather: Weather) {
        self.web.state.lock().unwrap().weather = weather;
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

    /// Drops the engine between two answers of the database; what it had claimed is free again after a while.
    async fn kill_midway(&mut self) {
        self.mark_all().await;
        let is_time = {
            let mut schedule = self.schedule.lock().unwrap();
            schedule.answers_left = Some(self.random.random_range(0..MOST_ANSWERS));
            schedule.is_time.clone()
        };
        let mut task = tokio::spawn({
            let catalog = self.catalog.clone();
            async move {
                catalog.start().await.unwrap();
                catalog.settle().await.unwrap();
            }
        });
        tokio::select! {
            biased;
            () = is_time.notified() => {
                task.abort();
                let _ = task.await;
            }
            _ = &mut task => {
                // It was done before its time.
                self.schedule.lock().unwrap().answers_left = None;
            }
        }
        self.note("killed");
        self.clock.advance(SignedDuration::from_mins(6));
        self.catalog = build(
            self.folder.path(),
            &self.store,
            &self.clock,
            &self.chance,
            &self.web,
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
        self.check_indexes().await;
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
}

fn build(
    folder: &Path,
    store: &Store,
    clock: &TestClock,
    chance: &TestRandomness,
    web: &Arc<FakeWeb>,
) -> Catalog {
    let config = json!({"catalog": {"locations": [
        {"type": "url", "target": FOLDER},
        {"type": "url", "target": URL},
    ]}});
    let config = Config::from_value(config, folder).unwrap();
    Catalog::builder(Arc::new(config), store.clone())
        .clock(Arc::new(clock.clone()))
        .randomness(Arc::new(chance.clone()))
        .url_source(web.clone())
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
