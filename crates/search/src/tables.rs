//! The tables of touched entities, and all SQL about them.
//!
//! An entity is touched when what can be found of it changed without a change of the catalog. Numbers of touches grow in
//! the order of commits, because the row that gives them is locked until then; they are times, so that those of a
//! restored database do not repeat what was given away before.

use std::collections::BTreeSet;

use jiff::Timestamp;
use store::{Migration, Session, StoreError, Tx};

/// The tables of the plugin.
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "
CREATE TABLE search_touches (last BIGINT NOT NULL, forgotten BIGINT NOT NULL);
INSERT INTO search_touches (last, forgotten) VALUES (0, 0);
CREATE TABLE search_touched (reference TEXT PRIMARY KEY, number BIGINT NOT NULL);
CREATE INDEX search_touched_number ON search_touched (number);
",
}];

/// Touches that are forgotten with each new one, so that the table shrinks to what is kept.
const FORGOTTEN_AT_ONCE: i64 = 1_000;

/// Notes that entities were touched, each with a number of its own.
pub(crate) async fn touch(
    tx: &mut Tx,
    references: &BTreeSet<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let count = i64::try_from(references.len()).unwrap_or(i64::MAX);
    let text =
        "UPDATE search_touches SET last = (CASE WHEN last < ? THEN ? ELSE last END) + ? RETURNING last";
    let row = tx.row(text, vec![now.into(), now.into(), count.into()]).await?;
    let last = row.map_or(Ok(0), |row| row.int(0))?;
    let numbered: Vec<(&String, i64)> = references.iter().zip(last - count + 1..).collect();
    let head = "INSERT INTO search_touched (reference, number) VALUES";
    let tail = "ON CONFLICT (reference) DO UPDATE SET number = excluded.number";
    tx.insert(head, tail, &numbered, |(reference, number)| {
        Ok(vec![(*reference).into(), (*number).into()])
    })
    .await
    .map(drop)
}

/// Forgets some of the touches before a number.
pub(crate) async fn forget(tx: &mut Tx, before: i64) -> Result<(), StoreError> {
    let text = "DELETE FROM search_touched WHERE reference IN \
         (SELECT reference FROM search_touched WHERE number < ? ORDER BY number LIMIT ?) RETURNING number";
    let rows = tx
        .rows(text, vec![before.into(), FORGOTTEN_AT_ONCE.into()])
        .await?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
    if let Some(last) = numbers.into_iter().max() {
        let text = "UPDATE search_touches SET forgotten = ?";
        tx.execute(text, vec![last.into()]).await?;
    }
    Ok(())
}

/// Which touches there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Number of the last touch; 0 before the first.
    pub last: i64,
    /// Number of the last touch that is no longer kept; 0 before the first.
    pub forgotten: i64,
}

impl Kept {
    /// Whether an index that is up to a touch can go on from it: all that came later are kept, and it was made in this
    /// database.
    pub(crate) fn goes_on_from(self, touched: i64) -> bool {
        (self.forgotten..=self.last).contains(&touched)
    }
}

/// Which touches there are.
pub(crate) async fn kept(session: &mut Session) -> Result<Kept, StoreError> {
    let row = session
        .row("SELECT last, forgotten FROM search_touches", vec![])
        .await?;
    let nothing = Kept {
        last: 0,
        forgotten: 0,
    };
    row.map_or(Ok(nothing), |row| {
        Ok(Kept {
            last: row.int(0)?,
            forgotten: row.int(1)?,
        })
    })
}

/// Entities touched after a number, oldest first, with the numbers.
pub(crate) async fn touched(
    session: &mut Session,
    after: i64,
    limit: usize,
) -> Result<Vec<(String, i64)>, StoreError> {
    let text = "SELECT reference, number FROM search_touched WHERE number > ? ORDER BY number LIMIT ?";
    let rows = session.rows(text, vec![after.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}
