//! The handle that the API, the pages and the command line hold.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use arc_swap::ArcSwap;
use catalog::{Catalog, Sight, SightKey};
use parking_lot::Mutex;
use plugin::{Of, Permission, PluginId, SearchSource, Slot};
use store::{Seq, Store};
use tantivy::{TantivyError, Term};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::answer::{self, Answer, Page};
use crate::entities::Entities;
use crate::feed::{self, Feed};
use crate::index::{IndexError, Place, SearchIndex};
use crate::question::Question;
use crate::reach::Reach;
use crate::visible::{KeptParts, Visible, VisibleDocuments};

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index cannot be read.
    #[error("the search index cannot be read")]
    Index(#[from] TantivyError),
    /// The index is damaged; it is being built anew.
    #[error("the search index is damaged and is being built anew")]
    Damaged(#[source] tokio::task::JoinError),
}

/// Search over one catalog. Cheap to clone.
#[derive(Clone)]
pub struct Search {
    parts: Arc<Parts>,
}

struct Parts {
    catalog: Catalog,
    store: Store,
    index: Arc<ArcSwap<SearchIndex>>,
    damaged: Arc<Notify>,
    sources: Slot<Vec<Of<Arc<dyn SearchSource>>>>,
    applied: Arc<AtomicI64>,
    /// What the sights that asked lately show, the latest first.
    kept: Mutex<Vec<Kept>>,
}

/// What a sight shows, for as long as it shows the same entities.
struct Kept {
    key: SightKey,
    version: u64,
    parts: Arc<KeptParts>,
}

/// Most sights kept.
const MOST_KEPT: usize = 32;

impl Search {
    /// Opens the index. `store` has what the catalog serves and its change log, which the index follows. It is fed with
    /// [`Search::feed_from`] and [`Search::run`].
    pub fn open(place: &Place, catalog: &Catalog, store: &Store) -> Result<Self, IndexError> {
        Ok(Self {
            parts: Arc::new(Parts {
                catalog: catalog.clone(),
                store: store.clone(),
                index: Arc::new(ArcSwap::from_pointee(SearchIndex::open(place)?)),
                damaged: Arc::new(Notify::new()),
                sources: Slot::default(),
                applied: Arc::new(AtomicI64::new(-1)),
                kept: Mutex::default(),
            }),
        })
    }

    /// Sets the sources of documents: the entities themselves and those of plugins. Once, before the index is run.
    pub fn feed_from(&self, sources: impl IntoIterator<Item = Of<Arc<dyn SearchSource>>>) {
        let entities = Of {
            plugin: crate::ID,
            part: Arc::new(Entities) as Arc<dyn SearchSource>,
        };
        self.parts
            .sources
            .fill(std::iter::once(entities).chain(sources).collect());
    }

    /// Keeps the index up with the catalog until `stop` is cancelled.
    pub async fn run(&self, stop: CancellationToken) {
        let feed = Feed {
            store: self.parts.store.clone(),
            index: self.parts.index.clone(),
            damaged: self.parts.damaged.clone(),
            sources: self.parts.sources.get().cloned().unwrap_or_default(),
            applied: self.parts.applied.clone(),
        };
        feed.run(stop).await;
    }

    /// Waits until a change of the catalog can be found; returns whether it can.
    pub async fn wait_for(&self, seq: Seq, longest: Duration) -> bool {
        feed::wait_for(&self.parts.applied, seq, longest).await
    }

    /// Whether everything there is was indexed once; before that, results are incomplete.
    pub fn is_complete(&self) -> bool {
        self.parts.applied.load(std::sync::atomic::Ordering::Acquire) >= 0
    }

    /// Document types with their headings.
    pub fn types(&self) -> impl Iterator<Item = (&str, &str)> + '_ {
        let sources = self.parts.sources.get().into_iter().flatten();
        sources.map(|source| (source.part.document_type(), source.part.title()))
    }

    /// Document types that need a permission, with their plugins.
    pub(crate) fn guarded_types(&self) -> Vec<(&PluginId, &str, &'static Permission)> {
        let sources = self.parts.sources.get().into_iter().flatten();
        let guarded =
            sources.filter_map(|of| Some((&of.plugin, of.part.document_type(), of.part.permission()?)));
        guarded.collect()
    }

    /// The catalog whose entities are found.
    pub fn catalog(&self) -> &Catalog {
        &self.parts.catalog
    }

    /// The store that keeps what people starred and visited.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Answers a question with what a caller may find.
    pub async fn ask(&self, question: Question, reach: &Reach, page: Page) -> Result<Answer, SearchError> {
        let documents = self.visible_documents(&reach.sight);
        let hidden_types = reach.hidden_types.clone();
        self.blocking(move |index| {
            let hidden_types = hidden_types.iter();
            let visible = Visible {
                documents,
                hidden_types: hidden_types
                    .map(|kind| Term::from_field_text(index.fields.kind, kind))
                    .collect(),
            };
            answer::ask(index, &question, &visible, &page)
        })
        .await
    }

    /// The documents that a sight shows; nothing where it shows all.
    fn visible_documents(&self, sight: &Sight) -> Option<Arc<VisibleDocuments>> {
        let seen = self.parts.catalog.seen_by(sight).seen_ids()?;
        let parts = self.kept_parts(sight.key(), seen.version());
        let are_seen = move |ids: &[u64]| seen.are_seen(ids);
        Some(Arc::new(VisibleDocuments::new(are_seen, parts)))
    }

    fn kept_parts(&self, key: SightKey, version: u64) -> Arc<KeptParts> {
        let mut kept = self.parts.kept.lock();
        let known = kept
            .iter()
            .position(|one| one.key == key)
            .map(|at| kept.remove(at));
        let parts = known
            .filter(|known| known.version == version)
            .map(|known| known.parts);
        let parts = parts.unwrap_or_default();
        let latest = Kept {
            key,
            version,
            parts: Arc::clone(&parts),
        };
        kept.insert(0, latest);
        kept.truncate(MOST_KEPT);
        parts
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SearchIndex) -> Result<T, TantivyError> + Send + 'static,
    ) -> Result<T, SearchError> {
        let index = self.parts.index.load_full();
        match tokio::task::spawn_blocking(move || work(&index)).await {
            Ok(done) => Ok(done?),
            Err(panic) => {
                self.parts.damaged.notify_one();
                Err(SearchError::Damaged(panic))
            }
        }
    }
}
