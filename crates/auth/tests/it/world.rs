//! A portal with nothing but the sign-in, a small organisation, and browsers that visit it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use auth::KnownScopes;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use catalog::Catalog;
use config::Config;
use http_body_util::BodyExt;
use model::{Clock, EntityRef, Fault, SystemClock};
use outside::{OutsideCalls, Settings};
use plugin::{
    AuditEvent, AuditLog, Declaration, Permission, PermissionAction, PluginId, Routes, Rows, Rule,
    SearchFeed, Services,
};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use testkit::TestClock;
use tower::ServiceExt;
use url::Url;
use web::{CurrentViewer, Readiness, ServerOptions, Site, Stage};
use work::Jobs;

use crate::provider::{CLIENT, CLIENT_SECRET, Provider};
use crate::replica::Replica;
use crate::tables;

pub const BASE: &str = "http://portal.example";

const ORGANIZATION: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: engineering }
spec: { type: department, children: [platform] }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: platform }
spec: { type: team, parent: engineering, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ada }
spec: { profile: { email: Ada@example.com }, memberOf: [platform] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: twin }
spec: { profile: { email: twins@example.com }, memberOf: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: other-twin }
spec: { profile: { email: twins@example.com }, memberOf: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: octocat
  annotations: { github.com/user-id: '583231', google.com/user-id: '583231', graph.microsoft.com/user-id: entra-583231 }
spec: { memberOf: [] }
";

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

#[derive(Default)]
pub struct Heard(Mutex<Vec<AuditEvent>>);

#[async_trait]
impl AuditLog for Heard {
    async fn record(&self, _: &mut Tx, event: AuditEvent) -> Result<(), StoreError> {
        self.record_attempt(event).await;
        Ok(())
    }

    async fn record_attempt(&self, event: AuditEvent) {
        self.0.lock().unwrap().push(event);
    }
}

pub struct World {
    pub provider: Provider,
    pub clock: TestClock,
    pub audit: Arc<Heard>,
    router: Router,
    catalog: Catalog,
    store: Store,
    config: Arc<Config>,
    address: AtomicU32,
    _folder: TempDir,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all("set-cookie").iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }
}

static SEE: Permission = Permission::new("lab.thing.read", PermissionAction::Read);
static CHANGE: Permission = Permission::new("lab.thing.update", PermissionAction::Update);
static ADMINISTER: Permission =
    Permission::new("lab.thing.administer", PermissionAction::Update).for_administrators();
static PERMISSIONS: [&Permission; 3] = [&SEE, &CHANGE, &ADMINISTER];

/// The scopes of a portal with the sign-in and the lab.
fn scopes() -> KnownScopes {
    let lab = Declaration {
        permissions: &PERMISSIONS,
        ..Declaration::new(PluginId::built_in("lab"))
    };
    KnownScopes::of(&[auth::declaration(), lab])
}

async fn who(CurrentViewer(viewer): CurrentViewer) -> String {
    let claims: Vec<String> = viewer.claims.iter().map(ToString::to_string).collect();
    format!("{} {}", viewer.reference(), claims.join(" "))
}

pub fn settings(provider: &Provider, more: Value) -> Value {
    let mut oidc = json!({
        "metadataUrl": provider.metadata_url(), "clientId": CLIENT, "clientSecret": CLIENT_SECRET,
        "tokenSignedResponseAlg": "ES256", "timeout": {"seconds": 2}, "sessionDuration": {"days": 2},
        "signIn": {"resolvers": [{"resolver": "emailMatchingUserEntityProfileEmail"}]},
    });
    if let Value::Object(more) = more {
        for (key, value) in more {
            oidc[key] = value;
        }
    }
    json!({
        "backend": {"baseUrl": BASE, "database": {"client": "better-sqlite3", "connection": ":memory:"}},
        "catalog": {
            "locations": [{"type": "file", "target": "./org.yaml"}],
            "rules": [{"allow": testkit::KINDS}],
        },
        "auth": {"providers": {"oidc": {"development": oidc}}},
    })
}

impl World {
    pub async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// With more keys of the provider.
    pub async fn with(more: Value) -> Self {
        Self::configured(|provider| settings(provider, more)).await
    }

    /// With a configuration of its own.
    pub async fn configured(settings: impl FnOnce(&Provider) -> Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("org.yaml"), ORGANIZATION).unwrap();
        let clock = TestClock::default();
        let provider = Provider::start(clock.now().as_second()).await;
        let config = Arc::new(Config::from_value(settings(&provider), folder.path()).unwrap());
        let store = Store::open_with(
            &Database::SqliteMemory,
            &[("auth", auth::MIGRATIONS), ("work", work::MIGRATIONS)],
        );
        let store = store.await.unwrap();
        let catalog = Catalog::builder(config.clone(), store.clone()).build().unwrap();
        catalog.start().await.unwrap();
        catalog.settle().await.unwrap();
        catalog.catch_up().await.unwrap();
        let audit = Arc::new(Heard::default());
        let router = router(&config, &catalog, &store, &audit, &clock);
        Self {
            provider,
            clock,
            audit,
            router,
            catalog,
            store,
            config,
            address: AtomicU32::new(u32::from(Ipv4Addr::new(192, 0, 2, 7))),
            _folder: folder,
        }
    }

    /// The process ends and another one begins on the same database.
    pub fn restart(&mut self) {
        self.router = router(&self.config, &self.catalog, &self.store, &self.audit, &self.clock);
    }

    /// Another process publishes its key, made at this second.
    pub async fn publish(&self, replica: &Replica, made: i64) {
        let made = jiff::Timestamp::from_second(made).unwrap();
        tables::publish(&self.store, replica, made).await;
    }

    /// Everything in the database.
    pub async fn stored(&self) -> String {
        tables::everything(&self.store).await
    }

    /// What a reader of the database learns of access tokens.
    pub async fn stored_tokens(&self) -> String {
        tables::access_tokens(&self.store).await
    }

    /// From now on requests come from another address: each may be wrong a few times only.
    pub fn another_address(&self) {
        self.address.fetch_add(1, Ordering::Relaxed);
    }

    /// The second that the provider's clock shows.
    pub fn provider_now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub fn advance(&self, by: jiff::SignedDuration) {
        self.clock.advance(by);
        self.provider.set_time(self.clock.now().as_second());
    }

    /// What the audit heard: actor, action, subject and outcome.
    pub fn heard(&self) -> Vec<String> {
        let events = self.audit.0.lock().unwrap();
        let line = |event: &AuditEvent| {
            format!(
                "{} {} {} {}",
                event.actor.name(),
                event.action,
                event.subject,
                event.outcome.word()
            )
        };
        events.iter().map(line).collect()
    }
}

fn router(
    config: &Arc<Config>,
    catalog: &Catalog,
    store: &Store,
    audit: &Arc<Heard>,
    clock: &TestClock,
) -> Router {
    let services = Services {
        store: store.clone(),
        outside: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
        jobs: Jobs::new(store.clone()),
        search: Arc::new(NoSearch),
    };
    let (made, _) = auth::contributions_at(
        config,
        catalog,
        audit.clone(),
        &services,
        scopes(),
        Arc::new(clock.clone()),
    );
    let lab = Rows::new().get("/who", Rule::signed_in(), who);
    let api = Rows::new()
        .get("/who", Rule::signed_in(), who)
        .post("/note", Rule::signed_in(), who)
        .get("/things", Rule::signed_in().needs(&SEE), who)
        .post("/things", Rule::signed_in().needs(&CHANGE), who)
        .delete("/things", Rule::signed_in().needs(&ADMINISTER), who)
        .get("/files", Rule::person_by_cookie(), who);
    let api = made
        .rows_of_every_api
        .iter()
        .fold(api, |rows, more| rows.and(more.rows()));
    let readiness = Readiness::new();
    readiness.enter(Stage::Ready);
    let mut routes = made.routes;
    routes.push(Routes::new(PluginId::built_in("lab")).pages(lab).api(api));
    let options = ServerOptions::from_config(config).unwrap();
    let site = Site {
        authenticators: made.authenticators,
        audit: Some(audit.clone()),
        ..Site::new(routes, options, readiness)
    };
    site.into_router()
}

/// A browser with its cookies.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub async fn get(&mut self, world: &World, path: &str) -> Answer {
        self.send(world, "GET", path, &[], "").await
    }

    pub async fn send(
        &mut self,
        world: &World,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        form: &str,
    ) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "portal.example");
        }
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        if method == "POST" && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let address = Ipv4Addr::from(world.address.load(Ordering::Relaxed));
        let peer = ConnectInfo(SocketAddr::from((address, 40_000)));
        let request = request.extension(peer).body(Body::from(form.to_owned())).unwrap();
        let response = world.router.clone().oneshot(request).await.unwrap();
        let answer = Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: String::from_utf8_lossy(&response.into_body().collect().await.unwrap().to_bytes())
                .into_owned(),
        };
        for cookie in answer.cookies() {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Begins a sign-in that leads to a page, and gives the address at the provider.
    pub async fn begin(&mut self, world: &World, page: &str) -> String {
        let answer = self.get(world, &start(page)).await;
        assert_eq!(answer.status, 302, "{answer:?}");
        answer.header("location").to_owned()
    }

    /// Signs in at the provider and comes back.
    pub async fn sign_in(&mut self, world: &World) -> Answer {
        let address = self.begin(world, "/who").await;
        let back = way_back(world, &address);
        self.get(world, &back).await
    }

    /// Who the portal takes the browser for.
    pub async fn who(&mut self, world: &World) -> String {
        let answer = self.get(world, "/who").await;
        if answer.status == 200 {
            answer.text
        } else {
            answer.status.to_string()
        }
    }
}

/// The address that begins a sign-in.
pub fn start(page: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("env", "development")
        .append_pair("redirectUrl", page)
        .finish();
    format!("/api/auth/oidc/start?{query}")
}

/// Where the provider sends the browser, after it let the person in who came by this address.
pub fn way_back(world: &World, address: &str) -> String {
    let code = world.provider.lets_in(address);
    format!(
        "/api/auth/oidc/handler/frame?code={code}&state={}",
        state_of(address)
    )
}

pub fn state_of(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state");
    state.map(|(_, state)| state.into_owned()).unwrap()
}
