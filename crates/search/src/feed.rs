//! Keeping the index up with the catalog: everything once, then the change log.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use catalog::Catalog;
use jiff::Timestamp;
use plugin::{SearchDocument, SearchSource};
use serde_json::{Value, json};
use store::{Change, ChangeWake, ScanPosition, Seq, SettingKey, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::entities::facets;
use crate::index::{IndexError, Progress, SearchIndex};
use crate::schema::Entry;

/// Entities read at a time while everything is indexed.
const SCAN: usize = 1_000;
/// Entities between two commits while everything is indexed: what is in can be found meanwhile.
const COMMIT_EVERY: usize = 20_000;
/// Changes read at a time.
const FOLLOW: usize = 5_000;
/// Pause after a wake-up, so that a burst of changes is one commit.
const GATHER: Duration = Duration::from_millis(100);
/// So many changes at once are a burst: it is taken in when it is over, so that it does not compete with
/// whoever makes them, and what changes more than once is indexed once.
const BURST: Seq = 1_000;
/// How long a burst may last.
const LONGEST_BURST: Duration = Duration::from_secs(15);
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(2);
/// Longest wait until the change log is looked at without being woken.
const IDLE: Duration = Duration::from_secs(30);

/// Why the index is not up to date.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The catalog's data cannot be read.
    #[error("the catalog cannot be read for the search index")]
    Store(#[from] StoreError),
    /// The index cannot be written.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// What fills the index.
pub(crate) struct Feed {
    pub catalog: Catalog,
    /// Replaced when what is on disk cannot be used any more.
    pub index: Arc<ArcSwap<SearchIndex>>,
    /// Woken when somebody could not read the index.
    pub damaged: Arc<Notify>,
    pub sources: Vec<Arc<dyn SearchSource>>,
    /// The last change that can be found; -1 while everything is indexed for the first time.
    pub applied: Arc<AtomicI64>,
}

impl Feed {
    /// Feeds until `stop` is cancelled. Failures are logged and tried again.
    pub async fn run(self, stop: CancellationToken) {
        let mut wake = self.catalog.store().changes_woken();
        let mut progress = None;
        let work = async {
            self.check().await;
            loop {
                let is_unusable = tokio::select! {
                    is_unusable = self.turn(&mut progress, &mut wake) => is_unusable,
                    () = self.damaged.notified() => true,
                };
                if is_unusable {
                    self.start_over().await;
                    progress = None;
                }
            }
        };
        stop.run_until_cancelled(work).await;
    }

    /// One step and the pause behind it; whether the index failed.
    async fn turn(&self, progress: &mut Option<Progress>, wake: &mut ChangeWake) -> bool {
        match self.step(progress).await {
            Ok(()) => {
                let _ = tokio::time::timeout(IDLE, wake.woken()).await;
                let known = progress.as_ref().map_or(0, |progress| progress.seq);
                self.gather(known).await;
                false
            }
            Err(error) => {
                log("search is not up to date", &error);
                tokio::time::sleep(RETRY).await;
                matches!(error, FeedError::Index(_))
            }
        }
    }

    /// Waits a moment for more changes, and for the end of a burst.
    async fn gather(&self, known: Seq) {
        tokio::time::sleep(GATHER).await;
        let end = tokio::time::Instant::now() + LONGEST_BURST;
        let mut seen = known + BURST;
        // Without the database the next step has the failure to tell.
        while let Ok(last) = self.catalog.store().last_seq().await
            && last > seen
            && tokio::time::Instant::now() < end
        {
            seen = last;
            tokio::time::sleep(GATHER * 3).await;
        }
    }

    /// Looks whether the index found at the start is as it was written.
    async fn check(&self) {
        let index = self.index.load_full();
        if index.found.is_none() {
            return;
        }
        if let Err(error) = blocking(move || index.check()).await {
            log("building the search index anew", &error);
            self.start_over().await;
        }
    }

    /// An empty index in the place of the one that cannot be used.
    async fn start_over(&self) {
        let unusable = self.index.load_full();
        match blocking(move || unusable.anew()).await {
            Ok(index) => {
                self.applied.store(-1, Ordering::Release);
                self.index.store(Arc::new(index));
            }
            Err(error) => log("search cannot be mended", &error),
        }
    }

    /// Everything that happened since the last step.
    async fn step(&self, progress: &mut Option<Progress>) -> Result<(), FeedError> {
        let store = self.catalog.store();
        if progress.is_none() {
            *progress = Some(self.start(store).await?);
        }
        let Some(known) = progress.as_mut() else {
            return Ok(());
        };
        loop {
            let changes = store.changes_since(known.seq, FOLLOW).await?;
            let Some(first) = changes.first() else {
                return Ok(());
            };
            if first.seq != known.seq + 1 {
                tracing::info!("the change log was cut, indexing everything again");
                *known = self.everything(store, &known.database).await?;
                continue;
            }
            known.seq = changes.last().map_or(known.seq, |change| change.seq);
            self.apply(changes).await?;
            self.commit(known).await?;
        }
    }

    /// Goes on where the index is, or from the beginning.
    async fn start(&self, store: &Store) -> Result<Progress, FeedError> {
        let database = database_id(store).await?;
        let last = store.last_seq().await?;
        match &self.index.load().found {
            Some(found) if found.database == database && found.seq <= last => {
                self.applied.store(found.seq, Ordering::Release);
                Ok(found.clone())
            }
            _ => self.everything(store, &database).await,
        }
    }

    /// Indexes everything that is served.
    async fn everything(&self, store: &Store, database: &str) -> Result<Progress, FeedError> {
        let started = std::time::Instant::now();
        let progress = Progress::new(database, store.last_seq().await?);
        let partial = Progress::new(database, -1);
        let index = self.index.load_full();
        blocking(move || index.clear()).await?;
        let mut position = ScanPosition::default();
        let (mut entities, mut since_commit) = (0, 0);
        loop {
            let (rows, next) = store.scan_finals(position, SCAN).await?;
            (entities, since_commit) = (entities + rows.len(), since_commit + rows.len());
            let texts = rows.into_iter().map(|row| {
                let changed = row.changed_at.as_second();
                (row.reference, row.uid, Some(row.json.into()), changed)
            });
            self.write(texts.collect(), true).await?;
            let Some(next) = next else { break };
            position = next;
            if since_commit >= COMMIT_EVERY {
                since_commit = 0;
                self.commit(&partial).await?;
            }
        }
        self.commit(&progress).await?;
        let seconds = started.elapsed().as_secs_f64();
        tracing::info!(entities, seconds, "search index built");
        Ok(progress)
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<(), FeedError> {
        let now = Timestamp::now().as_second();
        let mut newest = std::collections::BTreeMap::new();
        for change in changes {
            newest.insert(change.reference, (change.uid, change.body));
        }
        let entities = newest
            .into_iter()
            .map(|(reference, (uid, body))| (reference, uid, body, now));
        self.write(entities.collect(), false).await
    }

    /// Writes the documents of entities; those without a body are forgotten.
    async fn write(&self, entities: Vec<Written>, all_new: bool) -> Result<(), FeedError> {
        let mut prepared = Vec::with_capacity(entities.len());
        for (reference, uid, body, changed) in entities {
            let value: Option<Value> = body.and_then(|body| serde_json::from_str(&body).ok());
            let documents = match &value {
                Some(value) => self.documents(&reference, value).await,
                None => Vec::new(),
            };
            let facets = value.as_ref().map(facets).unwrap_or_default();
            prepared.push((reference, entity_id(uid), facets, changed, documents));
        }
        let index = self.index.load_full();
        blocking(move || {
            for (reference, entity_id, facets, changed, documents) in prepared {
                let entries = documents.into_iter().map(|(kind, document)| Entry {
                    kind,
                    entity: &reference,
                    entity_id,
                    facets: &facets,
                    changed,
                    document,
                });
                if all_new {
                    for entry in entries {
                        index.add(index.fields.fill(entry))?;
                    }
                } else {
                    index.replace(&reference, entries)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn documents(&self, reference: &str, value: &Value) -> Vec<(&'static str, SearchDocument)> {
        let mut documents = Vec::new();
        for source in &self.sources {
            match source.documents(value).await {
                Ok(found) => {
                    let labelled = found.into_iter().map(|one| (source.document_type(), one));
                    documents.extend(labelled);
                }
                Err(fault) => {
                    let kind = source.document_type();
                    tracing::warn!(entity = reference, kind, %fault, "cannot be made findable");
                }
            }
        }
        documents
    }

    async fn commit(&self, progress: &Progress) -> Result<(), FeedError> {
        let (index, progress) = (self.index.load_full(), progress.clone());
        let seq = progress.seq;
        blocking(move || index.commit(&progress)).await?;
        self.applied.store(seq, Ordering::Release);
        Ok(())
    }
}

/// Reference, uid, served JSON, and when it changed.
type Written = (String, Uuid, Option<Arc<str>>, i64);

/// The half of a uid by which the index knows whose document it has.
pub(crate) fn entity_id(uid: Uuid) -> u64 {
    uid.as_u64_pair().0
}

fn log(what: &str, error: &FeedError) {
    let error: &dyn std::error::Error = error;
    tracing::warn!(error, "{what}");
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
) -> Result<T, FeedError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(panic) => Err(IndexError::Damaged(panic.to_string()).into()),
    }
}

/// A name of the database, made once: an index of another one must not be taken for this one's.
async fn database_id(store: &Store) -> Result<String, StoreError> {
    let key = SettingKey {
        user: String::new(),
        bucket: "search".to_owned(),
        key: "database".to_owned(),
    };
    if let Some(Value::String(id)) = store.setting_get(&key).await? {
        return Ok(id);
    }
    store
        .setting_put(&key, &json!(Uuid::new_v4().to_string()))
        .await?;
    // Another process may have been quicker; everybody takes what is stored.
    let stored = store.setting_get(&key).await?;
    Ok(stored
        .as_ref()
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned())
}

/// Waits for a change to be findable.
pub(crate) async fn wait_for(applied: &AtomicI64, seq: Seq, longest: Duration) -> bool {
    let reached = async {
        while applied.load(Ordering::Acquire) < seq {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(longest, reached).await.is_ok()
}
