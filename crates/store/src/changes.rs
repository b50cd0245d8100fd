//! The change log, which is also the history of every entity.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;
use model::LogMark;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Lane, Store, StoreError, WriteTx, nodes,
    sql::{Arg, Row, Session},
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

    /// Reads the word. Fails with [`StoreError::Malformed`] at any other.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
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

/// Entries after a mark, as far as they were read at once.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Oldest first; none when there are no more.
    pub changes: Vec<Change>,
    /// Behind the last of them.
    pub mark: LogMark,
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
    /// When.
    pub at: Timestamp,
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
const PRUNE_STEP: i64 = 1_000;

/// Most bytes of what is served that are read at once.
pub(crate) const MOST_BYTES: i64 = 16 << 20;

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

    /// The end of the log: what a full scan that is begun after this call contains.
    pub async fn log_mark(&self) -> Result<LogMark, StoreError> {
        let mut session = self.read().await?;
        let epoch = epoch(&mut session).await?;
        let text = "SELECT seq, uid, at FROM changes ORDER BY seq DESC LIMIT 1";
        let Some(row) = session.row(text, vec![]).await? else {
            return Ok(LogMark::beginning(epoch));
        };
        Ok(LogMark {
            epoch,
            seq: row.int(0)?,
            uid: row.uuid(1)?,
            at: row.int(2)?,
        })
    }

    /// Begins a new epoch: no follower goes on from what it has applied. For whoever put other data into a database by
    /// hand.
    pub async fn begin_epoch(&self) -> Result<(), StoreError> {
        let chance = Uuid::new_v4().as_u64_pair().0.cast_signed();
        let text = "UPDATE log_epoch SET epoch = ?";
        self.write_one(Lane::Person, text, vec![chance.into()])
            .await
            .map(drop)
    }

    /// Whether the entry of a mark is in the log.
    pub async fn has_mark(&self, mark: &LogMark) -> Result<bool, StoreError> {
        Ok(self.changes_after(mark, 0).await?.is_some())
    }

    /// Entries after a mark, at most `limit` and at most about 16 MiB of them. Nothing when the log does not have the
    /// entry of the mark: it was cut, or it is another one. Then a follower must start from a full scan.
    pub async fn changes_after(&self, mark: &LogMark, limit: usize) -> Result<Option<Followed>, StoreError> {
        let mut session = self.read().await?;
        let text = "SELECT c.seq, c.uid, c.at, c.reference, c.kind, cast(octet_length(n.final_json) AS bigint), \
             (SELECT epoch FROM log_epoch) FROM changes c \
             LEFT JOIN nodes n ON n.uid = c.uid WHERE c.seq >= ? ORDER BY c.seq LIMIT ?";
        let arguments = vec![mark.seq.into(), limit.saturating_add(1).into()];
        let rows = session.rows(text, arguments).await?;
        if !is_before(mark, &rows, &mut session).await? {
            return Ok(None);
        }
        let rows = &rows[usize::from(mark.seq > 0).min(rows.len())..];
        let rows = &rows[..within_budget(rows)?.min(limit)];
        let changes = with_bodies(&mut session, rows).await?;
        let mark = changes.last().map_or(*mark, |last| last.mark(mark.epoch));
        Ok(Some(Followed { changes, mark }))
    }

    /// Entries after `seq`, oldest first, at most `limit`; for whoever was not following.
    pub async fn changes_since(&self, seq: Seq, limit: usize) -> Result<Vec<Change>, StoreError> {
        let mut session = self.read().await?;
        let text = "SELECT c.seq, c.uid, c.at, c.reference, c.kind, cast(octet_length(n.final_json) AS bigint) FROM changes c \
             LEFT JOIN nodes n ON n.uid = c.uid WHERE c.seq > ? ORDER BY c.seq LIMIT ?";
        let rows = session.rows(text, vec![seq.into(), limit.into()]).await?;
        let rows = &rows[..within_budget(&rows)?];
        with_bodies(&mut session, rows).await
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

    /// Entries of all entities, newest first, with a number below `before`, at most `limit` and at most about 16 MiB of
    /// them, but one at least where there is one.
    pub async fn log_before(&self, before: Option<Seq>, limit: usize) -> Result<Vec<HistoryRow>, StoreError> {
        let mut session = self.read().await?;
        let below = before.unwrap_or(Seq::MAX);
        let text = "SELECT seq, cast(octet_length(diff) + coalesce(octet_length(body_before), 0) AS bigint) FROM changes \
             WHERE seq < ? ORDER BY seq DESC LIMIT ?";
        let sizes = session.rows(text, vec![below.into(), limit.into()]).await?;
        let (mut oldest, mut bytes) = (None, 0);
        for size in &sizes {
            bytes += size.int(1)?;
            if bytes > MOST_BYTES && oldest.is_some() {
                break;
            }
            oldest = Some(size.int(0)?);
        }
        let Some(oldest) = oldest else {
            return Ok(Vec::new());
        };
        let text = "SELECT seq, reference, uid, kind, at, cause, diff, body_before FROM changes \
             WHERE seq >= ? AND seq < ? ORDER BY seq DESC";
        let rows = session.rows(text, vec![oldest.into(), below.into()]).await?;
        rows.iter().map(history_row).collect()
    }

    /// How many entries of one entity are kept up to a number, with it.
    pub async fn history_length(&self, reference: &str, up_to: Seq) -> Result<usize, StoreError> {
        let text = "SELECT count(*) FROM changes WHERE reference = ? AND seq <= ?";
        let arguments = vec![reference.into(), up_to.into()];
        let count = last_seq(self.read().await?.row(text, arguments).await?)?;
        Ok(usize::try_from(count).unwrap_or_default())
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
            let mut tx = self.write(Lane::Bulk).await?;
            gone += tx
                .session
                .execute("DELETE FROM changes WHERE seq < ?", vec![step.into()])
                .await?;
            tx.commit().await?;
        }
        Ok(gone)
    }
}

impl Change {
    /// The place of this entry in the log of an epoch.
    pub fn mark(&self, epoch: i64) -> LogMark {
        LogMark {
            epoch,
            seq: self.seq,
            uid: self.uid,
            at: self.at.as_microsecond(),
        }
    }
}

/// Whether the rows, which begin with the entry of the mark if there is one, go on from it.
async fn is_before(mark: &LogMark, rows: &[Row], session: &mut Session) -> Result<bool, StoreError> {
    let Some(first) = rows.first() else {
        return Ok(mark.seq == 0 && mark.epoch == epoch(session).await?);
    };
    let is_entry = match mark.seq {
        0 => first.int(0)? == 1,
        seq => first.int(0)? == seq && first.uuid(1)? == mark.uid && first.int(2)? == mark.at,
    };
    Ok(is_entry && first.int(6)? == mark.epoch)
}

async fn epoch(session: &mut Session) -> Result<i64, StoreError> {
    let row = session.row("SELECT epoch FROM log_epoch", vec![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// How many of the rows, one at least, have bodies that together are not too large; each entity counts once.
fn within_budget(rows: &[Row]) -> Result<usize, StoreError> {
    let (mut seen, mut bytes) = (HashSet::new(), 0);
    for (index, row) in rows.iter().enumerate() {
        if seen.insert(row.uuid(1)?) {
            bytes += row.maybe_int(5)?.unwrap_or(0);
        }
        if bytes > MOST_BYTES && index > 0 {
            return Ok(index);
        }
    }
    Ok(rows.len())
}

/// Entries with what is served of their entities, which is read once for each.
async fn with_bodies(session: &mut Session, rows: &[Row]) -> Result<Vec<Change>, StoreError> {
    let uids: HashSet<Uuid> = rows.iter().map(|row| row.uuid(1)).collect::<Result<_, _>>()?;
    let uids: Vec<Uuid> = uids.into_iter().collect();
    let bodies = nodes::bodies(session, &uids).await?;
    let change = |row: &Row| {
        let uid = row.uuid(1)?;
        Ok(Change {
            seq: row.int(0)?,
            reference: row.text(3)?,
            uid,
            kind: ChangeKind::parse(&row.text(4)?)?,
            at: row.time(2)?,
            body: bodies.get(&uid).cloned(),
        })
    };
    rows.iter().map(change).collect()
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
