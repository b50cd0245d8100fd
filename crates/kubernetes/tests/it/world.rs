//! A portal of a catalog and clusters: the plugin behind the router that the server uses.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use catalog::Catalog;
use config::Config;
use http_body_util::BodyExt;
use model::{EntityRef, Fault, SystemClock, Viewer};
use outside::{OutsideCalls, Settings};
use parking_lot::Mutex;
use plugin::{
    AuditEvent, AuditLog, Body, Denied, EntityPage, EntityStates, EntityTab, PeopleTokens, Policy,
    SearchFeed, Services, TabAnswer,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use store::{Database, Store, StoreError, Tx};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Site, Stage};
use work::Jobs;

pub struct World {
    router: Router,
    /// What was kept of who changed what.
    pub audited: Arc<Audited>,
    tab: Arc<dyn EntityTab>,
    /// How entities run, if clusters are configured.
    pub states: Option<Arc<dyn EntityStates>>,
    _folder: TempDir,
    _stop: DropGuard,
}

/// Keeps events in memory.
#[derive(Default)]
pub struct Audited(Mutex<Vec<AuditEvent>>);

impl Audited {
    /// The events so far: who, what, on what, and how it ended.
    pub fn events(&self) -> Vec<[String; 4]> {
        let events = std::mem::take(&mut *self.0.lock());
        let told = events.into_iter().map(|event| {
            let who = event.actor.name().clone();
            [
                who,
                event.action.into_owned(),
                event.subject,
                event.outcome.word().to_owned(),
            ]
        });
        told.collect()
    }
}

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

/// The provider `oidc` gave everybody the same token.
struct Signed;

#[async_trait]
impl PeopleTokens for Signed {
    async fn id_token(&self, _: &Viewer, provider: &str) -> Result<Option<SecretString>, Fault> {
        Ok((provider == "oidc").then(|| "of-the-viewer".into()))
    }
}

impl World {
    /// With the component `web` and these entities, and this section.
    pub async fn with(section: Value, more: &str) -> Self {
        Self::acting(section, json!({}), more, None).await
    }

    /// The same, with this section of actions; a policy decides who may do what.
    pub async fn acting(section: Value, actions: Value, more: &str, policy: Option<Arc<dyn Policy>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let web = "apiVersion: backstage.io/v1alpha1\nkind: Component\n\
                   metadata: {name: web, annotations: {backstage.io/kubernetes-id: web}}\n\
                   spec: {type: service, lifecycle: production, owner: team, dependsOn: [resource:north]}\n";
        std::fs::write(folder.path().join("all.yaml"), format!("{web}---\n{more}")).unwrap();
        let tables = [(work::PLUGIN, work::MIGRATIONS)];
        let store = Store::open_with(&Database::SqliteMemory, &tables).await.unwrap();
        let config = json!({"catalog": {
            "locations": [{"type": "file", "target": "./all.yaml"}],
            "rules": [{"allow": ["Component", "Resource"]}],
        }});
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
        let clusters = kubernetes::open(Some(&section), folder.path(), &services, stop.clone());
        let shown = kubernetes::contributions(
            &clusters,
            &catalog,
            (audited.clone(), Arc::new(Signed)),
            stop.clone(),
        );
        let mut routes = shown.routes;
        let acting = kubernetes::actions::contributions(Some(&actions), &clusters, &catalog, audited.clone());
        routes.extend(acting.routes);
        let readiness = Readiness::new();
        readiness.enter(Stage::Ready);
        let shell = Arc::new(ui::Shell::default());
        let surrounded = |set: plugin::Routes| {
            set.wrapped(|_, endpoint| endpoint.route_layer(axum::Extension(shell.clone())))
        };
        let options = ServerOptions::from_config(&config).unwrap();
        let mut site = Site::new(routes.into_iter().map(surrounded).collect(), options, readiness);
        site.policy = policy;
        site.audit = Some(audited.clone());
        Self {
            router: site.into_router(),
            audited,
            tab: shown.entity_tabs[0].clone(),
            states: shown.entity_states.first().cloned(),
            _folder: folder,
            _stop: stop.drop_guard(),
        }
    }

    /// Sends a request as the guest of this machine.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(axum::body::Body::from(body.to_owned())).unwrap();
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The tab of `web`, or what lies below it.
    pub async fn tab(&self, rest: &str, query: &str) -> String {
        self.tab_without(Denied::default(), rest, query).await
    }

    /// The same for somebody who lacks permissions.
    pub async fn tab_without(&self, denied: Denied, rest: &str, query: &str) -> String {
        let entity = json!({"kind": "Component", "metadata": {"name": "web", "annotations": {"backstage.io/kubernetes-id": "web"}}});
        let page = EntityPage {
            entity: Arc::new(entity),
            reference: EntityRef::new("component", "default", "web"),
            viewer: Viewer::nobody(),
            denied,
            rest: rest.to_owned(),
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

    /// A page.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.send("GET", path, &[("accept", "text/html")], "").await;
        let (status, bytes) = (answer.status(), answer.into_body().collect().await.unwrap());
        let text = String::from_utf8(bytes.to_bytes().to_vec()).unwrap();
        assert!(status.is_success(), "{status} {text}");
        text
    }

    /// The status and the JSON of an answer.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let headers = [headers, &[("content-type", "application/json")]].concat();
        let answer = self.send(method, path, &headers, &body).await;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Asks for the objects of `web`.
    pub async fn services(&self, auth: Value) -> Value {
        let body = json!({"entity": {"kind": "Component", "metadata": {"name": "web"}}, "auth": auth});
        let (status, answer) = self.ask("POST", "/api/kubernetes/services/web", &[], &body).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }
}
