//! `/api/kubernetes`: the wire contract, answered from what is kept of the clusters, and logs as a stream.

mod custom;
mod log_address;
mod logs;
mod metrics;
mod proxy;
mod resources;

use std::sync::Arc;

use axum::extract::State;
use catalog::Catalog;
use plugin::{AuditLog, Permission, Rows, Rule};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use web::api::Json;

use crate::engine::{ClusterAnswer, Kubernetes};
use crate::roster::{KINDS, Roster};
use crate::{CLUSTERS_READ, PERMISSIONS, PROXY, RESOURCES_READ};

pub(crate) use log_address::{LogAddress, LogOf, SPANS, container_names};

/// What handlers need.
#[derive(Clone)]
pub(crate) struct Desk {
    pub kubernetes: Kubernetes,
    pub catalog: Catalog,
    pub roster: Roster,
    pub audit: Arc<dyn AuditLog>,
    /// Ends open streams.
    pub stop: CancellationToken,
}

impl Desk {
    /// What cannot be seen of the workloads of each cluster.
    pub fn troubles(&self) -> Vec<ClusterAnswer> {
        let clusters = self.kubernetes.clusters();
        let of = |cluster: &std::sync::Arc<crate::engine::Cluster>| ClusterAnswer {
            cluster: cluster.name().to_owned(),
            title: cluster.title().to_owned(),
            kinds: self.kubernetes.states(cluster.name(), &KINDS),
            objects: Vec::new(),
        };
        clusters.iter().map(of).collect()
    }
}

/// The rows below `/api/kubernetes`.
pub(crate) fn rows(desk: &Desk) -> Rows {
    let resources = Rule::signed_in().needs(&RESOURCES_READ);
    let rows = Rows::new()
        .get("/clusters", Rule::signed_in().needs(&CLUSTERS_READ), clusters)
        .post(
            "/services/{service}",
            resources.body(2 << 20),
            resources::services,
        )
        .post("/resources/workloads/query", resources, resources::workloads)
        .post("/resources/custom/query", resources, resources::custom)
        .get(
            "/.well-known/backstage/permissions/metadata",
            Rule::signed_in(),
            permissions,
        )
        .get("/logs", Rule::signed_in().needs(&PROXY), logs::follow)
        .get("/logs/text", Rule::signed_in().needs(&PROXY), logs::text);
    proxied(rows).with_state(desk)
}

/// The rows of the proxy: all methods, for the API server's root and all below it.
fn proxied(rows: Rows<Desk>) -> Rows<Desk> {
    let rule = Rule::signed_in()
        .needs(&PROXY)
        .raw_body(proxy::MAX_BODY)
        .time(proxy::TIME);
    ["/proxy", "/proxy/{*path}"].into_iter().fold(rows, |rows, path| {
        rows.get(path, rule, proxy::forward)
            .post(path, rule, proxy::forward)
            .put(path, rule, proxy::forward)
            .patch(path, rule, proxy::forward)
            .delete(path, rule, proxy::forward)
    })
}

/// The permissions of the plugin. None is about single things, so that there are no rules.
async fn permissions() -> Json<Value> {
    let permissions: Vec<Value> = PERMISSIONS.iter().copied().map(Permission::to_wire).collect();
    Json(json!({ "permissions": permissions, "rules": [] }))
}

async fn clusters(State(desk): State<Desk>) -> Json<Value> {
    let clusters = desk.kubernetes.clusters();
    let items = clusters.iter().map(|cluster| {
        let settings = &cluster.settings;
        let mut item = Map::new();
        item.insert("name".to_owned(), settings.name.clone().into());
        if let Some(title) = &settings.title {
            item.insert("title".to_owned(), title.clone().into());
        }
        if let Some(url) = settings.dashboard.get("dashboardUrl") {
            item.insert("dashboardUrl".to_owned(), url.clone());
        }
        item.insert("authProvider".to_owned(), settings.auth_provider.clone().into());
        if let Some(provider) = cluster.viewer_provider() {
            item.insert("oidcTokenProvider".to_owned(), provider.into());
        }
        Value::Object(item)
    });
    Json(json!({ "items": items.collect::<Vec<Value>>() }))
}
