//! No source, file or host costs more than a stated bound, and none keeps others waiting.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use catalog::{Catalog, UrlSource};
use config::Config;
use model::{Clock, Fault};
use parking_lot::Mutex;
use plugin::{Freshness, ProcessContext, Processor};
use scm::{Found, Integrations, Read, Search};
use serde_json::{Value, json};
use store::{Database, Lane, SourceState, Store};
use testkit::{TestClock, TestRandomness};
use tokio_util::sync::CancellationToken;

use crate::world::{component, join, location};

/// Hosts of the most different manners: `hangs.invalid` accepts and never answers, `panics.invalid` makes the
/// reader panic, any other has the files given.
#[derive(Default)]
struct Hosts {
    integrations: Integrations,
    files: Mutex<BTreeMap<String, String>>,
    reads: AtomicUsize,
}

#[async_trait]
impl UrlSource for Hosts {
    async fn read(&self, url: &str, _: Option<&str>) -> Result<Read, Fault> {
        Err(Fault::not_found(format!("could not read {url}, 404 Not Found")))
    }

    async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if url.contains("hangs.invalid") {
            std::future::pending::<()>().await;
        }
        assert!(!url.contains("panics.invalid"), "on purpose");
        let known = self.files.lock().get(url).cloned();
        let text = known.ok_or_else(|| Fault::not_found(format!("could not read {url}, 404 Not Found")))?;
        let current = model::sha1_hex(text.as_bytes());
        if etag == Some(current.as_str()) {
            return Ok(Search {
                etag: Some(current),
                not_modified: true,
                files: Vec::new(),
            });
        }
        let file = Found {
            url: url.to_owned(),
            bytes: text.into_bytes().into(),
            commit: None,
        };
        Ok(Search {
            files: vec![file],
            etag: Some(current),
            not_modified: false,
        })
    }

    fn integrations(&self) -> &Integrations {
        &self.integrations
    }
}

struct Place {
    folder: tempfile::TempDir,
    store: Store,
    hosts: Arc<Hosts>,
    locations: Vec<Value>,
    catalog: Catalog,
}

impl Place {
    async fn reading(locations: Vec<Value>, processors: Vec<Arc<dyn Processor>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Database::SqliteMemory).await.unwrap();
        let hosts = Arc::new(Hosts::default());
        let catalog = build(&folder, &store, &hosts, &locations, processors);
        Self {
            folder,
            store,
            hosts,
            locations,
            catalog,
        }
    }

    /// Another start of the portal on the same database.
    async fn restart(&mut self, processors: Vec<Arc<dyn Processor>>) {
        self.catalog = build(
            &self.folder,
            &self.store,
            &self.hosts,
            &self.locations,
            processors,
        );
        self.settle().await;
    }

    async fn settle(&self) {
        self.catalog.start().await.unwrap();
        self.catalog.settle().await.unwrap();
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn serve(&self, url: &str, text: &str) {
        self.hosts.files.lock().insert(url.to_owned(), text.to_owned());
    }

    async fn is_served(&self, reference: &str) -> bool {
        let node = self.store.node(reference).await.unwrap();
        node.is_some_and(|node| node.final_json.is_some())
    }

    async fn soon(&self, what: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !what().await {
            assert!(begun.elapsed() < Duration::from_secs(15), "it takes too long");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The states of sources that were looked at, without those that the portal makes of locations.
    async fn states(&self) -> Vec<SourceState> {
        let mut states = self.store.sources().await.unwrap();
        states.retain(|state| state.key.entity().is_some());
        states
    }

    async fn faults(&self) -> Vec<String> {
        let states = self.states().await;
        let problems = states.iter().flat_map(|state| &state.problems);
        problems.map(|problem| problem.fault.to_string()).collect()
    }
}

fn build(
    folder: &tempfile::TempDir,
    store: &Store,
    hosts: &Arc<Hosts>,
    locations: &[Value],
    processors: Vec<Arc<dyn Processor>>,
) -> Catalog {
    let config = json!({
        "catalog": {"locations": locations, "rules": [{"allow": testkit::KINDS}]},
        "portal": {"resolveFilePlaceholders": true, "claim": "1s"},
    });
    let config = Config::from_value(config, folder.path()).unwrap();
    Catalog::builder(Arc::new(config), store.clone())
        .clock(Arc::new(TestClock::default()))
        .randomness(Arc::new(TestRandomness::new(7)))
        .url_source(hosts.clone())
        .processors(processors)
        .build()
        .unwrap()
}

fn file(target: &str) -> Value {
    json!({"type": "file", "target": target})
}

fn url(target: &str) -> Value {
    json!({"type": "url", "target": target})
}

fn hanging(number: usize) -> Vec<Value> {
    (0..number)
        .map(|at| url(&format!("https://hangs.invalid/{at}.yaml")))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_hangs_keeps_neither_files_nor_other_hosts_waiting() {
    let mut locations = hanging(300);
    locations.extend([file("./a.yaml"), url("https://fine.invalid/b.yaml")]);
    let place = Place::reading(locations, Vec::new()).await;
    place.write("a.yaml", &component("a", ""));
    place.serve("https://fine.invalid/b.yaml", &component("b", ""));
    let (catalog, stop) = (place.catalog.clone(), CancellationToken::new());
    let (running, stopped) = (stop.clone(), stop.clone());
    let run = tokio::spawn(async move { catalog.run(running).await });
    place
        .soon(async || place.is_served("component:default/a").await)
        .await;
    place
        .soon(async || place.is_served("component:default/b").await)
        .await;
    place.write("a.yaml", &join(&[component("a", ""), component("edited", "")]));
    place
        .soon(async || place.is_served("component:default/edited").await)
        .await;
    assert!(
        place.hosts.reads.load(Ordering::SeqCst) <= 20,
        "few ask a host at once"
    );
    // A stop reaches what waits for a host, and gives its sources back.
    stopped.cancel();
    tokio::time::timeout(Duration::from_secs(5), run)
        .await
        .expect("it stops although a host hangs")
        .unwrap();
    let later = jiff::Timestamp::from_second(1_767_225_600 + 60).unwrap();
    let due = place
        .store
        .claim_sources(later, 1_000, "another", Duration::from_mins(1))
        .await
        .unwrap();
    assert!(due.len() >= 300, "{} of 300 are free", due.len());
}

#[tokio::test]
async fn a_visit_that_panics_is_a_failed_one_and_hurts_no_other() {
    let locations = vec![url("https://panics.invalid/a.yaml"), file("./a.yaml")];
    let place = Place::reading(locations, Vec::new()).await;
    place.write("a.yaml", &component("a", ""));
    place.settle().await;
    assert!(place.is_served("component:default/a").await);
    let faults = place.faults().await;
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("Error: the work panicked: "), "{faults:?}");
    let states = place.states().await;
    let failed = states.iter().find(|state| !state.problems.is_empty()).unwrap();
    let pause = failed
        .next_check_at
        .unwrap()
        .duration_since(TestClock::default().now());
    assert_eq!(pause.as_secs(), 10, "it is tried again after a pause");
}

#[tokio::test]
async fn the_same_target_is_read_once() {
    let place = Place::reading(vec![file("./root.yaml")], Vec::new()).await;
    let targets = vec!["'https://fine.invalid/b.yaml'"; 50].join(", ");
    place.write(
        "root.yaml",
        &location("many", &targets).replace("spec: {", "spec: {type: url, "),
    );
    place.serve("https://fine.invalid/b.yaml", &component("b", ""));
    place.settle().await;
    assert!(
        place.is_served("component:default/b").await,
        "{:?}",
        place.faults().await
    );
    assert_eq!(place.hosts.reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn targets_and_problems_of_a_location_are_bounded() {
    let place = Place::reading(vec![file("./root.yaml")], Vec::new()).await;
    let targets: Vec<String> = (0..10_050)
        .map(|number| format!("./gone-{number}.yaml"))
        .collect();
    place.write("root.yaml", &location("many", &targets.join(", ")));
    place.settle().await;
    let faults = place.faults().await;
    assert_eq!(faults.len(), 1_000);
    assert_eq!(
        faults[0],
        format!(
            "NotFoundError: file {}/gone-0.yaml does not exist",
            place.folder.path().display()
        )
    );
    assert_eq!(
        faults[999],
        "InputError: 9002 more targets or files could not be read"
    );
}

#[tokio::test]
async fn problems_of_a_file_are_bounded() {
    let place = Place::reading(vec![file("./a.yaml")], Vec::new()).await;
    let wrong = |number: usize| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: c{number}}}\nspec: {{}}\n"
        )
    };
    let documents: Vec<String> = (0..1_500).map(wrong).collect();
    place.write("a.yaml", &join(&documents));
    place.settle().await;
    let faults = place.faults().await;
    assert_eq!(faults.len(), 1_001);
    assert_eq!(faults[1_000], "Error: 500 more problems of this source");
}

/// Each would declare all entities of the file: the rows would be the product.
#[tokio::test]
async fn only_so_many_locations_read_one_file() {
    let place = Place::reading(vec![file("./root.yaml")], Vec::new()).await;
    let documents: Vec<String> = (0..30)
        .map(|number| location(&format!("l{number:02}"), "./root.yaml"))
        .collect();
    place.write("root.yaml", &join(&documents));
    place.settle().await;
    let faults = place.faults().await;
    assert_eq!(faults.len(), 11, "{faults:?}");
    assert!(
        faults
            .iter()
            .all(|fault| fault.contains("is read by 20 locations already"))
    );
}

#[tokio::test]
async fn a_definition_that_multiplies_is_refused() {
    let place = Place::reading(vec![file("./api.yaml")], Vec::new()).await;
    let levels = 60;
    let mut nested = format!("text: {}", "x".repeat(600_000));
    for _ in 0..levels {
        nested = format!("a: {{{nested}}}");
    }
    place.write("big.yaml", &format!("{nested}\n"));
    let references: Vec<String> = (0..levels)
        .map(|depth| format!("- $ref: './big.yaml#/{}'\n", vec!["a"; levels - depth].join("/")))
        .collect();
    place.write("def.yaml", &format!("x:\n{}", references.concat()));
    place.write(
        "api.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\n\
         spec: {type: openapi, lifecycle: x, owner: o, definition: {$openapi: ./def.yaml}}\n",
    );
    place.settle().await;
    let faults = place.faults().await;
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].contains("a definition of more than 16 MiB"),
        "{faults:?}"
    );
}

#[tokio::test]
async fn placeholders_of_an_entity_bring_so_much_and_no_pipe() {
    let place = Place::reading(vec![file("./a.yaml")], Vec::new()).await;
    place.write("big.txt", &"x".repeat(9 << 20));
    let entity = |name: &str, more: &str| component(name, &format!(", {more}"));
    place.write(
        "a.yaml",
        &join(&[
            entity(
                "big",
                "a: {$text: ./big.txt}, b: {$text: ./big.txt}, c: {$text: ./big.txt}, d: {$text: ./big.txt}",
            ),
            entity("folder", "a: {$text: ./}"),
        ]),
    );
    place.settle().await;
    let faults = place.faults().await;
    assert!(
        faults[0].contains("the placeholders of an entity bring at most 32 MiB"),
        "{faults:?}"
    );
    assert!(faults[1].contains("is no ordinary file"), "{faults:?}");
}

/// Gives components a system, and leaves everything else alone.
struct Systems {
    version: u32,
    calls: Arc<AtomicUsize>,
}

#[async_trait]
impl Processor for Systems {
    fn name(&self) -> &'static str {
        "Systems"
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn freshness(&self, entity: &Value, _: &ProcessContext) -> Freshness {
        match entity["kind"].as_str() {
            Some("Component") => Freshness::Depends {
                on: vec!["systems".to_owned()],
                recheck: Some(Duration::from_secs(30)),
            },
            Some("System") => Freshness::OfItsInput,
            _ => Freshness::NotMine,
        }
    }

    async fn pre_process(&self, entity: Value, _: &ProcessContext) -> Result<Value, Fault> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        Ok(entity)
    }
}

#[tokio::test]
async fn a_processor_says_how_long_its_work_stays_true() {
    let entity = |kind: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {{owner: o, type: team, children: []}}\n"
        )
    };
    let locations = vec![
        url("https://fine.invalid/group.yaml"),
        url("https://fine.invalid/system.yaml"),
        url("https://fine.invalid/component.yaml"),
    ];
    let calls = Arc::new(AtomicUsize::new(0));
    let systems = |version| {
        let calls = calls.clone();
        vec![Arc::new(Systems { version, calls }) as Arc<dyn Processor>]
    };
    let mut place = Place::reading(locations, systems(1)).await;
    place.serve("https://fine.invalid/group.yaml", &entity("Group"));
    place.serve("https://fine.invalid/system.yaml", &entity("System"));
    place.serve("https://fine.invalid/component.yaml", &component("x", ""));
    place.settle().await;
    assert_eq!(calls.swap(0, Ordering::SeqCst), 2, "not for the group");
    let states = place.states().await;
    let settled = states
        .iter()
        .filter(|state| state.etag.is_some() && state.content_hash.is_some());
    assert_eq!(settled.count(), 2, "only the component depends on something else");
    let now = TestClock::default().now();
    let soonest = states
        .iter()
        .filter_map(|state| state.next_check_at)
        .min()
        .unwrap();
    assert_eq!(soonest.duration_since(now).as_secs(), 30);
    let all: Vec<String> = states
        .iter()
        .filter_map(|state| state.key.entity().map(str::to_owned))
        .collect();
    place.catalog.mark_dirty(&all).await.unwrap();
    place.catalog.settle().await.unwrap();
    assert_eq!(
        calls.swap(0, Ordering::SeqCst),
        1,
        "the others are known to be the same"
    );
    place.restart(systems(2)).await;
    place.catalog.mark_dirty(&all).await.unwrap();
    place.catalog.settle().await.unwrap();
    assert!(
        calls.load(Ordering::SeqCst) >= 2,
        "another version sees everything again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joins_that_a_living_process_puts_off_are_left_to_it() {
    let place = Place::reading(vec![file("./a.yaml")], Vec::new()).await;
    place.write("a.yaml", &component("a", ""));
    let (catalog, stop) = (place.catalog.clone(), CancellationToken::new());
    let running = stop.clone();
    let run = tokio::spawn(async move { catalog.run(running).await });
    place
        .soon(async || place.is_served("component:default/a").await)
        .await;
    place
        .soon(async || place.catalog.is_joined().await.unwrap())
        .await;
    let now = TestClock::default().now();
    let (long_ago, later) = (
        now - jiff::SignedDuration::from_mins(5),
        now + jiff::SignedDuration::from_mins(5),
    );
    assert!(
        place
            .store
            .lease_acquire("joins:another", "another", now, later)
            .await
            .unwrap()
    );
    let mut tx = place.store.write(Lane::Bulk).await.unwrap();
    let cause = json!({"kind": "refresh"});
    tx.put_off_stitching(&[("component:default/a", &cause)], false, long_ago)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(
        !place.catalog.is_joined().await.unwrap(),
        "the other one will do it"
    );
    place
        .store
        .lease_release("joins:another", "another")
        .await
        .unwrap();
    place
        .soon(async || place.catalog.is_joined().await.unwrap())
        .await;
    stop.cancel();
    run.await.unwrap();
}
