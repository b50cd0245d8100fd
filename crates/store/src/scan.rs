//! Reading everything that is served, in pieces, to build an index from.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Store, StoreError};

/// Where a scan stands; the beginning by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanPosition(i64);

/// One served entity.
#[derive(Debug, Clone)]
pub struct FinalRow {
    /// Its id.
    pub uid: Uuid,
    /// Its reference.
    pub reference: String,
    /// What is served.
    pub json: String,
    /// When it last changed.
    pub changed_at: Timestamp,
}

impl Store {
    /// The next served entities after a position, and where to go on; `None` at the end.
    ///
    /// A scan is not a snapshot: read [`Store::last_seq`] before it and follow the change log from there.
    pub async fn scan_finals(
        &self,
        after: ScanPosition,
        limit: usize,
    ) -> Result<(Vec<FinalRow>, Option<ScanPosition>), StoreError> {
        let text = "SELECT number, uid, reference, final_json, updated_at FROM nodes \
             WHERE final_json IS NOT NULL AND number > ? ORDER BY number LIMIT ?";
        let rows = self
            .read()
            .await?
            .rows(text, vec![after.0.into(), limit.into()])
            .await?;
        let next = rows.last().map(|row| row.int(0).map(ScanPosition)).transpose()?;
        let found = rows
            .iter()
            .map(|row| {
                Ok(FinalRow {
                    uid: row.uuid(1)?,
                    reference: row.text(2)?,
                    json: row.text(3)?,
                    changed_at: row.time(4)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok((found, next))
    }
}
