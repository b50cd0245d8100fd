//! One cluster: its line, the kinds that it has, the watches that run, and what they brought.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kube::core::ApiResource;
use model::{Clock, SystemClock};
use outside::{HostPolicy, OutsideCalls};
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{ClusterAnswer, KindState};
use super::columns::{self, Column};
use super::credentials::Token;
use super::discovery::KindsCache;
use super::failure::{Failure, Sort};
use super::followers::Followers;
use super::index::Index;
use super::kinds::Kind;
use super::object::{Kept, Object};
use super::question::Question;
use super::transport::Line;
use super::usage::UsageCache;
use super::watch::Watch;
use crate::settings::access::Stamp;
use crate::settings::kubeconfig::Context;
use crate::settings::{Access, ClusterSettings};

/// Calls of one cluster at the same time: a watch of each kind, logs, what the proxy passes on, and room for questions.
const CALLS: usize = 400;
/// Kinds of one cluster that are watched.
const MOST_WATCHED: usize = 100;
/// Kinds of one cluster that requests name, at most, so that they do not take the room of others.
const MOST_ASKED_FOR: usize = 30;
/// Largest page of a list.
const MAX_PAGE_BYTES: u64 = 64 << 20;
/// How often it is looked whether certificates changed.
const LOOK_AT_FILES: Duration = Duration::from_secs(1);

/// A cluster.
pub(crate) struct Cluster {
    pub settings: ClusterSettings,
    id: Arc<str>,
    outside: OutsideCalls,
    line: Mutex<Option<KnownLine>>,
    pub(super) kinds: KindsCache,
    index: RwLock<Index>,
    watches: Mutex<HashMap<&'static Kind, Arc<Watch>>>,
    /// Kinds that only a request named.
    asked_for: Mutex<HashSet<&'static Kind>>,
    columns: RwLock<HashMap<&'static Kind, Arc<[Column]>>>,
    pub usage: UsageCache,
    /// Ends its watches.
    stop: CancellationToken,
}

/// The line, as the files that it needs were.
struct KnownLine {
    looked: Instant,
    stamp: Stamp,
    access: Result<Access, String>,
    line: Result<Line, String>,
}

impl Cluster {
    pub fn new(settings: ClusterSettings, outside: &OutsideCalls, stop: CancellationToken) -> Self {
        Self {
            id: settings.name.as_str().into(),
            settings,
            outside: outside.clone(),
            line: Mutex::default(),
            kinds: KindsCache::default(),
            index: RwLock::default(),
            watches: Mutex::default(),
            asked_for: Mutex::default(),
            columns: RwLock::default(),
            usage: UsageCache::default(),
            stop,
        }
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The name, to be kept beside ids of objects.
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    pub(super) fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read()
    }

    pub fn title(&self) -> &str {
        self.settings.title.as_deref().unwrap_or(&self.settings.name)
    }

    /// The line to a cluster that can be called. It is made anew when one of the files changed that it is made from.
    pub fn usable_line(&self) -> Result<Line, Failure> {
        let mut known = self.line.lock();
        let line = match known.take() {
            Some(known) if known.looked.elapsed() < LOOK_AT_FILES => known,
            Some(known) if known.stamp == self.stamp(&known.access) => KnownLine {
                looked: Instant::now(),
                ..known
            },
            _ => self.read_line(),
        };
        let line = known.insert(line).line.clone();
        line.map_err(|reason| Failure::new(Sort::Unusable, reason, SystemClock.now()))
    }

    fn read_line(&self) -> KnownLine {
        let access = match &self.settings.kubeconfig {
            Some(context) => context.access(),
            None => self.settings.access.clone(),
        };
        let (stamp, looked) = (self.stamp(&access), Instant::now());
        let line = access.clone().and_then(|access| self.new_line(&access));
        KnownLine {
            looked,
            stamp,
            access,
            line,
        }
    }

    /// Changes when one of the files does that the line is made from.
    fn stamp(&self, access: &Result<Access, String>) -> Stamp {
        let context = self.settings.kubeconfig.iter().map(Context::stamp);
        let trust = access.iter().flat_map(|access| access.trust.stamp());
        context.chain(trust).collect()
    }

    fn new_line(&self, access: &Access) -> Result<Line, String> {
        let policy = HostPolicy {
            concurrency: CALLS,
            answer_time: Duration::from_secs(30),
            max_answer_bytes: MAX_PAGE_BYTES,
            // Watches rest by themselves, and what pages ask for waits only for a moment.
            breaker: None,
            trust: Some(access.trust.read()?),
            resolver: self.settings.is_public.then(scm::public_resolver),
            ..HostPolicy::default()
        };
        let name = format!("kubernetes {}", self.settings.name);
        let host = self.outside.renewed_host(&name, &policy);
        Ok(Line {
            host: host.map_err(|error| error.to_string())?,
            base: access.url.clone(),
            token: access.token.clone(),
        })
    }

    /// Whose token the cluster is asked with, if that is the viewer's own: the provider of `oidc`.
    pub fn viewer_provider(&self) -> Option<&str> {
        match &self.settings.access.as_ref().ok()?.token {
            Token::OfViewer(provider) => Some(provider),
            _ => None,
        }
    }

    /// The watch of a kind, which is begun if there is none. Nothing where too many kinds are watched.
    pub fn watch(self: &Arc<Self>, kind: &'static Kind, followers: &Arc<Followers>) -> Option<Arc<Watch>> {
        let mut watches = self.watches.lock();
        if let Some(watch) = watches.get(kind) {
            return Some(watch.clone());
        }
        if watches.len() >= MOST_WATCHED || self.stop.is_cancelled() {
            return None;
        }
        let watch = Arc::new(Watch::new(kind, followers.clone()));
        watches.insert(kind, watch.clone());
        match self.why_not_watched() {
            None => {
                let running = watch
                    .clone()
                    .run(self.clone(), followers.clone(), self.stop.clone());
                tokio::spawn(running);
            }
            Some(failure) => watch.pulse.failed(failure),
        }
        Some(watch)
    }

    /// Whether there is room for a kind that only a request names.
    pub fn has_room_for(&self, kind: &'static Kind) -> bool {
        let mut asked_for = self.asked_for.lock();
        if asked_for.contains(kind) || self.watches.lock().contains_key(kind) {
            return true;
        }
        asked_for.len() < MOST_ASKED_FOR && asked_for.insert(kind)
    }

    /// Why a cluster is not watched, for a reason that does not pass.
    fn why_not_watched(&self) -> Option<Failure> {
        let now = SystemClock.now();
        if let (Err(reason), None) = (&self.settings.access, &self.settings.kubeconfig) {
            return Some(Failure::new(Sort::Unusable, reason.clone(), now));
        }
        let provider = self.viewer_provider()?;
        let message = format!("its objects are seen with the viewer's own token (oidc.{provider})");
        Some(Failure::new(Sort::NeedsViewer, message, now))
    }

    #[cfg(test)]
    pub fn has_ended(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ends its watches.
    pub fn leave(&self) {
        self.stop.cancel();
    }

    /// Keeps the columns that a definition gives a kind.
    pub async fn read_columns(self: &Arc<Self>, kind: &'static Kind, resource: &ApiResource) {
        if let Some(found) = columns::ask(self, resource).await {
            self.columns.write().insert(kind, found);
        }
    }

    pub fn columns(&self, kind: &'static Kind) -> Option<Arc<[Column]>> {
        self.columns.read().get(kind).cloned()
    }

    pub fn put(&self, object: Kept, followers: &Followers) {
        let lineages = {
            let mut index = self.index.write();
            let Some((old, new)) = index.put(object) else {
                return;
            };
            if followers.is_idle() {
                return;
            }
            old.iter()
                .chain([&new])
                .map(|kept| index.lineage(kept))
                .collect::<Vec<_>>()
        };
        for lineage in lineages {
            followers.changed(&self.id, &lineage);
        }
    }

    pub fn remove(&self, uid: &str, followers: &Followers) {
        let lineage = {
            let mut index = self.index.write();
            index.remove(uid).map(|old| index.lineage(&old))
        };
        if let Some(lineage) = lineage {
            followers.changed(&self.id, &lineage);
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
        let mut found: Vec<Arc<Kept>> = {
            let index = self.index.read();
            match namespace {
                Some(namespace) => index.within(kind, namespace).cloned().collect(),
                None => index.all(kind).cloned().collect(),
            }
        };
        found.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
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
