//! What clusters hold, kept in memory by watches: one of each cluster and kind, begun when somebody first asks for the kind, and
//! kept until the portal stops. Pages and other features ask the memory; no view of a page makes a list request.

mod act;
mod answer;
mod around;
mod cluster;
mod columns;
mod credentials;
mod direct;
mod discovery;
mod failure;
mod finders;
mod followers;
mod index;
mod json_path;
pub mod kinds;
mod log_feed;
mod logs;
mod look_up;
mod object;
mod packed;
mod postings;
mod pulse;
mod question;
mod selector;
pub mod surroundings;
#[cfg(test)]
mod tests;
mod touched;
mod transport;
mod tree;
mod usage;
mod watch;
mod words;

pub(crate) use act::{Deed, RESTARTED_AT, Undone, restarted_at};
pub use answer::{Answer, ClusterAnswer, KindState};
pub(crate) use cluster::Cluster;
pub use columns::Column;
pub use credentials::Token;
pub(crate) use credentials::missing;
pub(crate) use discovery::Kinds;
pub use failure::{Failure, Sort};
pub(crate) use finders::Finder;
pub(crate) use followers::TOPIC;
pub use followers::topic;
pub use kinds::Kind;
pub(crate) use log_feed::{Batch, Fed, KINDS_OF_LOGS, Known, LogFeed, Look, MOST_TOGETHER, Marks, Source};
pub(crate) use logs::{LogLine, LogQuestion};
pub use look_up::Named;
pub use object::Object;
pub use pulse::Condition;
pub use question::{ANNOTATIONS, Question};
pub(crate) use question::{ID, SELECTOR};
pub use selector::{Selector, UnreadableSelector};
pub(crate) use touched::Touched;
pub(crate) use transport::Line;
pub(crate) use tree::{Standing, Tree};
pub use usage::{ContainerUse, Usage};
pub use words::Labels;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::join_all;
use model::{Clock, SystemClock};
use outside::OutsideCalls;
use parking_lot::RwLock;
use store::Store;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::actions::Allowed;
use crate::settings::from_catalog::FromCatalog;
use crate::settings::{AllContexts, ServiceLocator, Settings};
use finders::FoundClusters;
use followers::Followers;

/// How long the first question about a kind may wait for its objects.
const FIRST_WAIT: Duration = Duration::from_millis(700);

/// Workloads that are named where none carries the label.
const MOST_NEAR: usize = 5;

/// The clusters and what is known of them. Clones share it.
#[derive(Clone)]
pub struct Kubernetes {
    inner: Arc<Inner>,
}

struct Inner {
    is_configured: bool,
    locator: ServiceLocator,
    of_wire: Vec<&'static Kind>,
    from_catalog: Option<FromCatalog>,
    /// Kubeconfig files all of whose contexts are clusters.
    files: Arc<[AllContexts]>,
    found: FoundClusters,
    /// Those of the configuration, and after them those of files and of the catalog.
    clusters: RwLock<Arc<[Arc<Cluster>]>>,
    /// How many are those of the configuration.
    configured: usize,
    outside: OutsideCalls,
    followers: Arc<Followers>,
    stop: CancellationToken,
    /// Set once what changes is announced.
    telling: OnceLock<()>,
    /// What people may have clusters do; nothing until it is set.
    allowed: OnceLock<Allowed>,
}

impl Kubernetes {
    /// The clusters of these settings. Nothing is called until somebody asks; watches end when `stop` is cancelled.
    pub fn new(settings: Settings, outside: &OutsideCalls, store: &Store, stop: CancellationToken) -> Self {
        let found = FoundClusters::default();
        let clusters = found.unique(&[], settings.clusters).into_iter();
        let clusters: Arc<[Arc<Cluster>]> = clusters
            .map(|one| Arc::new(Cluster::new(one, outside, stop.child_token())))
            .collect();
        let kubernetes = Self {
            inner: Arc::new(Inner {
                is_configured: settings.is_configured,
                locator: settings.locator,
                of_wire: settings.of_wire,
                from_catalog: settings.from_catalog,
                configured: clusters.len(),
                clusters: RwLock::new(clusters),
                outside: outside.clone(),
                followers: Arc::new(Followers::new(store.clone())),
                stop,
                telling: OnceLock::new(),
                allowed: OnceLock::new(),
                files: settings.files.into(),
                found,
            }),
        };
        kubernetes.replace_found(Finder::Files, AllContexts::of_all(&kubernetes.files()));
        kubernetes
    }

    /// Whether the configuration has a section for clusters, or the portal runs in one.
    pub fn is_configured(&self) -> bool {
        self.inner.is_configured
    }

    /// Says once what people may have clusters do.
    pub(crate) fn allow(&self, allowed: Allowed) {
        self.inner.allowed.get_or_init(|| allowed);
    }

    /// What people may have clusters do.
    pub(crate) fn allowed(&self) -> Allowed {
        self.inner.allowed.get().cloned().unwrap_or_default()
    }

    pub(crate) fn clusters(&self) -> Arc<[Arc<Cluster>]> {
        self.inner.clusters.read().clone()
    }

    pub(crate) fn cluster(&self, name: &str) -> Option<Arc<Cluster>> {
        let clusters = self.clusters();
        clusters.iter().find(|cluster| cluster.name() == name).cloned()
    }

    /// The names of all clusters, in the order of the configuration.
    pub fn cluster_names(&self) -> Vec<String> {
        self.clusters()
            .iter()
            .map(|cluster| cluster.name().to_owned())
            .collect()
    }

    /// How entities of the catalog become clusters, if they do.
    pub(crate) fn catalog_locator(&self) -> Option<FromCatalog> {
        self.inner.from_catalog.clone()
    }

    /// The kubeconfig files whose contexts are clusters, if there are such.
    pub(crate) fn files(&self) -> Arc<[AllContexts]> {
        self.inner.files.clone()
    }

    /// The clusters that a question is about.
    pub(crate) fn asked(&self, question: &Question) -> Vec<Arc<Cluster>> {
        let clusters = self.clusters();
        let asked = clusters
            .iter()
            .filter(|cluster| self.asks(question, cluster.name()));
        asked.cloned().collect()
    }

    /// Whether a question is about a cluster, as its annotation and the service locator say.
    pub fn asks(&self, question: &Question, cluster: &str) -> bool {
        let is_located = match self.inner.locator {
            ServiceLocator::All => true,
            ServiceLocator::Related => question
                .depends_on
                .iter()
                .any(|name| name.eq_ignore_ascii_case(cluster)),
        };
        is_located && question.asks(cluster)
    }

    /// The kinds of the wire contract, in its order.
    pub(crate) fn of_wire(&self) -> &[&'static Kind] {
        &self.inner.of_wire
    }

    /// Custom resources that the configuration names for any cluster.
    pub fn custom_kinds(&self) -> Vec<&'static Kind> {
        let clusters = self.clusters();
        let all = clusters
            .iter()
            .flat_map(|cluster| &cluster.settings.wanted.custom);
        all.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Has these kinds watched in all clusters. The first time it waits a moment for their objects; what has not come by
    /// then is shown as being loaded, and the page hears when it is there.
    pub async fn watch(&self, kinds: &[&'static Kind]) {
        self.watch_in(&self.clusters(), FIRST_WAIT, |_| kinds.to_vec())
            .await;
    }

    /// The same, with the custom resources that the configuration names for each cluster.
    pub async fn watch_with_custom(&self, kinds: &[&'static Kind]) {
        let of = |cluster: &Cluster| [kinds, &cluster.settings.wanted.custom].concat();
        self.watch_in(&self.clusters(), FIRST_WAIT, of).await;
    }

    /// Has kinds watched in these clusters, and waits no longer than so long for their objects.
    pub(crate) async fn watch_in(
        &self,
        clusters: &[Arc<Cluster>],
        wait: Duration,
        kinds: impl Fn(&Cluster) -> Vec<&'static Kind>,
    ) {
        let until = Instant::now() + wait;
        let mut settled = Vec::new();
        for cluster in clusters {
            for kind in kinds(cluster) {
                let watch = self.watch_of(cluster, kind);
                settled.extend(watch.map(|watch| async move { watch.settled().await }));
            }
        }
        let _ = tokio::time::timeout_at(until, join_all(settled)).await;
    }

    /// Open pages that follow a topic fetch themselves again.
    pub(crate) fn announce(&self, topic: &str) {
        self.inner.followers.announce_now(topic);
    }

    /// Workloads that changed.
    pub(crate) fn touched(&self) -> &Arc<Touched> {
        &self.inner.followers.touched
    }

    /// Has these kinds watched in all clusters, without waiting for their objects.
    pub fn begin(&self, kinds: &[&'static Kind]) {
        for cluster in self.clusters().iter() {
            for kind in kinds {
                self.watch_of(cluster, kind);
            }
        }
    }

    fn watch_of(&self, cluster: &Arc<Cluster>, kind: &'static Kind) -> Option<Arc<watch::Watch>> {
        let Inner {
            followers,
            stop,
            telling,
            ..
        } = &*self.inner;
        telling.get_or_init(|| {
            tokio::spawn(followers.clone().tell(stop.clone()));
        });
        cluster.watch(kind, followers)
    }

    /// What the clusters hold that a question is about, of these kinds, which must be watched ([`Kubernetes::watch`]).
    pub fn ask(&self, question: &Question, kinds: &[&'static Kind]) -> Answer {
        let clusters = self.asked(question);
        let answers = clusters.iter().map(|cluster| cluster.answer(question, kinds));
        Answer {
            clusters: answers.collect(),
        }
    }

    /// Workloads that go by the word of a question's label, though they do not carry it: what was probably meant. With the title
    /// of their cluster.
    pub fn near(&self, question: &Question) -> Vec<(String, Object)> {
        let Some((_, word)) = question.selector.sure() else {
            return Vec::new();
        };
        let kinds = [
            &kinds::DEPLOYMENTS,
            &kinds::STATEFUL_SETS,
            &kinds::DAEMON_SETS,
            &kinds::CRON_JOBS,
        ];
        let clusters = self.clusters();
        let found = clusters.iter().flat_map(|cluster| {
            let objects = cluster.near(word, &kinds).into_iter();
            objects.map(|object| (cluster.title().to_owned(), object))
        });
        found.take(MOST_NEAR).collect()
    }

    /// An object by its name.
    pub fn object(&self, cluster: &str, kind: &'static Kind, namespace: &str, name: &str) -> Option<Object> {
        self.cluster(cluster)?.object(kind, namespace, name)
    }

    /// Objects of a kind in a namespace of a cluster, or in all its namespaces, by namespace and name. The kind must be watched.
    pub fn objects(&self, cluster: &str, kind: &'static Kind, namespace: Option<&str>) -> Vec<Object> {
        let cluster = self.cluster(cluster);
        cluster
            .map(|cluster| cluster.within(kind, namespace))
            .unwrap_or_default()
    }

    /// The version of a cluster, for example `v1.36.3`, once one of its kinds was watched.
    pub fn version(&self, cluster: &str) -> Option<String> {
        self.cluster(cluster)?.version()
    }

    /// The states of kinds in a cluster, as far as they are watched.
    pub fn states(&self, cluster: &str, kinds: &[&'static Kind]) -> Vec<KindState> {
        let Some(cluster) = self.cluster(cluster) else {
            return Vec::new();
        };
        kinds.iter().filter_map(|kind| cluster.state(kind)).collect()
    }

    /// Merges a patch into an object, as this manager of fields. The memory hears of it through the watch.
    pub async fn merge_patch(
        &self,
        cluster: &str,
        object: &Object,
        patch: serde_json::Value,
        manager: &str,
    ) -> Result<(), Failure> {
        let Some(known) = self.cluster(cluster) else {
            let message = format!("no cluster {cluster:?} is connected any more");
            return Err(Failure::new(Sort::Other, message, SystemClock.now()));
        };
        known.merge_patch(object, patch, manager).await
    }

    /// Events about an object.
    pub fn events(&self, cluster: &str, uid: &str) -> Vec<Object> {
        self.cluster(cluster)
            .map(|cluster| cluster.owned(uid, &kinds::EVENTS))
            .unwrap_or_default()
    }

    /// Has a topic announced when an object changes that the question is about, or one of those named: cluster, kind, namespace
    /// and name.
    pub fn follow(
        &self,
        topic: String,
        question: Option<&Question>,
        named: BTreeSet<(String, &'static str, String, String)>,
    ) {
        self.inner.followers.follow(topic, question, named);
    }
}
