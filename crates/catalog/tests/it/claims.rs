//! Refreshes of claimed sources while the database fails, or after the claim was lost; and a process that reads none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use catalog::{Catalog, UrlSource};
use config::Config;
use model::Fault;
use plugin::{EntityProvider, ProviderSink};
use scm::{Found, Integrations, Read, Search};
use serde_json::json;
use store::{Database, Lane, SourceState, Store};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::world::component;

const URL: &str = "https://held.invalid/a.yaml";
const SERVED: &str = "component:default/a";

async fn soon(is_so: impl AsyncFn() -> bool) {
    for _ in 0..1_500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it takes too long");
}

/// A host that answers when the test lets it.
struct Host {
    integrations: Integrations,
    answers: Semaphore,
    asked: AtomicU32,
    answer: Result<String, Fault>,
}

#[async_trait]
impl UrlSource for Host {
    async fn read(&self, url: &str, _: Option<&str>) -> Result<Read, Fault> {
        Err(Fault::not_found(format!("there is no {url}")))
    }

    async fn search(&self, url: &str, _: Option<&str>) -> Result<Search, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.answers.acquire().await.unwrap().forget();
        let text = self.answer.clone()?;
        Ok(Search {
            files: vec![Found {
                url: url.to_owned(),
                bytes: text.into_bytes().into(),
                commit: None,
            }],
            etag: None,
            not_modified: false,
        })
    }

    fn integrations(&self) -> &Integrations {
        &self.integrations
    }
}

/// A catalog at work on one source, which the host keeps waiting.
struct Held {
    store: Store,
    host: Arc<Host>,
    stop: CancellationToken,
    run: JoinHandle<()>,
}

impl Held {
    async fn start(answer: Result<String, Fault>) -> Self {
        let store = Store::open(&Database::SqliteMemory).await.unwrap();
        let host = Arc::new(Host {
            integrations: Integrations::default(),
            answers: Semaphore::new(0),
            asked: AtomicU32::new(0),
            answer,
        });
        let config = json!({
            "catalog": {"locations": [{"type": "url", "target": URL}], "rules": [{"allow": testkit::KINDS}]},
            "portal": {"claim": "1s"},
        });
        let config = Config::from_value(config, std::path::Path::new("/")).unwrap();
        let catalog = Catalog::builder(Arc::new(config), store.clone())
            .url_source(host.clone())
            .build()
            .unwrap();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let run = tokio::spawn(async move { catalog.run(stopped).await });
        let held = Self {
            store,
            host,
            stop,
            run,
        };
        soon(async || held.host.asked.load(Ordering::SeqCst) == 1).await;
        held
    }

    async fn execute(&self, statement: &'static str) {
        let mut tx = self.store.write_unordered(Lane::Person).await.unwrap();
        tx.execute(statement, vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn is_served(&self) -> bool {
        let node = self.store.node(SERVED).await.unwrap();
        node.is_some_and(|node| node.final_json.is_some())
    }

    async fn state(&self) -> SourceState {
        let mut states = self.store.sources().await.unwrap();
        states.retain(|state| state.key.entity().is_some());
        states.pop().unwrap()
    }

    async fn end(self) {
        self.stop.cancel();
        self.run.await.unwrap();
    }

    /// As if another process had claimed the source, checked it, and were at work on it again.
    async fn lose(&self) {
        self.execute(
            "UPDATE sources SET claim = claim + 1, held_by = 'another', held_until = 9000000000000000, etag = 'theirs'",
        )
        .await;
    }
}

/// Nothing more can be claimed and nothing renewed; the source that is being read is read to its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_fails_ends_no_refresh() {
    let held = Held::start(Ok(component("a", ""))).await;
    held.execute("ALTER TABLE sources RENAME TO sources_elsewhere")
        .await;
    // Time enough to ask the database several times.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    held.execute("ALTER TABLE sources_elsewhere RENAME TO sources")
        .await;
    held.host.answers.add_permits(1);
    soon(async || held.is_served().await).await;
    assert_eq!(
        held.host.asked.load(Ordering::SeqCst),
        1,
        "the source was read once"
    );
    held.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_found_after_the_claim_was_lost_is_not_written() {
    let held = Held::start(Ok(component("a", ""))).await;
    held.lose().await;
    held.host.answers.add_permits(1);
    let host = held.host.clone();
    soon(async || host.answers.available_permits() == 0).await;
    let store = held.store.clone();
    held.end().await;
    assert!(store.node(SERVED).await.unwrap().is_none());
}

/// A failure that is noticed late must not hide what another process has found since.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_after_the_claim_was_lost_is_not_recorded() {
    let held = Held::start(Err(Fault::error("the host fell over"))).await;
    held.lose().await;
    let theirs = held.state().await;
    held.host.answers.add_permits(1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(held.state().await, theirs);
    held.end().await;
}

/// Brings one user.
struct People;

#[async_trait]
impl EntityProvider for People {
    fn name(&self) -> &'static str {
        "people"
    }

    async fn run(&self, sink: Arc<dyn ProviderSink>, stop: CancellationToken) -> Result<(), Fault> {
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "User",
            "metadata": {"name": "ada", "annotations": {"backstage.io/managed-by-location": "ldap:x"}},
            "spec": {"memberOf": []},
        });
        let location_key = None;
        plugin::replace_all(&*sink, vec![plugin::DeferredEntity { entity, location_key }]).await?;
        stop.cancelled().await;
        Ok(())
    }
}

/// Reading is left to other processes, and everything else goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_reads_no_sources_does_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), component("a", "")).unwrap();
    let store = Store::open_with(&Database::SqliteMemory, &[(work::PLUGIN, work::MIGRATIONS)])
        .await
        .unwrap();
    let config = json!({
        "catalog": {
            "locations": [{"type": "file", "target": "./a.yaml"}],
            "rules": [{"allow": testkit::KINDS}],
            "processingInterval": false,
        },
        "portal": {"claim": "1s"},
    });
    let config = Config::from_value(config, folder.path()).unwrap();
    let catalog = Catalog::builder(Arc::new(config), store.clone())
        .providers([Arc::new(People) as Arc<dyn EntityProvider>])
        .build()
        .unwrap();
    let stop = CancellationToken::new();
    let (running, stopped) = (catalog.clone(), stop.clone());
    let run = tokio::spawn(async move { running.run(stopped).await });
    soon(async || {
        let node = store.node("user:default/ada").await.unwrap();
        node.is_some_and(|node| node.final_json.is_some())
    })
    .await;
    // What a process left that died.
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let cause = json!({"kind": "refresh"});
    tx.put_off_stitching(
        &[("user:default/ada", &cause)],
        false,
        jiff::Timestamp::UNIX_EPOCH,
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    soon(async || catalog.is_joined().await.unwrap()).await;
    assert!(store.node(SERVED).await.unwrap().is_none());
    stop.cancel();
    run.await.unwrap();
}
