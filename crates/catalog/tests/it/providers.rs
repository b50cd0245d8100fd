//! The loop of the providers: each in one process and as a task of its own, tried again when it fails, refused when it
//! has lost its claim.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use catalog::Catalog;
use config::Config;
use model::Fault;
use parking_lot::Mutex;
use plugin::{DeferredEntity, EntityProvider, ProviderSink, replace_all};
use serde_json::json;
use store::{Lane, SourceKey};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::world::World;

type KeptSink = Arc<Mutex<Option<Arc<dyn ProviderSink>>>>;

/// A provider as a test wants it.
struct Provider {
    name: &'static str,
    runs: AtomicU32,
    /// When the late one fails.
    fails: Semaphore,
    kept: KeptSink,
}

impl Provider {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            runs: AtomicU32::new(0),
            fails: Semaphore::new(0),
            kept: KeptSink::default(),
        })
    }

    fn user(name: &str) -> DeferredEntity {
        DeferredEntity {
            entity: json!({
                "apiVersion": "backstage.io/v1alpha1", "kind": "User",
                "metadata": {"name": name, "annotations": {"backstage.io/managed-by-location": "ldap:x"}},
                "spec": {"memberOf": []},
            }),
            location_key: Some(format!("ldap:{name}")),
        }
    }
}

#[async_trait]
impl EntityProvider for Provider {
    fn name(&self) -> &str {
        self.name
    }

    async fn run(&self, sink: Arc<dyn ProviderSink>, stop: CancellationToken) -> Result<(), Fault> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        match self.name {
            "panicking" => panic!("as tests do"),
            "late" => {
                *self.kept.lock() = Some(sink);
                self.fails.acquire().await.unwrap().forget();
                return Err(Fault::error("too late to matter"));
            }
            // It never yields for longer than anything else would wait.
            "busy" => std::thread::sleep(Duration::from_millis(500)),
            _ => {}
        }
        replace_all(&*sink, vec![Self::user(self.name)]).await?;
        *self.kept.lock() = Some(sink);
        stop.cancelled().await;
        Ok(())
    }
}

/// A process with these providers.
struct Process {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Process {
    fn start(world: &World, providers: &[&Arc<Provider>]) -> Self {
        let config = json!({"catalog": {"rules": [{"allow": ["User"]}]}});
        let config = Config::from_value(config, world.folder.path()).unwrap();
        let providers = providers
            .iter()
            .map(|provider| (*provider).clone() as Arc<dyn EntityProvider>);
        let catalog = Catalog::builder(Arc::new(config), world.store.clone())
            .providers(providers)
            .build()
            .unwrap();
        let stop = CancellationToken::new();
        let soft = stop.clone();
        let task = tokio::spawn(async move { catalog.run(soft).await });
        Self { stop, task }
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

async fn until_served(world: &World, expected: &[&str]) {
    for _ in 0..1_000 {
        if world.served().await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{expected:?} are not served in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_panics_or_computes_hurts_no_other() {
    let world = World::reading(&[]).await;
    let (bad, busy, good) = (
        Provider::new("panicking"),
        Provider::new("busy"),
        Provider::new("good"),
    );
    let process = Process::start(&world, &[&bad, &busy, &good]);
    until_served(&world, &["user:default/busy", "user:default/good"]).await;
    let sources = world.catalog.sources().await.unwrap();
    let failed = sources
        .iter()
        .find(|line| line.source == "provider:panicking")
        .expect("it is on the sources page");
    let problem = &failed.problems[0].fault.message;
    assert!(problem.contains("panicked: as tests do"), "{problem}");
    assert_eq!(bad.runs.load(Ordering::SeqCst), 1, "it rests for some seconds");
    process.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_runs_it_and_the_other_takes_over() {
    let world = World::reading(&[]).await;
    let (ours, theirs) = (Provider::new("one"), Provider::new("one"));
    let first = Process::start(&world, &[&ours]);
    until_served(&world, &["user:default/one"]).await;
    let second = Process::start(&world, &[&theirs]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(theirs.runs.load(Ordering::SeqCst), 0);
    let old = ours.kept.lock().clone().unwrap();
    first.end().await;
    while theirs.kept.lock().is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The old run is late: what it delivers now is refused, and takes nothing away.
    let refused = replace_all(&*old, vec![Provider::user("late")]).await;
    assert!(refused.is_err());
    assert_eq!(world.served().await, ["user:default/one"]);
    let new = theirs.kept.lock().clone().unwrap();
    new.change(vec![Provider::user("two")], Vec::new()).await.unwrap();
    assert_eq!(world.served().await, ["user:default/one", "user:default/two"]);
    second.end().await;
}

/// Another process runs it by now: what it has to say of the provider counts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_after_it_was_taken_over_is_not_recorded() {
    let world = World::reading(&[]).await;
    let late = Provider::new("late");
    let process = Process::start(&world, &[&late]);
    while late.kept.lock().is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut tx = world.store.write_unordered(Lane::Person).await.unwrap();
    let taken = tx
        .execute("UPDATE work_standing SET claim = claim + 1", vec![])
        .await;
    assert_eq!(taken.unwrap(), 1);
    tx.commit().await.unwrap();
    late.fails.add_permits(1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let key = SourceKey::Provider("late".to_owned());
    assert_eq!(world.store.source_state(&[key]).await.unwrap(), []);
    process.end().await;
}
