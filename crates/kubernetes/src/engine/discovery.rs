//! The kinds that a cluster has, in the versions that it prefers, and its own version.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use config::Secret;
use kube::Client;
use kube::core::ApiResource;
use kube::discovery::{ApiCapabilities, Discovery, Scope, verbs};
use model::{Clock, SystemClock};
use tokio::time::Instant;

use super::cluster::Cluster;
use super::failure::{Failure, Sort};
use super::kinds::Kind;
use crate::settings::Wanted;

/// How long the kinds of a cluster are taken as known.
const KNOWN_FOR: Duration = Duration::from_mins(5);
/// How long at least, whatever is missing.
const KNOWN_AT_LEAST: Duration = Duration::from_secs(30);

/// What was found out about a cluster's API.
#[derive(Default)]
pub(crate) struct Kinds {
    found: HashMap<(String, String), (ApiResource, ApiCapabilities)>,
    version: Option<String>,
}

/// What is known of a cluster's API, for a while.
#[derive(Default)]
pub(crate) struct KindsCache(tokio::sync::Mutex<Option<(Instant, Arc<Kinds>)>>);

impl Kinds {
    /// How a kind is called there, and what can be done with it.
    pub fn get(&self, group: &str, plural: &str) -> Option<&(ApiResource, ApiCapabilities)> {
        self.found.get(&(group.to_owned(), plural.to_owned()))
    }

    /// The kind of a group with this word, which objects carry, for example `ClusterRole`.
    pub fn by_word(&self, group: &str, word: &str) -> Option<&(ApiResource, ApiCapabilities)> {
        let mut all = self.found.values();
        all.find(|(resource, _)| resource.group == group && resource.kind == word)
    }

    /// Whether there is such a kind, and its changes can be followed.
    pub fn can_be_watched(&self, group: &str, plural: &str) -> bool {
        let found = self.get(group, plural);
        found.is_some_and(|(_, capabilities)| capabilities.supports_operation(verbs::WATCH))
    }
}

impl KindsCache {
    /// The kinds, asked for with this client where they are not known.
    pub async fn known(
        &self,
        client: impl FnOnce() -> Client,
        wanted: &Wanted,
    ) -> Result<Arc<Kinds>, Failure> {
        let mut known = self.0.lock().await;
        if let Some((at, kinds)) = &*known
            && at.elapsed() < KNOWN_FOR
        {
            return Ok(kinds.clone());
        }
        let client = client();
        let (found, version) = tokio::join!(ask(&client), client.apiserver_version());
        let found = found.map_err(|error| Failure::of(&error, SystemClock.now()))?;
        let kinds = Arc::new(Kinds {
            found: chosen(&found, wanted),
            version: version.ok().map(|version| version.git_version),
        });
        *known = Some((Instant::now(), kinds.clone()));
        Ok(kinds)
    }

    /// What is known already.
    pub fn at_hand(&self) -> Option<Arc<Kinds>> {
        let known = self.0.try_lock().ok()?;
        known.as_ref().map(|(_, kinds)| kinds.clone())
    }

    /// After such a failure the kinds are asked for again.
    pub fn forget(&self, after: Sort) {
        if after == Sort::NotInstalled
            && let Ok(mut known) = self.0.try_lock()
            && known
                .as_ref()
                .is_some_and(|(at, _)| at.elapsed() > KNOWN_AT_LEAST)
        {
            *known = None;
        }
    }
}

async fn ask(client: &Client) -> Result<Discovery, kube::Error> {
    match Discovery::new(client.clone()).run_aggregated().await {
        // Servers before 1.26 describe each group by itself.
        Err(kube::Error::SerdeError(_) | kube::Error::Discovery(_)) => {
            Discovery::new(client.clone()).run().await
        }
        answered => answered,
    }
}

/// The kinds in the version that the cluster prefers, those that only other versions have, and those that are wanted in another
/// version if the cluster serves it.
fn chosen(found: &Discovery, wanted: &Wanted) -> HashMap<(String, String), (ApiResource, ApiCapabilities)> {
    let mut chosen = HashMap::new();
    for group in found.groups() {
        let served = group.resources_by_stability().into_iter();
        for (resource, capabilities) in served.chain(group.recommended_resources()) {
            let name = (resource.group.clone(), resource.plural.clone());
            chosen.insert(name, (resource, capabilities));
        }
    }
    for (name, version) in &wanted.versions {
        let served = found.get(&name.0).map(|group| group.versioned_resources(version));
        let wanted = served
            .into_iter()
            .flatten()
            .find(|(resource, _)| resource.plural == name.1);
        if let Some((resource, capabilities)) = wanted {
            chosen.insert(name.clone(), (resource, capabilities));
        }
    }
    chosen
}

impl Cluster {
    /// How a kind is called in this cluster; nothing if it has no such kind.
    pub async fn resource(self: &Arc<Self>, kind: &Kind) -> Result<Option<ApiResource>, Failure> {
        let known = self.known_kinds(None).await?;
        Ok(known
            .get(kind.group, kind.plural)
            .map(|(resource, _)| resource.clone()))
    }

    /// The kinds of this cluster, asked for with the portal's account or a viewer's token.
    pub async fn known_kinds(self: &Arc<Self>, token: Option<&Secret>) -> Result<Arc<Kinds>, Failure> {
        let client = || match token {
            Some(token) => self.client_as(token.clone()),
            None => self.client(None),
        };
        self.usable_line()?;
        self.kinds.known(client, &self.settings.wanted).await
    }

    /// Its version, if it was asked for its kinds already.
    pub fn version(&self) -> Option<String> {
        self.kinds.at_hand()?.version.clone()
    }

    /// The path under which a kind is asked for, in a namespace or in all, as far as that is known.
    pub fn path(&self, kind: &Kind, namespace: Option<&str>) -> String {
        let known = self.kinds.at_hand();
        let known = known
            .as_ref()
            .and_then(|kinds| kinds.get(kind.group, kind.plural));
        let version = match (known, kind.group) {
            (Some((resource, _)), _) => resource.version.as_str(),
            (None, "autoscaling") => "v2",
            (None, _) => "v1",
        };
        let group = match kind.group {
            "" => format!("/api/{version}"),
            group => format!("/apis/{group}/{version}"),
        };
        let is_within = known.is_none_or(|(_, capabilities)| capabilities.scope == Scope::Namespaced);
        let within = match namespace.filter(|_| is_within) {
            Some(namespace) => format!("/namespaces/{namespace}"),
            None => String::new(),
        };
        format!("{}{group}{within}/{}", self.prefix(), kind.plural)
    }

    /// The path that stands before all paths of its API.
    pub fn prefix(&self) -> &str {
        let access = self.settings.access.as_ref().ok();
        access.map_or("", |access| access.url.path().trim_end_matches('/'))
    }
}
