//! A portal of a catalog, one cluster and Flux: the plugin behind the router that the server uses.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use catalog::Catalog;
use config::Config;
use http_body_util::BodyExt;
use model::{EntityRef, Fault, SystemClock, Viewer};
use outside::{OutsideCalls, Settings};
use parking_lot::Mutex;
use plugin::{AuditEvent, AuditLog, Body, Denied, EntityPage, EntityTab, SearchFeed, Services, TabAnswer};
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Site, Stage};
use work::Jobs;

use crate::api_server::ApiServer;

pub struct World {
    router: Router,
    audited: Arc<Audited>,
    tab: Arc<dyn EntityTab>,
    /// What the plugin tells of entities.
    pub markers: plugin::Markers,
    _folder: TempDir,
    _stop: DropGuard,
}

/// Keeps events in memory.
#[derive(Default)]
struct Audited(Mutex<Vec<AuditEvent>>);

#[async_trait]
impl AuditLog for Audited {
    async fn record(&self, _: &mut Tx, event: AuditEvent) -> Result<(), StoreError> {
        self.0.lock().push(event);
        Ok(())
    }

    async fn record_attempt(&self, event: AuditEvent) {
        self.0.lock().push(event);
    }
}

/// Nothing of these tests is searched for.
struct NoFeed;

#[async_trait]
impl SearchFeed for NoFeed {
    async fn changed(&self, _: &[EntityRef]) -> Result<(), Fault> {
        Ok(())
    }

    async fn changed_in(&self, _: &mut Tx, _: &[EntityRef]) -> Result<(), StoreError> {
        Ok(())
    }
}

impl World {
    /// With the component `web`, in front of this cluster, with more of the configuration.
    pub async fn of(server: &ApiServer, more: Value) -> Self {
        Self::with(server, more, "").await
    }

    /// The same, with more entities.
    pub async fn with(server: &ApiServer, more: Value, entities: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let web = "apiVersion: backstage.io/v1alpha1\nkind: Component\n\
                   metadata: {name: web, annotations: {backstage.io/kubernetes-id: web}}\n\
                   spec: {type: service, lifecycle: production, owner: team}\n";
        std::fs::write(folder.path().join("all.yaml"), format!("{web}{entities}")).unwrap();
        let tables = [(work::PLUGIN, work::MIGRATIONS), ("flux", flux::MIGRATIONS)];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let clusters =
            json!([{"name": "north", "title": "North", "url": server.url, "serviceAccountToken": "ours"}]);
        let mut config = json!({
            "catalog": {"locations": [{"type": "file", "target": "./all.yaml"}]},
            "kubernetes": {"clusterLocatorMethods": [{"type": "config", "clusters": clusters}]},
        });
        config
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let config = Config::from_value(config, folder.path()).unwrap();
        let catalog = Catalog::builder(Arc::new(config.clone()), store.clone())
            .build()
            .unwrap();
        catalog.start().await.unwrap();
        catalog.settle().await.unwrap();
        catalog.catch_up().await.unwrap();
        let services = Services {
            store: store.clone(),
            outside: OutsideCalls::new(Settings::default(), Arc::new(SystemClock)),
            jobs: Jobs::new(store),
            search: Arc::new(NoFeed),
        };
        let (stop, audited) = (CancellationToken::new(), Arc::new(Audited::default()));
        let section = config.value().get("kubernetes");
        let clusters = kubernetes::open(section, folder.path(), &services, stop.clone());
        let shown = flux::contributions(&clusters, &catalog, &config, &services, audited.clone());
        let told = shown.entity_markers.into_iter().map(|part| plugin::Of {
            plugin: flux::ID,
            part,
        });
        let told = told.collect();
        let readiness = Readiness::new();
        readiness.enter(Stage::Ready);
        let shell = Arc::new(ui::Shell::default());
        let surrounded = |set: plugin::Routes| {
            set.wrapped(|_, endpoint| endpoint.route_layer(axum::Extension(shell.clone())))
        };
        let options = ServerOptions::from_config(&config).unwrap();
        let routes = shown.routes.into_iter().map(surrounded).collect();
        Self {
            router: Site::new(routes, options, readiness).into_router(),
            audited,
            tab: shown.entity_tabs[0].clone(),
            markers: plugin::Markers::of(told),
            _folder: folder,
            _stop: stop.drop_guard(),
        }
    }

    /// The status, where it leads, and the text.
    pub async fn send(&self, method: &str, path: &str, form: &str) -> (u16, String, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("content-type", "application/x-www-form-urlencoded");
        let mut request = request.body(axum::body::Body::from(form.to_owned())).unwrap();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let leads = answer.headers().get("location");
        let leads = leads.map_or(String::new(), |to| to.to_str().unwrap().to_owned());
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        (status, leads, String::from_utf8_lossy(&text).into_owned())
    }

    /// The tab of `web`.
    pub async fn tab(&self, query: &str) -> String {
        self.tab_without(Denied::default(), query).await
    }

    /// The same for somebody who lacks permissions.
    pub async fn tab_without(&self, denied: Denied, query: &str) -> String {
        let annotations = json!({"backstage.io/kubernetes-id": "web"});
        let entity = json!({"kind": "Component", "metadata": {"name": "web", "annotations": annotations}});
        let page = EntityPage {
            entity: Arc::new(entity),
            reference: EntityRef::new("component", "default", "web"),
            viewer: Viewer::nobody(),
            denied,
            rest: String::new(),
            query: query.to_owned(),
            deadline: Instant::now(),
            markers: plugin::Markers::default(),
            seen: plugin::Seen::default(),
        };
        match self.tab.show(page).await.unwrap() {
            TabAnswer::Content(Body::Ours(content)) => content.into_string(),
            other => panic!("{other:?}"),
        }
    }

    /// The tab, once it has this text.
    pub async fn tab_with(&self, query: &str, text: &str) -> String {
        for _ in 0..150 {
            let page = self.tab(query).await;
            if page.contains(text) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{text:?} does not come: {}", self.tab(query).await);
    }

    /// A page, once it has this text.
    pub async fn page_with(&self, path: &str, text: &str) -> String {
        for _ in 0..150 {
            let (_, _, page) = self.send("GET", path, "").await;
            if page.contains(text) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{text:?} does not come: {}", self.send("GET", path, "").await.2);
    }

    /// The events of the audit so far: what, on what, and how it ended.
    pub fn audited(&self) -> Vec<[String; 3]> {
        let events = std::mem::take(&mut *self.audited.0.lock());
        let told = events.into_iter();
        told.map(|event| {
            [
                event.action.into_owned(),
                event.subject,
                event.outcome.word().to_owned(),
            ]
        })
        .collect()
    }
}

/// An object with a namespace, and more of it.
pub fn object(namespace: &str, name: &str, labels: Value, more: Value) -> Value {
    let mut object = json!({"metadata": {
        "name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"), "labels": labels, "generation": 1,
    }});
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    object
}

/// The condition `Ready`.
pub fn ready(status: &str, reason: &str, message: &str) -> Value {
    json!({"type": "Ready", "status": status, "reason": reason, "message": message, "lastTransitionTime": "2026-11-24T09:05:00Z"})
}

/// A commit.
pub const SHA: &str = "464990e9200baca057cce2d0d46b75b58d7ee8da";

/// A cluster in which Flux applies a deployment of `web`, which alone carries the label of the entity.
pub async fn cluster() -> Arc<ApiServer> {
    let server = ApiServer::start().await;
    let managed = |name: &str| {
        json!({
            "kustomize.toolkit.fluxcd.io/name": name, "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
        })
    };
    let mut labels = managed("apps");
    labels["backstage.io/kubernetes-id"] = "web".into();
    server.put(
        "deployments",
        object("shop", "web", labels, json!({"spec": {"replicas": 1}})),
    );
    let revision = format!("main@sha1:{SHA}");
    let entries =
        json!([{"id": "shop_web_apps_Deployment", "v": "v1"}, {"id": "shop_gone__ConfigMap", "v": "v1"}]);
    server.put(
        "kustomizations",
        object(
            "flux-system",
            "apps",
            managed("cluster"),
            json!({
                "spec": {"path": "./apps", "sourceRef": {"kind": "GitRepository", "name": "fleet"}},
                "status": {
                    "observedGeneration": 1, "lastAppliedRevision": revision, "inventory": {"entries": entries},
                    "conditions": [ready("True", "ReconciliationSucceeded", "Applied revision")],
                },
            }),
        ),
    );
    // It applies itself, as that of a cluster's own folder does.
    server.put(
        "kustomizations",
        object(
            "flux-system",
            "cluster",
            managed("cluster"),
            json!({"spec": {"sourceRef": {"kind": "GitRepository", "name": "fleet"}}}),
        ),
    );
    server.put(
        "gitrepositories",
        object(
            "flux-system",
            "fleet",
            json!({}),
            json!({
                "spec": {"url": "https://git.example.com/fleet.git"},
                "status": {"artifact": {"revision": revision}, "conditions": [ready("True", "Succeeded", "stored")]},
            }),
        ),
    );
    server
}
