//! A Gitea in memory, a provider of it, and what it delivers.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use catalog::Catalog;
use config::Config;
use gitea::Finder;
use http_body_util::BodyExt;
use model::{EntityRef, Fault, Problem, SystemClock};
use outside::{OutsideCalls, Settings};
use parking_lot::Mutex;
use plugin::{
    AuditEvent, AuditLog, Contributions, DeferredEntity, ProviderSink, Replacement, Report, SearchFeed,
    Services,
};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use testkit::FakeGitea;
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Site, Stage};
use work::Jobs;

pub struct World {
    pub gitea: FakeGitea,
    pub finder: Finder,
    pub delivered: Arc<Delivered>,
    pub contributions: Contributions,
    pub audited: Arc<Audited>,
    pub folder: TempDir,
}

/// What a provider delivered: targets of locations by their names.
#[derive(Default)]
pub struct Delivered {
    pub locations: Mutex<BTreeMap<String, Value>>,
    pub problems: Mutex<Vec<String>>,
}

/// Where the provider delivers.
struct Sink(Arc<Delivered>);

/// A replacement that is under way.
struct Replacing(Arc<Delivered>, BTreeMap<String, Value>);

/// Keeps audit events in memory.
#[derive(Default)]
pub struct Audited(pub Mutex<Vec<String>>);

/// Nothing of these tests is searched for.
struct NoFeed;

impl World {
    /// With a provider of this section; its host is added.
    pub async fn new(gitea: FakeGitea, section: Value) -> Self {
        Self::on(&Database::SqliteMemory, gitea, section).await
    }

    /// The same on another database.
    pub async fn on(database: &Database, gitea: FakeGitea, section: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = configuration(&gitea, section, &folder);
        let tables = [
            (work::PLUGIN, work::MIGRATIONS),
            ("gitea", gitea::declaration().migrations),
        ];
        let store = Store::open_with(database, &tables).await.unwrap();
        let catalog = Catalog::builder(Arc::new(config.clone()), store.clone())
            .build()
            .unwrap();
        let services = Services {
            store: store.clone(),
            outside: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
            jobs: Jobs::new(store),
            search: Arc::new(NoFeed),
        };
        let audited = Arc::new(Audited::default());
        Self {
            finder: gitea::finders(&config, &services).remove(0),
            contributions: gitea::contributions(&config, &catalog, &services, audited.clone()),
            delivered: Arc::default(),
            audited,
            gitea,
            folder,
        }
    }

    pub fn sink(&self) -> Arc<dyn ProviderSink> {
        Arc::new(Sink(self.delivered.clone()))
    }

    /// One round that can list.
    pub async fn round(&self) {
        self.delivered.problems.lock().clear();
        self.finder.round(&self.sink()).await.unwrap();
    }

    /// What locations name, without the address of the server.
    pub fn targets(&self) -> Vec<String> {
        let web = format!("{}/", self.gitea.url());
        let locations = self.delivered.locations.lock();
        let targets = locations
            .values()
            .map(|one| one["spec"]["target"].as_str().unwrap().replace(&web, ""));
        let mut targets: Vec<String> = targets.collect();
        targets.sort();
        targets
    }

    pub fn problems(&self) -> Vec<String> {
        self.delivered.problems.lock().clone()
    }

    /// The pages, behind the router that the server uses.
    pub fn router(&mut self) -> Router {
        let config = Config::from_value(json!({}), self.folder.path()).unwrap();
        let readiness = Readiness::new();
        readiness.enter(Stage::Ready);
        let shell = Arc::new(ui::Shell::default());
        let routes = std::mem::take(&mut self.contributions.routes).into_iter();
        let routes =
            routes.map(|set| set.wrapped(|_, endpoint| endpoint.route_layer(axum::Extension(shell.clone()))));
        let options = ServerOptions::from_config(&config).unwrap();
        Site::new(routes.collect(), options, readiness).into_router()
    }
}

fn configuration(gitea: &FakeGitea, mut section: Value, folder: &TempDir) -> Config {
    section["host"] = gitea.host().into();
    let value = json!({
        "integrations": {"gitea": [
            {"host": gitea.host(), "baseUrl": gitea.url(), "password": gitea.token()},
        ]},
        "catalog": {"providers": {"gitea": {"main": section}}},
    });
    Config::from_value(value, folder.path()).unwrap()
}

/// Sends a request as the guest of this machine: status, and the body or where it leads.
pub async fn send(router: &Router, path: &str, form: Option<&[(&str, &str)]>) -> (u16, String) {
    let body = form.map(|pairs| {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(pairs).finish()
    });
    let mut request = Request::builder()
        .method(if body.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.map_or_else(Body::empty, Body::from))
        .unwrap();
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let to = answer.headers().get("location").cloned();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&body).into_owned();
    (status, to.map_or(text, |to| to.to_str().unwrap().to_owned()))
}

fn take(into: &mut BTreeMap<String, Value>, batch: Vec<DeferredEntity>) {
    for one in batch {
        assert_eq!(one.location_key.as_deref(), Some("gitea-provider:main"));
        let name = EntityRef::of(&one.entity).unwrap().to_string();
        into.insert(name, one.entity);
    }
}

#[async_trait]
impl ProviderSink for Sink {
    async fn replace(&self) -> Result<Box<dyn Replacement>, Fault> {
        Ok(Box::new(Replacing(self.0.clone(), BTreeMap::new())))
    }

    async fn change(&self, put: Vec<DeferredEntity>, gone: Vec<EntityRef>) -> Result<Report, Fault> {
        let mut locations = self.0.locations.lock();
        take(&mut locations, put);
        for one in gone {
            locations.remove(&one.to_string());
        }
        Ok(Report::default())
    }

    async fn refresh(&self, _: &[String]) -> Result<(), Fault> {
        Ok(())
    }

    async fn problem(&self, problem: Problem) {
        self.0.problems.lock().push(problem.fault.message);
    }
}

#[async_trait]
impl Replacement for Replacing {
    async fn put(&mut self, batch: Vec<DeferredEntity>) -> Result<(), Fault> {
        take(&mut self.1, batch);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<Report, Fault> {
        *self.0.locations.lock() = self.1;
        Ok(Report::default())
    }
}

#[async_trait]
impl AuditLog for Audited {
    async fn record(&self, _: &mut Tx, event: AuditEvent) -> Result<(), StoreError> {
        self.record_attempt(event).await;
        Ok(())
    }

    async fn record_attempt(&self, event: AuditEvent) {
        let text = format!("{} {}", event.action, event.outcome.word());
        self.0.lock().push(text);
    }
}

#[async_trait]
impl SearchFeed for NoFeed {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}
