//! Keeping the index up with the catalog: everything once, then the change log.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use plugin::{Of, PartFailure, SearchDocument, SearchSource, contained};
use serde_json::Value;
use store::{Announcements, Change, ChangeWake, LogMark, ScanPosition, Seq, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::entities::facets;
use crate::index::{IndexError, Progress, SearchIndex};
use crate::schema::Entry;
use crate::{tables, touched};

/// Entities read at a time while everything is indexed.
const SCAN: usize = 1_000;
/// Entities between two commits while everything is indexed: what is in can be found meanwhile.
const COMMIT_EVERY: usize = 20_000;
/// Changes read at a time.
const FOLLOW: usize = 5_000;
/// Touched entities read at a time.
const TOUCHED: usize = 100;
/// Pause after a wake-up, so that a burst of changes is one commit.
const GATHER: Duration = Duration::from_millis(100);
/// So many changes at once are a burst: it is taken in when it is over, so that it does not compete with
/// whoever makes them, and what changes more than once is indexed once.
const BURST: Seq = 1_000;
/// How long a burst may last.
const LONGEST_BURST: Duration = Duration::from_secs(15);
/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(2);
/// Longest that a source may take for the documents of one entity.
const SOURCE_TIME: Duration = Duration::from_secs(5);
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

/// How far the index is.
#[derive(Debug, Clone, Copy)]
struct Position {
    /// The last change of the catalog that is in.
    mark: LogMark,
    /// The last touch of an entity that is in.
    touched: i64,
}

/// What fills the index.
pub(crate) struct Feed {
    /// Has what is served, and the change log.
    pub store: Store,
    /// Replaced when what is on disk cannot be used any more.
    pub index: Arc<ArcSwap<SearchIndex>>,
    /// Woken when somebody could not read the index.
    pub damaged: Arc<Notify>,
    pub sources: Vec<Of<Arc<dyn SearchSource>>>,
    /// The last change that can be found; -1 while everything is indexed for the first time.
    pub applied: Arc<AtomicI64>,
}

impl Feed {
    /// Feeds until `stop` is cancelled. Failures are logged and tried again.
    pub async fn run(self, stop: CancellationToken) {
        let mut wake = self.store.changes_woken();
        let mut announcements = self.store.announcements();
        let mut known = None;
        let work = async {
            self.check().await;
            loop {
                let is_unusable = tokio::select! {
                    is_unusable = self.turn(&mut known, &mut wake, &mut announcements) => is_unusable,
                    () = self.damaged.notified() => true,
                };
                if is_unusable {
                    self.start_over().await;
                    known = None;
                }
            }
        };
        stop.run_until_cancelled(work).await;
    }

    /// One step and the pause behind it; whether the index failed.
    async fn turn(
        &self,
        known: &mut Option<Position>,
        wake: &mut ChangeWake,
        announcements: &mut Announcements,
    ) -> bool {
        match self.step(known).await {
            Ok(()) => {
                tokio::select! {
                    _ = wake.woken() => {}
                    () = touched::woken(announcements) => {}
                    () = tokio::time::sleep(IDLE) => {}
                }
                self.gather(known.map_or(0, |known| known.mark.seq)).await;
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
        while let Ok(last) = self.store.last_seq().await
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
    async fn step(&self, known: &mut Option<Position>) -> Result<(), FeedError> {
        let store = &self.store;
        let mut at = match *known {
            Some(at) => at,
            None => self.start(store).await?,
        };
        loop {
            *known = Some(at);
            let Some(followed) = store.changes_after(&at.mark, FOLLOW).await? else {
                tracing::warn!(
                    "the change log does not go on from what was indexed, everything is indexed again"
                );
                at = self.everything(store).await?;
                continue;
            };
            if followed.changes.is_empty() {
                let kept = tables::kept(&mut store.read().await?).await?;
                if !kept.goes_on_from(at.touched) {
                    at = self.everything(store).await?;
                    continue;
                }
                let touched = self.touched(at).await?;
                if touched == at.touched {
                    return Ok(());
                }
                at.touched = touched;
            } else {
                at.mark = followed.mark;
                self.apply(followed.changes).await?;
            }
            self.commit(Some(at.mark), at.touched).await?;
        }
    }

    /// Asks for documents of entities that were touched since; the last touch that is in now.
    async fn touched(&self, at: Position) -> Result<i64, FeedError> {
        let mut session = self.store.read().await?;
        let found = tables::touched(&mut session, at.touched, TOUCHED).await?;
        drop(session);
        let Some((_, last)) = found.last() else {
            return Ok(at.touched);
        };
        let last = *last;
        let references: Vec<String> = found.into_iter().map(|(reference, _)| reference).collect();
        let nodes = self.store.nodes(&references).await?;
        let entities = nodes.into_iter().filter_map(|node| {
            let changed = node.updated_at.as_second();
            Some((node.reference, node.uid, Some(node.final_json?.into()), changed))
        });
        self.write(entities.collect(), false).await?;
        Ok(last)
    }

    /// Goes on where the index is, or from the beginning.
    async fn start(&self, store: &Store) -> Result<Position, FeedError> {
        let found = self.index.load().found.clone();
        let found = found.and_then(|found| {
            let touched = found.touched;
            found.mark.map(|mark| Position { mark, touched })
        });
        let kept = tables::kept(&mut store.read().await?).await?;
        match found {
            Some(at) if kept.goes_on_from(at.touched) && store.has_mark(&at.mark).await? => {
                self.applied.store(at.mark.seq, Ordering::Release);
                Ok(at)
            }
            _ => self.everything(store).await,
        }
    }

    /// Indexes everything that is served.
    async fn everything(&self, store: &Store) -> Result<Position, FeedError> {
        let started = std::time::Instant::now();
        self.applied.store(-1, Ordering::Release);
        let touched = tables::kept(&mut store.read().await?).await?.last;
        let mark = store.log_mark().await?;
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
                self.commit(None, 0).await?;
            }
        }
        self.commit(Some(mark), touched).await?;
        let seconds = started.elapsed().as_secs_f64();
        tracing::info!(entities, seconds, "search index built");
        Ok(Position { mark, touched })
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<(), FeedError> {
        let mut newest = std::collections::BTreeMap::new();
        for change in changes {
            newest.insert(change.reference, (change.uid, change.body, change.at.as_second()));
        }
        let entities = newest
            .into_iter()
            .map(|(reference, (uid, body, at))| (reference, uid, body, at));
        self.write(entities.collect(), false).await
    }

    /// Writes the documents of entities; those without a body are forgotten.
    async fn write(&self, entities: Vec<Written>, all_new: bool) -> Result<(), FeedError> {
        let mut prepared = Vec::with_capacity(entities.len());
        for (reference, uid, body, changed) in entities {
            let value: Option<Value> = body.and_then(|body| serde_json::from_str(&body).ok());
            let value = value.map(Arc::new);
            let documents = match &value {
                Some(value) => self.documents(&reference, value).await,
                None => Vec::new(),
            };
            let facets = value.as_deref().map(facets).unwrap_or_default();
            prepared.push((reference, entity_id(uid), facets, changed, documents));
        }
        let index = self.index.load_full();
        blocking(move || {
            for (reference, entity_id, facets, changed, documents) in prepared {
                let (kinds, documents): (Vec<String>, Vec<SearchDocument>) = documents.into_iter().unzip();
                let entries = kinds.iter().zip(documents).map(|(kind, document)| Entry {
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

    async fn documents(&self, reference: &str, value: &Arc<Value>) -> Vec<(String, SearchDocument)> {
        let mut documents = Vec::new();
        for Of { plugin, part: source } in &self.sources {
            let kind = source.document_type();
            let (part, entity) = (source.clone(), value.clone());
            let work = async move { part.documents(&entity).await };
            match contained(plugin, "search source", SOURCE_TIME, work).await {
                Ok(found) => documents.extend(found.into_iter().map(|one| (kind.to_owned(), one))),
                Err(PartFailure::Failed(fault)) => {
                    tracing::warn!(entity = reference, kind, %fault, "cannot be made findable");
                }
                Err(PartFailure::TooSlow(_) | PartFailure::Panicked) => {
                    tracing::warn!(entity = reference, kind, "left out of the search");
                }
            }
        }
        documents
    }

    async fn commit(&self, mark: Option<LogMark>, touched: i64) -> Result<(), FeedError> {
        let index = self.index.load_full();
        blocking(move || index.commit(&Progress::new(mark, touched))).await?;
        self.applied
            .store(mark.map_or(-1, |mark| mark.seq), Ordering::Release);
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

/// Waits for a change to be findable.
pub(crate) async fn wait_for(applied: &AtomicI64, seq: Seq, longest: Duration) -> bool {
    let reached = async {
        while applied.load(Ordering::Acquire) < seq {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(longest, reached).await.is_ok()
}
