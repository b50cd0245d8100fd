//! Reading everything that is served, in pieces, to build an index from.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Session, Store, StoreError, changes::MOST_BYTES};

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
    /// The next served entities after a position, at most `limit` and at most about 16 MiB of them, and where to go
    /// on; `None` at the end.
    ///
    /// A scan is not a snapshot: read [`Store::log_mark`] before it and follow the change log from there.
    pub async fn scan_finals(
        &self,
        after: ScanPosition,
        limit: usize,
    ) -> Result<(Vec<FinalRow>, Option<ScanPosition>), StoreError> {
        let mut session = self.read().await?;
        let Some(end) = end_of_piece(&mut session, after, limit).await? else {
            return Ok((Vec::new(), None));
        };
        let text = "SELECT uid, reference, final_json, updated_at FROM nodes \
             WHERE final_json IS NOT NULL AND number > ? AND number <= ? ORDER BY number";
        let rows = session.rows(text, vec![after.0.into(), end.0.into()]).await?;
        let found = rows
            .iter()
            .map(|row| {
                Ok(FinalRow {
                    uid: row.uuid(0)?,
                    reference: row.text(1)?,
                    json: row.text(2)?,
                    changed_at: row.time(3)?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok((found, Some(end)))
    }
}

/// The last of the next entities that are read at once; nothing at the end.
async fn end_of_piece(
    session: &mut Session,
    after: ScanPosition,
    limit: usize,
) -> Result<Option<ScanPosition>, StoreError> {
    let text = "SELECT number, cast(octet_length(final_json) AS bigint) FROM nodes \
         WHERE final_json IS NOT NULL AND number > ? ORDER BY number LIMIT ?";
    let rows = session.rows(text, vec![after.0.into(), limit.into()]).await?;
    let (mut end, mut bytes) = (None, 0);
    for row in &rows {
        bytes += row.int(1)?;
        if bytes > MOST_BYTES && end.is_some() {
            break;
        }
        end = Some(ScanPosition(row.int(0)?));
    }
    Ok(end)
}
