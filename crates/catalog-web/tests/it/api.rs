//! The wire contract of `/api/catalog`, endpoint by endpoint and quirk by quirk
//! (as in `@backstage/plugin-catalog-backend` 4.0.0), in process on a real database.

mod acting;
mod bodies;
mod bounds;
mod cursors;
mod documents;
mod facets;
mod lists;
mod locations;
mod pages;
mod requests;
mod single;
mod unprocessed;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use plugin::{Policy, Routes};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tower::ServiceExt;
use web::{Readiness, ServerOptions, Site, Stage};

use crate::world::{World, join};

/// A small catalog behind the router that the server uses.
pub struct Portal {
    pub world: World,
    router: Router,
    _stop: DropGuard,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and message of an error, status and body of anything else.
    pub fn told(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        let told = body["error"]["message"].as_str().unwrap_or(&self.text);
        format!("{} {told}", self.status).trim().to_owned()
    }
}

impl Portal {
    /// The catalog of [`lab`].
    pub async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// The same with further keys of the section `catalog`.
    pub async fn with(more: Value) -> Self {
        Self::guarded(more, None).await
    }

    /// The same with a policy.
    pub async fn guarded(more: Value, policy: Option<Arc<dyn Policy>>) -> Self {
        let world = World::with(&["./lab.yaml"], more).await;
        world.write("lab.yaml", &lab());
        world.start().await;
        let stop = CancellationToken::new();
        let (catalog, soft) = (world.catalog.clone(), stop.clone());
        catalog.catch_up().await.unwrap();
        tokio::spawn(async move { catalog.follow(soft).await });
        let readiness = Readiness::new();
        readiness.enter(Stage::Ready);
        let api = catalog_web::api::rows(world.catalog.clone(), stop.clone());
        let config = config::Config::from_value(json!({}), world.folder.path()).unwrap();
        let mut site = Site::new(
            vec![Routes::new(catalog_web::ID).api(api)],
            ServerOptions::from_config(&config).unwrap(),
            readiness,
        );
        site.policy = policy;
        Self {
            world,
            router: site.into_router(),
            _stop: stop.drop_guard(),
        }
    }

    /// Sends `METHOD /path` below the mount.
    pub async fn ask(&self, line: &str) -> Answer {
        self.send(line, None, &[]).await
    }

    /// Sends a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(&format!("POST {path}"), Some(body), &[]).await
    }

    pub async fn send(&self, line: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let (method, path) = line.split_once(' ').expect("METHOD /path");
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/catalog{path}"))
            .header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() && headers.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let peer = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000)));
        let body = Body::from(match body {
            Some(Value::String(raw)) => raw,
            Some(body) => body.to_string(),
            None => String::new(),
        });
        let request = request.extension(peer).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn check(&self, line: &str, expected: &str) {
        assert_eq!(self.ask(line).await.told(), expected, "{line}");
    }

    pub async fn check_post(&self, path: &str, body: Value, expected: &str) {
        let shown = format!("POST {path} {body}");
        assert_eq!(self.post(path, body).await.told(), expected, "{shown}");
    }

    /// Names of the entities in a list or page, `namespace/` before those outside the default one.
    pub async fn names(&self, line: &str) -> String {
        names(&self.ask(line).await)
    }

    /// Reads everything again and shows it.
    pub async fn settle(&self) {
        self.world.catalog.settle().await.unwrap();
        self.world.catalog.catch_up().await.unwrap();
    }
}

pub fn names(answer: &Answer) -> String {
    let body = answer.json();
    let items = body["items"].as_array().or(body.as_array());
    let Some(items) = items else {
        return answer.told();
    };
    let name = |entity: &Value| {
        let metadata = &entity["metadata"];
        let name = metadata["name"].as_str().unwrap_or("-");
        match metadata["namespace"].as_str() {
            Some("default") | None => name.to_owned(),
            Some(namespace) => format!("{namespace}/{name}"),
        }
    };
    items.iter().map(name).collect::<Vec<_>>().join(" ")
}

/// Five components, an API, a system, a group; one component is not valid.
fn lab() -> String {
    let entity = |kind: &str, metadata: &str, spec: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n"
        )
    };
    let component = |metadata: &str, spec: &str| {
        entity(
            "Component",
            metadata,
            &format!("lifecycle: production, owner: team-a, {spec}"),
        )
    };
    let long = "x".repeat(201);
    join(&[
        component(
            "name: Alpha, title: Zed, tags: [go, java], annotations: {example.com/a.b: x y}",
            "type: service, system: shop, providesApis: [pay], list: [{k: 1}, {k: 2}]",
        ),
        component(
            "name: beta",
            "type: website, rank: 10, dependsOn: ['component:gamma']",
        ),
        component(
            "name: gamma, title: a title",
            "type: Service, rank: 9, flag: true, nothing: null",
        ),
        component(
            "name: delta, namespace: ops",
            &format!("type: service, rank: 100, long: {long}"),
        ),
        component("name: with-comma", "type: 'a,b'"),
        entity("Component", "name: broken", "type: service"),
        entity(
            "API",
            "name: pay",
            "type: openapi, lifecycle: production, owner: team-a, definition: 'openapi: 3.0.0'",
        ),
        entity("System", "name: shop", "owner: team-a"),
        entity("Group", "name: team-a", "type: team, children: []"),
    ])
}
