//! `/kubernetes/clusters`: the clusters with their versions, nodes and capacity, and what is wrong with them.

mod view;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::Fault;
use ui::{Chrome, Crumb, Live, PageHead};
use web::ApiError;

use crate::api::Desk;
use crate::engine::kinds::NODES;
use crate::engine::{ClusterAnswer, Kind};
use crate::health::Health;
use crate::health::quantity::Quantity;
use crate::roster::{KINDS, TOPIC};

pub(crate) use view::{all, one};

/// The address of the page of all clusters.
pub(crate) const PATH: &str = "/kubernetes/clusters";
/// The address of the page of one.
pub(crate) const ONE: &str = "/kubernetes/clusters/{cluster}";
/// How long a page waits for the nodes.
const WAIT: Duration = Duration::from_millis(300);

/// A cluster as the pages show it.
#[derive(Default)]
pub(crate) struct ClusterView {
    /// Its nodes, and how its kinds are.
    pub answer: ClusterAnswer,
    /// Its address for people.
    pub dashboard: Option<String>,
    pub version: Option<String>,
    /// Workloads by how they are.
    pub workloads: BTreeMap<Health, usize>,
    pub pods: u64,
    /// What all pods ask for together.
    pub cpu: Quantity,
    pub memory: Quantity,
}

pub(super) async fn show(State(desk): State<Desk>, chrome: Chrome) -> Result<Response, ApiError> {
    let clusters = desk.cluster_views().await;
    let head = PageHead::new("Clusters").live(Live::Topics(vec![TOPIC.to_owned()]));
    let content = all(&clusters, chrome.now);
    Ok(chrome.page(head, content).into_response())
}

pub(super) async fn show_one(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let clusters = desk.cluster_views().await;
    let found = clusters.iter().find(|cluster| cluster.answer.cluster == name);
    let found = found.ok_or_else(|| Fault::not_found(format!("No cluster {name} is configured")))?;
    let crumbs = vec![
        Crumb::to("Kubernetes", super::all_workloads::PATH),
        Crumb::to("Clusters", PATH),
        Crumb::here(found.answer.title.clone()),
    ];
    let head = PageHead::new(found.answer.title.clone())
        .crumbs(crumbs)
        .live(Live::Topics(vec![TOPIC.to_owned()]));
    let content = one(found, chrome.now);
    Ok(chrome.page(head, content).into_response())
}

impl Desk {
    /// All clusters. Their workloads are those that the roster knows.
    async fn cluster_views(&self) -> Vec<ClusterView> {
        let clusters = self.kubernetes.clusters();
        self.kubernetes.watch_in(&clusters, WAIT, |_| vec![&NODES]).await;
        let kinds: Vec<&'static Kind> = KINDS.into_iter().chain([&NODES]).collect();
        let mut views: Vec<ClusterView> = clusters
            .iter()
            .map(|cluster| ClusterView {
                answer: ClusterAnswer {
                    cluster: cluster.name().to_owned(),
                    title: cluster.title().to_owned(),
                    kinds: self.kubernetes.states(cluster.name(), &kinds),
                    objects: self.kubernetes.objects(cluster.name(), &NODES, None),
                },
                dashboard: cluster
                    .settings
                    .dashboard
                    .get("dashboardUrl")
                    .and_then(|url| url.as_str())
                    .map(str::to_owned),
                version: self.kubernetes.version(cluster.name()),
                ..ClusterView::default()
            })
            .collect();
        for row in self.roster.workloads() {
            let view = views.iter_mut().find(|view| view.answer.cluster == *row.cluster);
            if let Some(view) = view {
                *view.workloads.entry(row.health).or_default() += 1;
                view.pods += u64::from(row.pods);
                view.cpu = view.cpu + row.cpu;
                view.memory = view.memory + row.memory;
            }
        }
        views
    }
}
