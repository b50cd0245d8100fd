//! What containers use, from the metrics API. It has no watch, so an answer is kept for a moment.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use config::Secret;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use jiff::Timestamp;
use kube::Api;
use kube::api::ListParams;
use kube::core::DynamicObject;
use model::{Clock, SystemClock};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::time::Instant;

use super::cluster::Cluster;
use super::failure::{Failure, Sort};
use super::kinds::Kind;
use crate::health::quantity::Quantity;

/// How long an answer counts as new.
const NEW: Duration = Duration::from_secs(15);
/// How long a failure counts: a page that is made anew because the cluster is back must not show it.
const FAILED: Duration = Duration::from_secs(1);
/// How long a page waits for an answer.
const WAIT: Duration = Duration::from_millis(450);
/// Namespaces whose answers are kept.
const MOST: usize = 500;

static POD_METRICS: Kind = Kind::new("metrics.k8s.io", "pods", "PodMetrics");

/// What the pods of a namespace use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// By pod.
    pub pods: HashMap<String, Vec<ContainerUse>>,
}

/// What a container uses.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerUse {
    /// The container.
    pub container: String,
    /// Processor time in cores.
    pub cpu: Quantity,
    /// Memory in bytes.
    pub memory: Quantity,
}

pub(crate) type Answered = Result<Arc<Usage>, Failure>;

/// An answer that comes or has come. All who ask meanwhile get the same one.
type Coming = Shared<BoxFuture<'static, Answered>>;

/// Answers of the last moments, by namespace.
#[derive(Default)]
pub(crate) struct UsageCache(Mutex<HashMap<String, (Instant, Coming)>>);

impl super::Kubernetes {
    /// What the pods of a namespace use; an error says why that is not known, and that is never zero. An answer that takes longer
    /// than a page waits is there for the next view.
    pub async fn usage(&self, cluster: &str, namespace: &str) -> Answered {
        let Some(cluster) = self.cluster(cluster) else {
            let now = SystemClock.now();
            return Err(Failure::new(Sort::Unusable, "there is no such cluster", now));
        };
        cluster.usage_within(namespace, WAIT).await
    }
}

impl Cluster {
    /// What the pods of a namespace use, waited for no longer than so long.
    pub async fn usage_within(self: &Arc<Self>, namespace: &str, wait: Duration) -> Answered {
        if self.settings.skips_metrics {
            let reason = "skipMetricsLookup of the cluster is set";
            return Err(Failure::new(Sort::NotInstalled, reason, SystemClock.now()));
        }
        within_time(self.usage.coming(self, namespace), wait).await
    }

    /// The same as the bearer of a token sees it, which is not kept.
    pub async fn usage_as(self: &Arc<Self>, token: &Secret, namespace: &str, wait: Duration) -> Answered {
        let now = SystemClock.now();
        within_time(ask(self, Some(token), namespace, now), wait).await
    }
}

async fn within_time(answer: impl Future<Output = Answered>, wait: Duration) -> Answered {
    let answered = tokio::time::timeout(wait, answer).await;
    answered.unwrap_or_else(|_| {
        let reason = format!("the metrics API did not answer within {} ms", wait.as_millis());
        Err(Failure::new(Sort::Away, reason, SystemClock.now()))
    })
}

async fn ask(cluster: &Arc<Cluster>, token: Option<&Secret>, namespace: &str, now: Timestamp) -> Answered {
    let known = cluster.known_kinds(token).await?;
    let Some((resource, _)) = known.get(POD_METRICS.group, POD_METRICS.plural) else {
        let reason = "the metrics API is not installed (metrics-server brings it)";
        return Err(Failure::new(Sort::NotInstalled, reason, now));
    };
    let client = match token {
        Some(token) => cluster.client_as(token.clone()),
        None => cluster.client(None),
    };
    let api: Api<DynamicObject> = Api::namespaced_with(client, namespace, resource);
    let list = api.list(&ListParams::default()).await;
    let list = list.map_err(|error| Failure::of(&error, now))?;
    let pods = list.items.into_iter().map(|pod| {
        let containers = pod.data["containers"].as_array().into_iter().flatten();
        (
            pod.metadata.name.unwrap_or_default(),
            containers.filter_map(container).collect(),
        )
    });
    Ok(Arc::new(Usage { pods: pods.collect() }))
}

fn container(value: &Value) -> Option<ContainerUse> {
    Some(ContainerUse {
        container: value["name"].as_str()?.to_owned(),
        cpu: value["usage"]["cpu"].as_str()?.parse().ok()?,
        memory: value["usage"]["memory"].as_str()?.parse().ok()?,
    })
}

impl UsageCache {
    /// The answer that is new, or one that is asked for now, whoever waits for it.
    fn coming(&self, cluster: &Arc<Cluster>, namespace: &str) -> Coming {
        let mut cache = self.0.lock();
        if let Some((at, coming)) = cache.get(namespace) {
            let good_for = match coming.peek() {
                Some(Err(_)) => FAILED,
                Some(Ok(_)) | None => NEW,
            };
            if at.elapsed() < good_for {
                return coming.clone();
            }
        }
        if cache.len() >= MOST {
            cache.clear();
        }
        let (cluster, name) = (cluster.clone(), namespace.to_owned());
        let asked = tokio::spawn(async move { ask(&cluster, None, &name, SystemClock.now()).await });
        let answered = async move {
            asked.await.unwrap_or_else(|_| {
                let reason = "asking the metrics API broke off";
                Err(Failure::new(Sort::Other, reason, SystemClock.now()))
            })
        };
        let coming = answered.boxed().shared();
        cache.insert(namespace.to_owned(), (Instant::now(), coming.clone()));
        coming
    }
}
