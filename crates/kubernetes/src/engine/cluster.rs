//! One cluster: its line, the kinds that it has, the watches that run, and what they brought.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kube::core::ApiResource;
use kube::discovery::{ApiGroup, Discovery};
use model::{Clock, SystemClock};
use outside::{HostPolicy, OutsideCalls};
use parking_lot::{Mutex, RwLock};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{ClusterAnswer, KindState};
use super::failure::{Failure, Sort};
use super::followers::Followers;
use super::index::Index;
use super::kinds::Kind;
use super::object::{Kept, Object};
use super::question::Question;
use super::transport::Line;
use super::usage::UsageCache;
use super::watch::Watch;
use crate::settings::ClusterSettings;

/// Calls of one cluster at the same time: a watch of each kind, logs, and room for questions.
const CALLS: usize = 200;
/// Largest page of a list.
const MAX_PAGE_BYTES: u64 = 64 << 20;
/// How long the kinds of a cluster are taken as known.
const KINDS_KNOWN: Duration = Duration::from_mins(5);

type Kinds = Arc<HashMap<(String, String), ApiResource>>;

/// A cluster.
pub(crate) struct Cluster {
    pub settings: ClusterSettings,
    line: Result<Line, String>,
    kinds: tokio::sync::Mutex<Option<(Instant, Kinds)>>,
    index: RwLock<Index>,
    watches: Mutex<HashMap<&'static Kind, Arc<Watch>>>,
    pub usage: UsageCache,
}

impl Cluster {
    pub fn new(settings: ClusterSettings, outside: &OutsideCalls) -> Self {
        Self {
            line: line(&settings, outside),
            settings,
            kinds: tokio::sync::Mutex::default(),
            index: RwLock::default(),
            watches: Mutex::default(),
            usage: UsageCache::default(),
        }
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    pub fn title(&self) -> &str {
        self.settings.title.as_deref().unwrap_or(&self.settings.name)
    }

    /// The line to a cluster that can be called.
    pub fn usable_line(&self) -> Result<&Line, Failure> {
        let unusable = |reason: &String| Failure::new(Sort::Unusable, reason.clone(), SystemClock.now());
        self.line.as_ref().map_err(unusable)
    }

    /// The watch of a kind, which is begun if there is none.
    pub fn watch(
        self: &Arc<Self>,
        kind: &'static Kind,
        followers: &Arc<Followers>,
        stop: &CancellationToken,
    ) -> Arc<Watch> {
        let mut watches = self.watches.lock();
        if let Some(watch) = watches.get(kind) {
            return watch.clone();
        }
        let watch = Arc::new(Watch::new(kind, followers.clone()));
        watches.insert(kind, watch.clone());
        match self.usable_line() {
            Ok(_) => {
                let running = watch.clone().run(self.clone(), followers.clone(), stop.clone());
                tokio::spawn(running);
            }
            Err(failure) => watch.pulse.failed(failure),
        }
        watch
    }

    /// How a kind is called in this cluster; nothing if it has no such kind.
    pub async fn resource(&self, kind: &Kind) -> Result<Option<ApiResource>, Failure> {
        let known = self.known_kinds().await?;
        let name = (kind.group.to_owned(), kind.plural.to_owned());
        Ok(known.get(&name).cloned())
    }

    async fn known_kinds(&self) -> Result<Kinds, Failure> {
        let mut known = self.kinds.lock().await;
        if let Some((at, kinds)) = &*known
            && at.elapsed() < KINDS_KNOWN
        {
            return Ok(kinds.clone());
        }
        let client = self.usable_line()?.client(None);
        let found = match Discovery::new(client.clone()).run_aggregated().await {
            Ok(found) => Ok(found),
            // Servers before 1.26 describe each group by itself.
            Err(kube::Error::SerdeError(_) | kube::Error::Discovery(_)) => Discovery::new(client).run().await,
            Err(error) => Err(error),
        };
        let found = found.map_err(|error| Failure::of(&error, SystemClock.now()))?;
        let kinds: Kinds = Arc::new(kinds_of(&found));
        *known = Some((Instant::now(), kinds.clone()));
        Ok(kinds)
    }

    /// After such a failure the kinds of the cluster are asked for again.
    pub fn forget_discovery(&self, after: Sort) {
        if after == Sort::NotInstalled
            && let Ok(mut known) = self.kinds.try_lock()
            && known
                .as_ref()
                .is_some_and(|(at, _)| at.elapsed() > Duration::from_secs(30))
        {
            *known = None;
        }
    }

    pub fn put(&self, object: Kept, followers: &Followers) {
        let lineages = {
            let mut index = self.index.write();
            let Some((old, new)) = index.put(object) else {
                return;
            };
            if followers.is_empty() {
                return;
            }
            old.iter()
                .chain([&new])
                .map(|kept| index.lineage(kept))
                .collect::<Vec<_>>()
        };
        for lineage in lineages {
            followers.changed(self.name(), &lineage);
        }
    }

    pub fn remove(&self, uid: &str, followers: &Followers) {
        let lineage = {
            let mut index = self.index.write();
            index.remove(uid).map(|old| index.lineage(&old))
        };
        if let Some(lineage) = lineage {
            followers.changed(self.name(), &lineage);
        }
    }

    pub fn others(&self, kind: &'static Kind, present: &HashSet<Arc<str>>) -> Vec<Arc<str>> {
        self.index.read().others(kind, present)
    }

    pub fn object(&self, kind: &'static Kind, namespace: &str, name: &str) -> Option<Object> {
        let found = self.index.read().named(kind, namespace, name).cloned();
        found.map(|kept| kept.read())
    }

    /// Objects of a kind that belong to one directly.
    pub fn owned(&self, uid: &str, kind: &'static Kind) -> Vec<Object> {
        let found: Vec<Arc<Kept>> = {
            let index = self.index.read();
            index
                .owned(uid)
                .filter(|kept| kept.kind == kind)
                .cloned()
                .collect()
        };
        found.iter().map(Kept::read).collect()
    }

    /// Objects of a kind in a namespace, or in all, by namespace and name.
    pub fn within(&self, kind: &'static Kind, namespace: Option<&str>) -> Vec<Object> {
        let mut found = self.index.read().within(kind, namespace);
        found.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        found.iter().map(Kept::read).collect()
    }

    /// Those objects of a kind in a namespace that have one of these names.
    pub fn named_within(
        &self,
        kind: &'static Kind,
        namespace: &str,
        names: &BTreeSet<String>,
    ) -> Vec<Object> {
        let mut found = self.index.read().within(kind, Some(namespace));
        found.retain(|kept| names.contains(&kept.name));
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found.iter().map(Kept::read).collect()
    }

    /// Objects of these kinds that go by a word.
    pub fn near(&self, word: &str, kinds: &[&'static Kind]) -> Vec<Object> {
        let found = self.index.read().near(word, kinds);
        found.iter().map(Kept::read).collect()
    }

    /// The state of a kind.
    pub fn state(&self, kind: &'static Kind) -> Option<KindState> {
        let watch = self.watches.lock().get(kind).cloned()?;
        let (condition, as_of) = watch.pulse.state(SystemClock.now());
        Some(KindState {
            kind,
            condition,
            as_of,
            count: self.index.read().count(kind),
        })
    }

    pub fn answer(&self, question: &Question, kinds: &[&'static Kind]) -> ClusterAnswer {
        let mut found = self.index.read().about(question, kinds);
        found.sort_by(|a, b| (a.kind, &a.namespace, &a.name).cmp(&(b.kind, &b.namespace, &b.name)));
        ClusterAnswer {
            cluster: self.name().to_owned(),
            title: self.title().to_owned(),
            kinds: kinds.iter().filter_map(|kind| self.state(kind)).collect(),
            objects: found.iter().map(Kept::read).collect(),
        }
    }
}

fn line(settings: &ClusterSettings, outside: &OutsideCalls) -> Result<Line, String> {
    let access = settings.access.clone()?;
    let policy = HostPolicy {
        concurrency: CALLS,
        answer_time: Duration::from_secs(30),
        max_answer_bytes: MAX_PAGE_BYTES,
        // Watches rest by themselves, and what pages ask for waits only for a moment.
        breaker: None,
        trust: Some(access.trust),
        ..HostPolicy::default()
    };
    let host = outside.host(&format!("kubernetes {}", settings.name), &policy);
    Ok(Line {
        host: host.map_err(|error| error.to_string())?,
        base: access.url,
        token: access.token,
    })
}

fn kinds_of(found: &Discovery) -> HashMap<(String, String), ApiResource> {
    let all = found.groups().flat_map(ApiGroup::recommended_resources);
    all.map(|(resource, _)| ((resource.group.clone(), resource.plural.clone()), resource))
        .collect()
}
