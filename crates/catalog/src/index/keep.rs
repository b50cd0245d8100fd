//! When the index is saved as a file and when the file is good enough to start from.

use std::time::Duration;

use store::{LogMark, Store, StoreError};
use tokio::time::Instant;

use super::handle::Index;
use read_model::ReadModel;

/// Fewest changes for which a snapshot is saved while the portal runs.
const MANY: u64 = 1_000;
/// Share of the entities that must have changed for that.
const SHARE_TO_SAVE: u64 = 10;
/// Share of the entities whose changes are read after a snapshot; reading everything is quicker otherwise.
const SHARE_TO_READ: u64 = 2;
/// Shortest time between two snapshots of a catalog that never rests.
const PAUSE: Duration = Duration::from_mins(5);
/// After this time few changes are worth a snapshot, too.
const LONGEST: Duration = Duration::from_mins(30);

/// The last snapshot, or the last that could not be saved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Saved {
    mark: LogMark,
    at: Instant,
}

impl Index {
    /// Whether so much has changed since the last snapshot that the next start would notice. While changes keep coming
    /// it is saved now and then, and not as soon as there are enough of them.
    pub(super) fn is_worth_saving(&self, is_quiet: bool) -> bool {
        let (Some(_), Some(mark)) = (self.snapshot(), self.mark()) else {
            return false;
        };
        let saved = *self.saved.lock();
        let changes = mark.seq.abs_diff(saved.map_or(0, |saved| saved.mark.seq));
        let has_many = changes >= MANY.max(self.read().len() / SHARE_TO_SAVE);
        let age = saved.map(|saved| saved.at.elapsed());
        let is_old = |limit| age.is_none_or(|age| age >= limit);
        (has_many && (is_quiet || is_old(PAUSE))) || (changes > 0 && age.is_some() && is_old(LONGEST))
    }

    /// Saves a snapshot, if there is a place for it and anything new.
    pub(super) async fn save(&self) {
        let (Some(file), Some(mark)) = (self.snapshot().cloned(), self.mark()) else {
            return;
        };
        if self.saved.lock().is_some_and(|saved| saved.mark == mark) {
            return;
        }
        let (model, applied) = (self.shared(), self.marks());
        let saving = tokio::task::spawn_blocking(move || {
            let path = file.path().display();
            let model = model.read();
            // Under the lock: the model may be ahead of its mark, never behind, and both are of one log.
            let mark = applied.borrow().unwrap_or(mark);
            match file.save(&model, mark) {
                Ok(()) => tracing::debug!(file = %path, seq = mark.seq, "catalog index saved"),
                Err(error) => tracing::warn!(file = %path, %error, "the catalog index cannot be saved"),
            }
            mark
        });
        let mark = saving.await.expect("saving the index does not panic");
        self.note_saved(mark);
    }

    fn note_saved(&self, mark: LogMark) {
        let at = Instant::now();
        *self.saved.lock() = Some(Saved { mark, at });
    }

    /// The last snapshot, if it is of this database and not too old.
    pub(super) async fn restored(
        &self,
        store: &Store,
        last: &LogMark,
    ) -> Result<Option<(ReadModel, LogMark)>, StoreError> {
        let Some(file) = self.snapshot().cloned() else {
            return Ok(None);
        };
        let reading = tokio::task::spawn_blocking(move || {
            file.read().unwrap_or_else(|error| {
                let path = file.path().display();
                tracing::warn!(file = %path, %error, "the saved catalog index is of no use, every entity is read");
                None
            })
        });
        let Some((model, mark)) = reading.await.expect("reading the index does not panic") else {
            return Ok(None);
        };
        let is_near = last.seq.abs_diff(mark.seq) <= MANY.max(model.len() / SHARE_TO_READ);
        if !is_near || !store.has_mark(&mark).await? {
            return Ok(None);
        }
        self.note_saved(mark);
        Ok(Some((model, mark)))
    }
}
