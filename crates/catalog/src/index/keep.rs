//! When the index is saved as a file and when the file is good enough to start from.

use std::sync::atomic::Ordering;

use store::{Seq, Store, StoreError};

use super::handle::Index;
use read_model::ReadModel;
use read_model::Stamp;

/// Fewest changes for which a snapshot is saved while the portal runs.
const MANY: u64 = 1_000;
/// Share of the entities that must have changed for that.
const SHARE_TO_SAVE: u64 = 10;
/// Share of the entities whose changes are read after a snapshot; reading everything is quicker otherwise.
const SHARE_TO_READ: u64 = 2;

impl Index {
    /// Whether so much has changed since the last snapshot that the next start would notice.
    pub(super) fn is_worth_saving(&self) -> bool {
        let saved = self.saved.load(Ordering::Relaxed);
        let changes = self.applied().unwrap_or(0).abs_diff(saved);
        self.snapshot().is_some() && changes >= MANY.max(self.read().len() / SHARE_TO_SAVE)
    }

    /// Saves a snapshot, if there is a place for it and anything new.
    pub(super) async fn save(&self, store: &Store) {
        let (Some(file), Some(applied)) = (self.snapshot().cloned(), self.applied()) else {
            return;
        };
        if applied == self.saved.load(Ordering::Relaxed) {
            return;
        }
        // Without the database there will be nothing to start from either.
        let Ok(Some(stamp)) = stamp_of(store, applied).await else {
            return;
        };
        let model = self.shared();
        let saving = tokio::task::spawn_blocking(move || {
            let path = file.path().display();
            match file.save(&model.read(), stamp) {
                Ok(()) => tracing::debug!(file = %path, seq = stamp.seq, "catalog index saved"),
                Err(error) => tracing::warn!(file = %path, %error, "the catalog index cannot be saved"),
            }
        });
        saving.await.expect("saving the index does not panic");
        self.saved.store(applied, Ordering::Relaxed);
    }

    /// The last snapshot, if it is of this database and not too old.
    pub(super) async fn restored(
        &self,
        store: &Store,
        last: Seq,
    ) -> Result<Option<(ReadModel, Seq)>, StoreError> {
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
        let Some((model, stamp)) = reading.await.expect("reading the index does not panic") else {
            return Ok(None);
        };
        let is_near = last.abs_diff(stamp.seq) <= MANY.max(model.len() / SHARE_TO_READ);
        if !is_near || stamp_of(store, stamp.seq).await? != Some(stamp) {
            return Ok(None);
        }
        self.saved.store(stamp.seq, Ordering::Relaxed);
        Ok(Some((model, stamp.seq)))
    }
}

/// The stamp of a change; nothing when the log does not have it.
async fn stamp_of(store: &Store, seq: Seq) -> Result<Option<Stamp>, StoreError> {
    let change = store.change_at(seq).await?;
    Ok(change.map(|(uid, at)| Stamp {
        seq,
        uid,
        at: at.as_millisecond(),
    }))
}
