//! A portal with nothing but Gitea, in front of a Gitea in memory, and callers of its pages.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use catalog::{Catalog, Sight};
use config::Config;
use http_body_util::BodyExt;
use model::{EntityRef, Fault, SystemClock};
use outside::{OutsideCalls, Settings};
use plugin::{AuditEvent, AuditLog, SearchFeed, Services};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use testkit::FakeGitea;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Site, Stage};
use work::{JobRunner, Jobs};

/// The token of a service that may see repositories and entities.
const TOKEN: &str = "a-token-of-ci";

/// Nothing is hidden.
static EVERYTHING: Sight = Sight::system("a test");

/// Nobody searches here.
struct NoSearch;

#[async_trait]
impl SearchFeed for NoSearch {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Nobody listens.
struct NoAudit;

#[async_trait]
impl AuditLog for NoAudit {
    async fn record(&self, _: &mut Tx, _: AuditEvent) -> Result<(), StoreError> {
        Ok(())
    }

    async fn record_attempt(&self, _: AuditEvent) {}
}

/// A running portal.
pub struct World {
    pub catalog: Catalog,
    pub store: Store,
    pub jobs: Jobs,
    router: Router,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    folder: TempDir,
    config: Value,
}

impl World {
    /// A portal that reads people by these keys of `catalog.providers.giteaOrg.main`.
    pub async fn with_people(gitea: &FakeGitea, keys: Value) -> Self {
        let mut part = json!({"host": gitea.host(), "schedule": {"frequency": {"seconds": 1}}});
        for (key, value) in keys.as_object().unwrap() {
            part[key] = value.clone();
        }
        Self::start(gitea, json!({"providers": {"giteaOrg": {"main": part}}}), "").await
    }

    /// A portal with these keys of the section `catalog`, and a file of entities.
    pub async fn start(gitea: &FakeGitea, catalog: Value, entities: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("own.yaml"), entities).unwrap();
        let mut config = json!({
            "app": {"baseUrl": "http://portal.example"},
            "backend": {
                "database": {"client": "better-sqlite3", "connection": ":memory:"},
                "auth": {"externalAccess": [{
                    "type": "static",
                    "options": {"token": TOKEN, "subject": "ci"},
                    "accessRestrictions": [{"plugin": "gitea"}, {"plugin": "catalog"}],
                }]},
            },
            "integrations": {"gitea": [{"host": gitea.host(), "baseUrl": gitea.url(), "password": gitea.token()}]},
            "catalog": {"locations": [{"type": "file", "target": "./own.yaml"}], "rules": [{"allow": testkit::KINDS}]},
        });
        for (key, value) in catalog.as_object().unwrap() {
            config["catalog"][key] = value.clone();
        }
        let tables = [
            ("work", work::MIGRATIONS),
            ("gitea", gitea::declaration().migrations),
            ("gitea-people", gitea::people_declaration().migrations),
            ("events", events::MIGRATIONS),
        ];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        Self::on(store, folder, config).await
    }

    async fn on(store: Store, folder: TempDir, value: Value) -> Self {
        let config = Arc::new(Config::from_value(value.clone(), folder.path()).unwrap());
        let jobs = Jobs::new(store.clone());
        let services = Services {
            store: store.clone(),
            outside: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
            jobs: jobs.clone(),
            search: Arc::new(NoSearch),
        };
        let reader = scm::UrlReader::new(&config, services.outside.clone()).unwrap();
        let catalog = Catalog::builder(config.clone(), store.clone())
            .url_source(Arc::new(reader))
            .providers(gitea::feeds(&config, &services).providers)
            .build()
            .unwrap();
        catalog.catch_up().await.unwrap();
        let made = gitea::contributions(&config, &catalog, &services, Arc::new(NoAudit));
        let stop = CancellationToken::new();
        let mut runner = JobRunner::builder(jobs.clone());
        for job in made.jobs {
            runner = runner.handler(job);
        }
        for subscription in made.subscriptions {
            runner = runner.subscription(subscription);
        }
        let runner = runner.build().unwrap();
        let readiness = Readiness::new();
        readiness.enter(Stage::Ready);
        let options = ServerOptions::from_config(&config).unwrap();
        let router = Site::new(made.routes, options, readiness).into_router();
        let tasks = vec![
            tokio::spawn({
                let (catalog, stop) = (catalog.clone(), stop.clone());
                async move { catalog.run(stop).await }
            }),
            tokio::spawn({
                let (catalog, stop) = (catalog.clone(), stop.clone());
                async move { catalog.follow(stop).await }
            }),
            tokio::spawn({
                let stop = stop.clone();
                async move { runner.run(&stop).await }
            }),
        ];
        Self {
            catalog,
            store,
            jobs,
            router,
            stop,
            tasks,
            folder,
            config: value,
        }
    }

    /// The process ends, and another one begins on the same database with a changed configuration.
    pub async fn restart(self, change: impl FnOnce(&mut Value)) -> Self {
        let Self {
            store,
            stop,
            tasks,
            folder,
            mut config,
            ..
        } = self;
        stop.cancel();
        for task in tasks {
            task.await.unwrap();
        }
        change(&mut config);
        Self::on(store, folder, config).await
    }

    /// An entity as it is served.
    pub async fn entity(&self, reference: &str) -> Option<Value> {
        let reference: EntityRef = reference.parse().unwrap();
        self.catalog
            .seen_by(&EVERYTHING)
            .entity(&reference)
            .await
            .unwrap()
    }

    /// Waits for an entity that fits.
    pub async fn until(&self, reference: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut last = None;
        for _ in 0..1_500 {
            last = self.entity(reference).await;
            if let Some(entity) = last.as_ref().filter(|entity| fits(entity)) {
                return entity.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "{reference} is not as expected in time: {last:#?}\n{:#?}",
            self.problems().await
        );
    }

    /// Waits until an entity is gone.
    pub async fn until_gone(&self, reference: &str) {
        for _ in 0..1_500 {
            if self.entity(reference).await.is_none() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{reference} is still there");
    }

    /// Problems of the provider of people.
    pub async fn problems(&self) -> Vec<String> {
        let sources = self.catalog.sources().await.unwrap();
        let people = sources
            .into_iter()
            .filter(|source| source.source == "provider:giteaOrg:main");
        let problems = people.flat_map(|source| source.problems);
        problems.map(|problem| problem.fault.describe()).collect()
    }

    /// Waits for a problem with this text.
    pub async fn until_problem(&self, text: &str) -> String {
        let mut last = Vec::new();
        for _ in 0..1_500 {
            last = self.problems().await;
            if let Some(found) = last.iter().find(|problem| problem.contains(text)) {
                return found.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no problem says {text}: {last:#?}");
    }

    /// A page or an answer of the API: the status and the text.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let peer = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000)));
        let request = Request::builder()
            .uri(path)
            .header("host", "portal.example")
            .header("authorization", format!("Bearer {TOKEN}"));
        let request = request.extension(peer).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// An answer of the API.
    pub async fn api(&self, path: &str) -> Value {
        let (status, text) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }
}
