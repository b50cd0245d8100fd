//! Entities whose served form is still to be made again, kept so that a crash does not forget them.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Store, StoreError, WriteTx,
    sql::{Arg, Row},
};

impl WriteTx {
    /// Has these entities stitched later, each for its reason. For those already waiting the new reason
    /// counts if `is_own`: then it is their own change and not that of a neighbour. No reference may occur
    /// twice.
    pub async fn put_off_stitching(
        &mut self,
        entities: &[(&str, &Value)],
        is_own: bool,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let head = "INSERT INTO stitches (reference, cause, since) VALUES";
        let tail = if is_own {
            "ON CONFLICT (reference) DO UPDATE SET cause = excluded.cause"
        } else {
            "ON CONFLICT DO NOTHING"
        };
        let row = |(reference, cause): &(&str, &Value)| {
            Ok(vec![(*reference).into(), Arg::json(cause)?, since.into()])
        };
        self.session.insert(head, tail, entities, row).await.map(drop)
    }

    /// Takes entities that wait for being stitched, at most `limit`, each with the reason.
    pub async fn take_stitches(&mut self, limit: usize) -> Result<Vec<(String, Value)>, StoreError> {
        let text = "DELETE FROM stitches WHERE reference IN \
             (SELECT reference FROM stitches ORDER BY reference LIMIT ?) RETURNING reference, cause";
        let rows = self.session.rows(text, vec![limit.into()]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.json(1)?))).collect()
    }
}

impl Store {
    /// Since when the longest-waiting entity has been waiting for being stitched.
    pub async fn stitches_since(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = self
            .read()
            .await?
            .row("SELECT min(since) FROM stitches", vec![])
            .await?;
        row.as_ref().map_or(Ok(None), |row: &Row| row.maybe_time(0))
    }
}
