//! What clusters hold, kept in memory by watches: one of each cluster and kind, begun when somebody first asks for the kind, and
//! kept until the portal stops. Pages and other features ask the memory; no view of a page makes a list request.

mod answer;
mod cluster;
mod credentials;
mod failure;
mod followers;
mod index;
pub mod kinds;
mod log_feed;
mod logs;
mod object;
mod pulse;
mod question;
mod selector;
pub mod surroundings;
mod transport;
mod usage;
mod watch;

pub use answer::{Answer, ClusterAnswer, KindState};
pub use credentials::Token;
pub use failure::{Failure, Sort};
pub(crate) use followers::TOPIC;
pub use followers::topic;
pub use kinds::Kind;
pub(crate) use log_feed::{Batch, Fed, KINDS_OF_LOGS, Known, LogFeed, Look, MOST_TOGETHER, Marks, Source};
pub(crate) use logs::{LogLine, LogQuestion};
pub use object::Object;
pub use pulse::Condition;
pub use question::{ANNOTATIONS, Question};
pub use selector::{Selector, UnreadableSelector};
pub use usage::{ContainerUse, Usage};

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::join_all;
use outside::OutsideCalls;
use store::Store;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::settings::Settings;
use cluster::Cluster;
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
    clusters: Vec<Arc<Cluster>>,
    followers: Arc<Followers>,
    stop: CancellationToken,
    /// Set once what changes is announced.
    telling: OnceLock<()>,
}

impl Kubernetes {
    /// The clusters of these settings. Nothing is called until somebody asks; watches end when `stop` is cancelled.
    pub fn new(settings: Settings, outside: &OutsideCalls, store: &Store, stop: CancellationToken) -> Self {
        let clusters = settings.clusters.into_iter();
        let clusters = clusters.map(|one| Arc::new(Cluster::new(one, outside)));
        Self {
            inner: Arc::new(Inner {
                is_configured: settings.is_configured,
                clusters: clusters.collect(),
                followers: Arc::new(Followers::new(store.clone())),
                stop,
                telling: OnceLock::new(),
            }),
        }
    }

    /// Whether the configuration has a section for clusters, or the portal runs in one.
    pub fn is_configured(&self) -> bool {
        self.inner.is_configured
    }

    pub(crate) fn clusters(&self) -> &[Arc<Cluster>] {
        &self.inner.clusters
    }

    pub(crate) fn cluster(&self, name: &str) -> Option<&Arc<Cluster>> {
        self.inner.clusters.iter().find(|cluster| cluster.name() == name)
    }

    /// Has these kinds watched in all clusters. The first time it waits a moment for their objects; what has not come by
    /// then is shown as being loaded, and the page hears when it is there.
    pub async fn watch(&self, kinds: &[&'static Kind]) {
        let until = Instant::now() + FIRST_WAIT;
        let mut settled = Vec::new();
        for cluster in &self.inner.clusters {
            for kind in kinds {
                let watch = self.watch_of(cluster, kind);
                settled.push(async move { watch.settled().await });
            }
        }
        let _ = tokio::time::timeout_at(until, join_all(settled)).await;
    }

    /// Has these kinds watched in all clusters, without waiting for their objects.
    pub fn begin(&self, kinds: &[&'static Kind]) {
        for cluster in &self.inner.clusters {
            for kind in kinds {
                self.watch_of(cluster, kind);
            }
        }
    }

    fn watch_of(&self, cluster: &Arc<Cluster>, kind: &'static Kind) -> Arc<watch::Watch> {
        let Inner {
            followers,
            stop,
            telling,
            ..
        } = &*self.inner;
        telling.get_or_init(|| {
            tokio::spawn(followers.clone().tell(stop.clone()));
        });
        cluster.watch(kind, followers, stop)
    }

    /// What the clusters hold that a question is about, of these kinds, which must be watched ([`Kubernetes::watch`]).
    pub fn ask(&self, question: &Question, kinds: &[&'static Kind]) -> Answer {
        let clusters = self
            .inner
            .clusters
            .iter()
            .filter(|cluster| question.asks(cluster.name()));
        Answer {
            clusters: clusters.map(|cluster| cluster.answer(question, kinds)).collect(),
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
        let clusters = self.inner.clusters.iter();
        let found = clusters.flat_map(|cluster| {
            let objects = cluster.near(word, &kinds).into_iter();
            objects.map(|object| (cluster.title().to_owned(), object))
        });
        found.take(MOST_NEAR).collect()
    }

    /// An object by its name.
    pub fn object(&self, cluster: &str, kind: &'static Kind, namespace: &str, name: &str) -> Option<Object> {
        self.cluster(cluster)?.object(kind, namespace, name)
    }

    /// The states of kinds in a cluster, as far as they are watched.
    pub fn states(&self, cluster: &str, kinds: &[&'static Kind]) -> Vec<KindState> {
        let cluster = self.cluster(cluster).into_iter();
        cluster
            .flat_map(|cluster| kinds.iter().filter_map(|kind| cluster.state(kind)))
            .collect()
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
