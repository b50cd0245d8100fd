//! Entities whose served form is still to be made again, kept so that a crash does not forget them.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Store, StoreError, WriteTx,
    sql::{Arg, Row},
};

/// Once through everything that waits. What is put off meanwhile, perhaps once more, is left for the next
/// round; otherwise entities that many others name would be stitched for each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StitchRound {
    behind: String,
    until: Timestamp,
    only_new: bool,
}

impl StitchRound {
    /// Takes what was put off until now.
    pub fn new(now: Timestamp) -> Self {
        Self {
            behind: String::new(),
            until: now,
            only_new: false,
        }
    }

    /// Leaves those out that are served already and only get more relations.
    pub fn of_new_entities(now: Timestamp) -> Self {
        Self {
            only_new: true,
            ..Self::new(now)
        }
    }

    /// Whether it takes everything, not only what is not served yet.
    pub fn is_full(&self) -> bool {
        !self.only_new
    }

    /// When it began: what was put off since is left to the next.
    pub fn begun(&self) -> Timestamp {
        self.until
    }
}

impl WriteTx {
    /// Has these entities stitched later, each for its reason. `is_new` says that they are not served yet;
    /// then the new reason counts for those already waiting, too: it is their own and not a neighbour's. No
    /// reference may occur twice.
    pub async fn put_off_stitching(
        &mut self,
        entities: &[(&str, &Value)],
        is_new: bool,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let head = "INSERT INTO stitches (reference, cause, since, is_new) VALUES";
        let tail = if is_new {
            "ON CONFLICT (reference) DO UPDATE SET cause = excluded.cause, is_new = excluded.is_new"
        } else {
            "ON CONFLICT DO NOTHING"
        };
        let row = |(reference, cause): &(&str, &Value)| {
            Ok(vec![
                (*reference).into(),
                Arg::json(cause)?,
                since.into(),
                is_new.into(),
            ])
        };
        self.session.insert(head, tail, entities, row).await.map(drop)
    }

    /// Takes entities of a round, at most `limit`, each with the reason; the round goes on behind them.
    pub async fn take_stitches(
        &mut self,
        round: &mut StitchRound,
        limit: usize,
    ) -> Result<Vec<(String, Value)>, StoreError> {
        let text = "DELETE FROM stitches WHERE reference IN (SELECT reference FROM stitches \
             WHERE reference > ? AND since <= ? AND is_new >= ? ORDER BY reference LIMIT ?) \
             RETURNING reference, cause";
        let arguments = vec![
            Arg::from(&round.behind),
            round.until.into(),
            round.only_new.into(),
            limit.into(),
        ];
        let rows = self.session.rows(text, arguments).await?;
        let taken: Vec<(String, Value)> = rows
            .iter()
            .map(|row| Ok((row.text(0)?, row.json(1)?)))
            .collect::<Result<_, StoreError>>()?;
        if let Some((last, _)) = taken.iter().max_by_key(|(reference, _)| reference) {
            round.behind.clone_from(last);
        }
        Ok(taken)
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
