//! Open pages that follow objects: a page says what it shows, and its topic is announced when such an object changes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::EntityRef;
use parking_lot::Mutex;
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::object::Kept;
use super::question::Question;
use super::touched::Touched;

/// The topic of all pages about objects; that of a page is below it.
pub(crate) const TOPIC: &str = "kubernetes.entity";
/// Pages that are remembered; the one that was made longest ago is forgotten first.
const MOST: usize = 1_000;
/// Changes within this time are announced together.
const TOGETHER: Duration = Duration::from_millis(150);

/// The topic of an open page about an entity; `page` tells pages of one entity apart.
pub fn topic(reference: &EntityRef, page: &str) -> String {
    let mut hasher = DefaultHasher::new();
    reference.to_string().hash(&mut hasher);
    format!("{TOPIC}.{:016x}.{page}", hasher.finish())
}

/// Cluster, kind, namespace and name of an object.
pub(crate) type Named = (String, &'static str, String, String);

/// The pages.
pub(crate) struct Followers {
    store: Store,
    pages: Mutex<HashMap<String, Page>>,
    pending: Mutex<BTreeSet<String>>,
    wake: Notify,
    /// Workloads that changed.
    pub touched: Arc<Touched>,
}

struct Page {
    made: Instant,
    question: Option<Question>,
    named: BTreeSet<Named>,
}

impl Followers {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            pages: Mutex::default(),
            pending: Mutex::default(),
            wake: Notify::new(),
            touched: Arc::default(),
        }
    }

    /// A page was made that shows these objects.
    pub fn follow(&self, topic: String, question: Option<&Question>, named: BTreeSet<Named>) {
        let page = Page {
            made: Instant::now(),
            question: question.cloned(),
            named,
        };
        let mut pages = self.pages.lock();
        if pages.len() >= MOST && !pages.contains_key(&topic) {
            let oldest = pages.iter().min_by_key(|(_, page)| page.made);
            if let Some(oldest) = oldest.map(|(topic, _)| topic.clone()) {
                pages.remove(&oldest);
            }
        }
        pages.insert(topic, page);
    }

    /// Whether nobody asks what changes.
    pub fn is_idle(&self) -> bool {
        !self.touched.is_wanted() && self.pages.lock().is_empty()
    }

    /// An object changed, given with those that it belongs to.
    pub fn changed(&self, cluster: &Arc<str>, lineage: &[Arc<Kept>]) {
        self.touched.changed(cluster, lineage);
        let pages = self.pages.lock();
        let concerned = pages.iter().filter(|(_, page)| page.shows(cluster, lineage));
        self.announce(concerned.map(|(topic, _)| topic.clone()));
    }

    /// The state of a watch changed, which every page shows.
    pub fn all_changed(&self) {
        self.touched.watches_changed();
        let pages = self.pages.lock();
        self.announce(pages.keys().cloned());
    }

    /// Announces a topic at once.
    pub fn announce_now(&self, topic: &str) {
        self.store.announce_here(topic);
    }

    fn announce(&self, topics: impl Iterator<Item = String>) {
        let mut pending = self.pending.lock();
        pending.extend(topics);
        if !pending.is_empty() {
            self.wake.notify_one();
        }
    }

    /// Announces what changed, until `stop` is cancelled.
    pub async fn tell(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(self.wake.notified()).await.is_some() {
            tokio::time::sleep(TOGETHER).await;
            let topics = std::mem::take(&mut *self.pending.lock());
            for topic in topics {
                self.store.announce_here(&topic);
            }
        }
    }
}

impl Page {
    fn shows(&self, cluster: &str, lineage: &[Arc<Kept>]) -> bool {
        lineage.iter().any(|kept| {
            let is_asked_for = self.question.as_ref().is_some_and(|question| {
                question.asks(cluster) && question.selects(&kept.namespace, &kept.labels)
            });
            is_asked_for || self.names(cluster, kept)
        })
    }

    fn names(&self, cluster: &str, kept: &Kept) -> bool {
        let name = (
            cluster.to_owned(),
            kept.kind.plural,
            kept.namespace.to_string(),
            kept.name.to_string(),
        );
        !self.named.is_empty() && self.named.contains(&name)
    }
}

/// Ids of a list of objects.
pub(crate) fn ids(all: &[Kept]) -> HashSet<Arc<str>> {
    all.iter().map(|kept| kept.uid.clone()).collect()
}
