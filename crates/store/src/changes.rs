//! The change log, which is also the history of every entity.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Store, StoreError, WriteTx,
    sql::{Arg, Row},
};

/// Number of an entry: 1, 2, 3, … in the order of commits, without gaps.
pub type Seq = i64;

/// What happened to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It is served for the first time.
    Created,
    /// It is served in another form.
    Changed,
    /// Nobody declares it any more, but it is still served.
    Orphaned,
    /// Somebody declares it again.
    Adopted,
    /// It is served no more.
    Deleted,
}

impl ChangeKind {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Orphaned => "orphaned",
            Self::Adopted => "adopted",
            Self::Deleted => "deleted",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        [
            Self::Created,
            Self::Changed,
            Self::Orphaned,
            Self::Adopted,
            Self::Deleted,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| StoreError::malformed("change kind", text))
    }
}

/// An entry to append.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// The entity.
    pub reference: String,
    /// Its id.
    pub uid: Uuid,
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
    /// Why: which source, which commit, which request.
    pub cause: Value,
    /// Changed fields, a list of `{path, before, after}`.
    pub diff: Value,
    /// The last served form of a deleted entity.
    pub body_before: Option<String>,
}

/// An entry as followers read it.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its number.
    pub seq: Seq,
    /// The entity.
    pub reference: String,
    /// Its id.
    pub uid: Uuid,
    /// What happened.
    pub kind: ChangeKind,
    /// What is served now, which may be newer than the entry; `None` when nothing is.
    pub body: Option<Arc<str>>,
}

/// An entry as history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// Its number.
    pub seq: Seq,
    /// The entity.
    pub reference: String,
    /// Its id at that time.
    pub uid: Uuid,
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Value,
    /// Changed fields.
    pub diff: Value,
    /// The last served form of a deleted entity.
    pub body_before: Option<String>,
}

/// Entries kept for followers however old they are.
const KEPT_FOR_FOLLOWERS: i64 = 10_000;

/// Most entries forgotten in one transaction.
const PRUNE_STEP: i64 = 5_000;

impl WriteTx {
    /// Appends entries in the given order.
    pub async fn append_changes(&mut self, changes: &[NewChange]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        let before = match self.last_seq {
            Some(seq) => seq,
            None => last_seq(self.session.row(LAST, vec![]).await?)?,
        };
        let numbered: Vec<(Seq, &NewChange)> = (before + 1..).zip(changes).collect();
        let head = "INSERT INTO changes (seq, reference, uid, kind, at, cause, diff, body_before) VALUES";
        self.session
            .insert(head, "", &numbered, |(seq, change)| {
                Ok(vec![
                    (*seq).into(),
                    Arg::from(&change.reference),
                    change.uid.into(),
                    change.kind.as_str().into(),
                    change.at.into(),
                    Arg::json(&change.cause)?,
                    Arg::json(&change.diff)?,
                    Arg::from(&change.body_before),
                ])
            })
            .await?;
        self.last_seq = numbered.last().map(|(seq, _)| *seq);
        self.appended = true;
        Ok(())
    }
}

const LAST: &str = "SELECT coalesce(max(seq), 0) FROM changes";

fn last_seq(row: Option<Row>) -> Result<Seq, StoreError> {
    row.map_or(Ok(0), |row| row.int(0))
}

impl Store {
    /// Number of the last entry, 0 when there is none.
    pub async fn last_seq(&self) -> Result<Seq, StoreError> {
        last_seq(self.read().await?.row(LAST, vec![]).await?)
    }

    /// Number of the oldest entry still there, 0 when there is none. A follower that has read less
    /// than its predecessor must start from a full scan.
    pub async fn oldest_seq(&self) -> Result<Seq, StoreError> {
        last_seq(
            self.read()
                .await?
                .row("SELECT coalesce(min(seq), 0) FROM changes", vec![])
                .await?,
        )
    }

    /// The entity and the time of an entry; nothing when there is none of this number, or no longer.
    pub async fn change_at(&self, seq: Seq) -> Result<Option<(Uuid, Timestamp)>, StoreError> {
        let text = "SELECT uid, at FROM changes WHERE seq = ?";
        let row = self.read().await?.row(text, vec![seq.into()]).await?;
        row.map(|row| Ok((row.uuid(0)?, row.time(1)?))).transpose()
    }

    /// Entries after `seq`, oldest first, at most `limit`.
    pub async fn changes_since(&self, seq: Seq, limit: usize) -> Result<Vec<Change>, StoreError> {
        let text = "SELECT c.seq, c.reference, c.uid, c.kind, n.final_json FROM changes c \
             LEFT JOIN nodes n ON n.uid = c.uid WHERE c.seq > ? ORDER BY c.seq LIMIT ?";
        let rows = self
            .read()
            .await?
            .rows(text, vec![seq.into(), limit.into()])
            .await?;
        let change = |row: &Row| {
            Ok(Change {
                seq: row.int(0)?,
                reference: row.text(1)?,
                uid: row.uuid(2)?,
                kind: ChangeKind::parse(&row.text(3)?)?,
                body: row.maybe_text(4)?.map(Arc::from),
            })
        };
        rows.iter().map(change).collect()
    }

    /// Entries of one entity, newest first, with a number below `before`, at most `limit`.
    pub async fn history(
        &self,
        reference: &str,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let text = "SELECT seq, reference, uid, kind, at, cause, diff, body_before FROM changes \
             WHERE reference = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
        let arguments = vec![reference.into(), before.unwrap_or(Seq::MAX).into(), limit.into()];
        self.read()
            .await?
            .rows(text, arguments)
            .await?
            .iter()
            .map(history_row)
            .collect()
    }

    /// Forgets entries older than `before`, except the last few thousand, which followers may still
    /// have to read. Only the beginning of the log is ever cut. How many went.
    ///
    /// Goes in small steps, between which others can write.
    pub async fn history_prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        let text = "SELECT seq FROM changes WHERE at >= ? ORDER BY seq LIMIT 1";
        let row = self.read().await?.row(text, vec![before.into()]).await?;
        let first_recent = row.map_or(Ok(Seq::MAX), |row| row.int(0))?;
        let end = first_recent.min(self.last_seq().await? - KEPT_FOR_FOLLOWERS + 1);
        let mut gone = 0;
        while self.oldest_seq().await? < end {
            let step = end.min(self.oldest_seq().await? + PRUNE_STEP);
            let mut tx = self.write().await?;
            gone += tx
                .session
                .execute("DELETE FROM changes WHERE seq < ?", vec![step.into()])
                .await?;
            tx.commit().await?;
        }
        Ok(gone)
    }
}

fn history_row(row: &Row) -> Result<HistoryRow, StoreError> {
    Ok(HistoryRow {
        seq: row.int(0)?,
        reference: row.text(1)?,
        uid: row.uuid(2)?,
        kind: ChangeKind::parse(&row.text(3)?)?,
        at: row.time(4)?,
        cause: row.json(5)?,
        diff: row.json(6)?,
        body_before: row.maybe_text(7)?,
    })
}
