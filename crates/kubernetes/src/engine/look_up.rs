//! Objects of kinds that are not watched, asked of a cluster one by one when somebody looks at them.

use std::sync::Arc;
use std::time::Duration;

use kube::api::Api;
use kube::core::DynamicObject;
use kube::discovery::Scope;
use model::{Clock, SystemClock};
use serde_json::Value;

use super::Kubernetes;
use super::cluster::Cluster;
use super::failure::{Failure, Sort};

/// How long a cluster may take.
const TIME: Duration = Duration::from_secs(5);

/// An object by its name, as inventories name it: by the word for its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Empty for the core.
    pub group: &'a str,
    /// The word for its kind, for example `ClusterRole`.
    pub kind: &'a str,
    /// Empty for objects of the whole cluster.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}

impl Kubernetes {
    /// An object of any kind, asked of its cluster with the portal's account; nothing where it is not there. Secrets are never asked
    /// for.
    pub async fn look_up(&self, cluster: &str, named: Named<'_>) -> Result<Option<Value>, Failure> {
        let now = SystemClock.now();
        if (named.group, named.kind) == ("", "Secret") {
            return Err(Failure::new(Sort::Other, "the portal reads no secrets", now));
        }
        let Some(known) = self.cluster(cluster) else {
            let message = format!("no cluster {cluster:?} is connected any more");
            return Err(Failure::new(Sort::Other, message, now));
        };
        let found = tokio::time::timeout(TIME, known.look_up(named)).await;
        let late = |_| {
            let message = format!("the cluster did not answer within {} s", TIME.as_secs());
            Err(Failure::new(Sort::Away, message, SystemClock.now()))
        };
        found.unwrap_or_else(late)
    }
}

impl Cluster {
    async fn look_up(self: &Arc<Self>, named: Named<'_>) -> Result<Option<Value>, Failure> {
        let known = self.known_kinds(None).await?;
        let Some((resource, capabilities)) = known.by_word(named.group, named.kind) else {
            let message = format!("the cluster has no kind {}", named.kind);
            return Err(Failure::new(Sort::NotInstalled, message, SystemClock.now()));
        };
        let client = self.client(None);
        let api: Api<DynamicObject> = if capabilities.scope == Scope::Namespaced {
            Api::namespaced_with(client, named.namespace, resource)
        } else {
            Api::all_with(client, resource)
        };
        let found = api.get_opt(named.name).await;
        let found = found.map_err(|error| Failure::of(&error, SystemClock.now()))?;
        Ok(found.and_then(|object| serde_json::to_value(object).ok()))
    }
}
