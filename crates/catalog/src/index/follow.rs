//! Filling the read model from the store and keeping up with its change log.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use model::SearchRow;
use store::{Change, FinalRow, LogMark, ScanPosition, Store, StoreError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::handle::{AppliedChange, Index};
use super::marks::{Touched, judge_all};
use crate::health::Roster;
use read_model::ReadModel;

/// Entities read at a time while loading.
const SCAN: usize = 100;
/// Pages of entities read and parsed at the same time while loading.
const SCAN_AHEAD: usize = 2;
/// Changes read at a time.
const FOLLOW: usize = 1000;
/// Changes applied without letting a reader in.
const SLICE: usize = 8;
/// From this many changes at once on, entities are judged after all of them.
const FEW: usize = 64;
/// Entities judged without letting a reader in.
const JUDGED: usize = 64;
/// How often what is wrong is read while much changes.
const JUDGED_EVERY: Duration = Duration::from_millis(500);
/// So many times as long as reading it took, it is not read again.
const REST: u32 = 5;
/// How often what is wrong is looked at while nothing changes: no change tells of an entity that was never served.
const LOOKED_AT: Duration = Duration::from_secs(3);
/// Pause after the store failed.
const RETRY: Duration = Duration::from_secs(1);
/// Longest wait until the change log is read without being woken; after such a one the index may be saved.
const IDLE: Duration = Duration::from_secs(30);

/// An entity ready to be taken in.
type Entry = (Uuid, Vec<SearchRow>);

impl Index {
    /// Replaces everything by what the store serves now, or served when the last snapshot was saved.
    async fn load(&self, store: &Store) -> Result<LogMark, StoreError> {
        let begun = Instant::now();
        let last = store.log_mark().await?;
        let (model, mark, from) = if let Some((model, mark)) = self.restored(store, &last).await? {
            (model, mark, "its snapshot")
        } else {
            let mut model = read_all(store).await?;
            let roster = self.roster();
            let judging = tokio::task::spawn_blocking(move || {
                judge_all(&mut model, &roster.marks);
                model
            });
            let judged = judging.await.expect("judging entities does not panic");
            (judged, last, "every entity")
        };
        let mebibytes = model.heap_bytes() >> 20;
        let load_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let entities = model.len();
        tracing::info!(
            entities,
            seq = mark.seq,
            mebibytes,
            load_ms,
            "catalog index made from {from}"
        );
        self.replace(model, mark);
        Ok(mark)
    }

    /// Loads unless that has happened, then applies changes until `stop` is cancelled; saves a snapshot now
    /// and then, and at the end.
    pub async fn follow(&self, store: &Store, stop: CancellationToken) {
        let mut wake = store.changes_woken();
        let mut is_ailing = true;
        let mut rest_until: Option<Instant> = None;
        let mut quiet = Duration::ZERO;
        loop {
            let step = async {
                match self.follow_once(store, &mut is_ailing, &mut rest_until).await {
                    Ok(()) => {
                        let pause = if is_ailing { JUDGED_EVERY } else { LOOKED_AT };
                        let is_quiet = tokio::select! {
                            woken = tokio::time::timeout(pause, wake.woken()) => woken.is_err(),
                            () = self.ailing.notified() => false,
                        };
                        // Another process may have found something wrong that no change tells of.
                        is_ailing = true;
                        quiet = if is_quiet { quiet + pause } else { Duration::ZERO };
                        if self.is_worth_saving(quiet >= IDLE) {
                            self.save().await;
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the catalog index cannot read the store");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            };
            if stop.run_until_cancelled(step).await.is_none() {
                return self.save().await;
            }
        }
    }

    /// Applies all changes there are, and then reads what is wrong, if that was not just done.
    async fn follow_once(
        &self,
        store: &Store,
        is_ailing: &mut bool,
        rest_until: &mut Option<Instant>,
    ) -> Result<(), StoreError> {
        self.apply_all(store).await?;
        let is_time = rest_until.is_none_or(|until| Instant::now() >= until);
        if *is_ailing && is_time {
            let begun = Instant::now();
            self.put_roster(Roster::read(store).await?).await;
            // However much is wrong, finding it out takes but a part of the time.
            *rest_until = Some(Instant::now() + JUDGED_EVERY.max(begun.elapsed() * REST));
            *is_ailing = false;
        }
        Ok(())
    }

    /// Applies all changes there are, and reads what is wrong.
    pub async fn catch_up(&self, store: &Store) -> Result<(), StoreError> {
        self.apply_all(store).await?;
        self.put_roster(Roster::read(store).await?).await;
        Ok(())
    }

    /// Applies all changes there are. Loads everything where the log does not have the last one that was applied: it
    /// was cut, or the database lost what it had said.
    async fn apply_all(&self, store: &Store) -> Result<(), StoreError> {
        let mut mark = match self.mark() {
            Some(mark) => mark,
            None => self.load(store).await?,
        };
        loop {
            let Some(followed) = store.changes_after(&mark, FOLLOW).await? else {
                tracing::warn!(
                    applied = mark.seq,
                    "the change log does not go on from what was applied, everything is loaded again"
                );
                mark = self.load(store).await?;
                continue;
            };
            if followed.changes.is_empty() {
                return Ok(());
            }
            self.apply(followed.changes, mark.epoch).await;
            mark = followed.mark;
        }
    }

    async fn apply(&self, changes: Vec<Change>, epoch: i64) {
        let parsed = tokio::task::spawn_blocking(|| -> Vec<_> {
            changes
                .into_iter()
                .map(|change| (rows_of_change(&change), change))
                .collect()
        });
        let parsed = parsed.await.expect("reading search rows does not panic");
        // While much changes at once, an entity is judged once and not with every neighbour that comes.
        let is_burst = parsed.len() > FEW;
        let mut touched = Touched::default();
        for slice in parsed.chunks(SLICE) {
            self.apply_slice(slice, epoch, &mut touched, is_burst);
            tokio::task::yield_now().await;
        }
        for docs in touched.take().chunks(JUDGED) {
            self.judge(&mut self.write(), docs);
            tokio::task::yield_now().await;
        }
    }

    /// Applies changes and tells of them before a reader gets in: who begins to listen then knows which of them its
    /// first answers have.
    fn apply_slice(
        &self,
        slice: &[(Option<Vec<SearchRow>>, Change)],
        epoch: i64,
        touched: &mut Touched,
        is_burst: bool,
    ) {
        let Some((_, last)) = slice.last() else { return };
        let mut model = self.write();
        // Under the lock for writing no sight can come into use.
        let is_watched = !self.sights().is_empty();
        let mut applied = Vec::with_capacity(slice.len());
        for (rows, change) in slice {
            let was_there = model.by_reference(&change.reference).is_some();
            let glimpses = if is_watched {
                let docs = exchange(&mut model, change, rows.as_deref());
                self.sights().bring_forward(&model, &docs)
            } else {
                take_in(&mut model, change, rows.as_deref());
                Vec::new()
            };
            let mut keys = self.relation_keys.lock();
            keys.note_rows(rows.as_deref().unwrap_or_default());
            touched.note(&model, &keys, &change.reference, was_there);
            applied.push(AppliedChange {
                seq: change.seq,
                reference: change.reference.as_str().into(),
                kind: change.kind,
                glimpses: glimpses.into(),
            });
        }
        if !is_burst {
            self.judge(&mut model, &touched.take());
        }
        self.announce(last.mark(epoch), applied);
    }
}

/// Applies a change; the entities that it may have touched.
fn exchange(model: &mut ReadModel, change: &Change, rows: Option<&[SearchRow]>) -> Vec<u32> {
    let find = |model: &ReadModel| [model.by_uid(change.uid), model.by_reference(&change.reference)];
    let former = find(model);
    take_in(model, change, rows);
    let mut docs: Vec<u32> = former.into_iter().chain(find(model)).flatten().collect();
    docs.sort_unstable();
    docs.dedup();
    docs
}

fn take_in(model: &mut ReadModel, change: &Change, rows: Option<&[SearchRow]>) {
    match rows {
        Some(rows) => upsert(model, change.uid, rows),
        None => {
            model.remove(change.uid);
        }
    }
}

/// Everything the store serves.
async fn read_all(store: &Store) -> Result<ReadModel, StoreError> {
    let (sender, receiver) = mpsc::channel(SCAN_AHEAD);
    let building = tokio::task::spawn_blocking(move || build(receiver));
    scan(store)
        .try_for_each(|entries| async {
            // The builder ends before the scan only when it panicked; then the join below fails.
            let _ = sender.send(entries).await;
            Ok(())
        })
        .await?;
    drop(sender);
    Ok(building.await.expect("building the index does not panic"))
}

fn build(mut entries: mpsc::Receiver<Vec<Entry>>) -> ReadModel {
    let mut model = ReadModel::default();
    while let Some(entries) = entries.blocking_recv() {
        for (uid, rows) in entries {
            upsert(&mut model, uid, &rows);
        }
    }
    model.prepare_orders();
    model
}

/// All served entities, parsed on several threads.
fn scan(store: &Store) -> impl stream::Stream<Item = Result<Vec<Entry>, StoreError>> + '_ {
    let pages = stream::try_unfold(Some(ScanPosition::default()), move |position| async move {
        let Some(position) = position else { return Ok(None) };
        let (rows, next) = store.scan_finals(position, SCAN).await?;
        Ok::<_, StoreError>(Some((rows, next)))
    });
    let parse = |page: Result<Vec<FinalRow>, StoreError>| async {
        let page = page?;
        let parsing = tokio::task::spawn_blocking(move || parse_page(&page));
        Ok(parsing.await.expect("reading search rows does not panic"))
    };
    pages.map(parse).buffered(SCAN_AHEAD)
}

fn parse_page(page: &[FinalRow]) -> Vec<Entry> {
    page.iter()
        .filter_map(|row| Some((row.uid, rows_of(&row.reference, &row.json)?)))
        .collect()
}

fn rows_of_change(change: &Change) -> Option<Vec<SearchRow>> {
    rows_of(&change.reference, change.body.as_deref()?)
}

fn rows_of(reference: &str, json: &str) -> Option<Vec<SearchRow>> {
    let entity = serde_json::from_str(json).map_err(|error| error.to_string());
    let rows = entity.and_then(|entity| model::search_rows(&entity).map_err(|fault| fault.to_string()));
    rows.map_err(|error| tracing::error!(reference, error, "a stored entity cannot be indexed"))
        .ok()
}

fn upsert(model: &mut ReadModel, uid: Uuid, rows: &[SearchRow]) {
    if let Err(error) = model.upsert(uid, rows) {
        tracing::error!(%error, "a stored entity cannot be indexed");
    }
}
