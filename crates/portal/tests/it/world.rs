//! A portal in process: an empty folder, an in-memory database, and the router that the server uses.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use config::Config;
use http_body_util::BodyExt;
use outside::{OutsideCalls, Trust};
use plugin::{Policy, RowHead};
use portal::{AddedPlugin, Ground, Portal};
use serde_json::{Value, json};
use store::{Database, Store};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Stage};

/// Longest wait for something that is made in the background.
const PATIENCE: Duration = Duration::from_secs(20);

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}

pub struct World {
    pub store: Store,
    pub outside: OutsideCalls,
    router: Router,
    table: Vec<RowHead>,
    pub folder: TempDir,
    _stop: DropGuard,
}

impl World {
    pub async fn with(added: Vec<AddedPlugin>) -> anyhow::Result<Self> {
        Self::configured(added, json!({})).await
    }

    /// With more sections of the configuration; `catalog` and `backend` get more keys.
    pub async fn configured(added: Vec<AddedPlugin>, more: Value) -> anyhow::Result<Self> {
        Self::governed(added, more, None).await
    }

    /// With a policy that decides what callers may do.
    pub async fn governed(
        added: Vec<AddedPlugin>,
        more: Value,
        policy: Option<Arc<dyn Policy>>,
    ) -> anyhow::Result<Self> {
        Self::in_folder(tempfile::tempdir()?, added, more, policy).await
    }

    /// With files in the folder of the configuration.
    pub async fn prepared(
        added: Vec<AddedPlugin>,
        more: Value,
        files: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text)?;
        }
        Self::in_folder(folder, added, more, None).await
    }

    async fn in_folder(
        folder: TempDir,
        added: Vec<AddedPlugin>,
        more: Value,
        policy: Option<Arc<dyn Policy>>,
    ) -> anyhow::Result<Self> {
        let mut config = json!({
            "backend": {
                "database": {"client": "better-sqlite3", "connection": ":memory:"},
                "auth": {"externalAccess": [
                    {"type": "static", "options": {"token": "whole-token", "subject": "ci"}},
                    {"type": "static", "options": {"token": "reading-token", "subject": "reader"},
                     "accessRestrictions": [{"plugin": "catalog", "permissionAttribute": {"action": "read"}}]},
                    {"type": "static", "options": {"token": "elsewhere-token", "subject": "other"},
                     "accessRestrictions": [{"plugin": "elsewhere"}]},
                ]},
            },
            "catalog": {"rules": [{"allow": ["Component", "Teapot"]}]},
        });
        merge(&mut config, more);
        let config = Arc::new(Config::from_value(config, folder.path()).unwrap());
        let options = ServerOptions::from_config(&config)?;
        let built_in = portal::declarations();
        let mut tables = portal::tables(&built_in);
        for plugin in &added {
            tables.extend(portal::tables(std::slice::from_ref(&plugin.declaration)));
        }
        tables.sort_by_key(|(plugin, _)| *plugin);
        tables.dedup_by_key(|(plugin, _)| *plugin);
        let store = Store::open_with(&Database::SqliteMemory, &tables).await?;
        let stop = CancellationToken::new();
        let readiness = Readiness::new();
        let outside = portal::outside_calls(&config, Trust::default())?;
        let ground = Ground {
            config,
            store: store.clone(),
            background: Handle::current(),
            outside: outside.clone(),
            options,
            policy,
            readiness: readiness.clone(),
            stop: stop.clone(),
            saved_index: None,
        };
        let portal = Portal::open(ground, added).await?;
        let (catalog, search) = (portal.catalog.clone(), portal.search.clone());
        let (jobs, soft) = (portal.jobs.clone(), stop.clone());
        tokio::spawn(async move { jobs.run(&soft).await });
        let table = portal.table();
        let (router, loading) = portal.into_router();
        loading.await??;
        readiness.enter(Stage::Ready);
        let (engine, soft) = (catalog.clone(), stop.clone());
        tokio::spawn(async move { engine.run(soft).await });
        let (follower, soft) = (catalog.clone(), stop.clone());
        tokio::spawn(async move { follower.follow(soft).await });
        let soft = stop.clone();
        tokio::spawn(async move { search.run(soft).await });
        Ok(Self {
            store,
            outside,
            router,
            table,
            folder,
            _stop: stop.drop_guard(),
        })
    }

    /// Every row that is served.
    pub fn table(&self) -> &[RowHead] {
        &self.table
    }

    /// Status of an answer, whose body may never end.
    pub async fn status(&self, mut request: Request<Body>) -> u16 {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        answer.status().as_u16()
    }

    /// An answer that does not end by itself.
    pub async fn open(&self, path: &str) -> Body {
        let mut request = Request::get(path)
            .header("host", "localhost")
            .body(Body::empty())
            .unwrap();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.into_body()
    }

    /// Status and text of an answer.
    pub async fn get(&self, path: &str) -> (u16, String) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn send(&self, mut request: Request<Body>) -> (u16, String) {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        request
            .headers_mut()
            .entry("host")
            .or_insert("localhost".parse().unwrap());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").cloned();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        let to = location.map(|to| to.to_str().unwrap().to_owned());
        (status, to.unwrap_or(text))
    }

    /// Asks until the answer has this text.
    pub async fn until(&self, path: &str, expected: &str) -> String {
        let begun = tokio::time::Instant::now();
        loop {
            let (status, text) = self.get(path).await;
            if status == 200 && text.contains(expected) {
                return text;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{path}: no {expected:?} in {status} {text}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
