//! Every version of an entity, with cause and difference.
//!
//! Stored are the differences, and the whole body only of what was deleted. A version is made by
//! walking back from what is served now, or from the last body before a deletion.
//!
//! A sight that hides something shows the history of an entity that it sees now, or of a deleted one whose last form
//! it would see: every entry, but of what changed only that between two forms that it would see, and of the versions
//! only those.

mod feed;
mod told;

use jiff::Timestamp;
use model::{Fault, diff, js};
use serde::Serialize;
use serde_json::Value;
use store::{ChangeKind, HistoryRow, Seq};

use crate::query::View;
use crate::store_fault;

pub use feed::{Feed, FeedEntry};
pub use told::{ChangeClass, RelationChange, Told};

/// Entries read at once while walking back.
const PAGE: usize = 200;

/// One entry of an entity's history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionSummary {
    /// Number of the change; names the version it made.
    pub seq: Seq,
    /// Which of the entity's versions it is: 1 for the oldest that is kept, 2, 3, …
    pub number: usize,
    /// What happened: created, changed, orphaned, adopted or deleted.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Which source, which commit: free-form.
    pub cause: Value,
    /// Who is behind it, as far as the changes tell: the descriptor, relations of others, or the status.
    pub class: &'static str,
    /// What changed, field by field.
    pub changes: Vec<diff::Change>,
}

/// An entity as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Number of the change that made it.
    pub seq: Seq,
    /// Which of the entity's versions it is, as in [`VersionSummary`].
    pub number: usize,
    /// The entity as served then; `None` after a deletion.
    pub entity: Option<Value>,
}

impl View<'_> {
    /// Newest entries of an entity's history before `before`.
    pub async fn history(
        &self,
        entity_ref: &str,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<VersionSummary>, Fault> {
        let reference = js::lowercase(entity_ref);
        if self.sight.is_everything() {
            let rows = self.rows(&reference, before, limit).await?;
            let found = rows.into_iter().map(|row| summary(row, true)).collect();
            return self.numbered(&reference, found).await;
        }
        if !self.exists(&reference).await? {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let mut walk = self.walk(&reference).await?;
        while found.len() < limit
            && let Some(step) = walk.next().await?
        {
            if before.is_some_and(|before| step.row.seq >= before) {
                continue;
            }
            let passes = |form: &Option<Value>| form.as_ref().is_none_or(|form| self.sight.sees(form));
            let is_shown = passes(&step.after) && passes(&walk.entity);
            found.push(summary(step.row, is_shown));
        }
        self.numbered(&reference, found).await
    }

    /// Numbers versions that follow each other, the newest first.
    async fn numbered(
        &self,
        reference: &str,
        mut versions: Vec<VersionSummary>,
    ) -> Result<Vec<VersionSummary>, Fault> {
        let Some(newest) = versions.first() else {
            return Ok(versions);
        };
        let length = self.catalog.store().history_length(reference, newest.seq).await;
        let length = length.map_err(|error| store_fault(&error))?;
        for (behind, version) in versions.iter_mut().enumerate() {
            version.number = length.saturating_sub(behind);
        }
        Ok(versions)
    }

    /// Whether anything declares the entity, or did and left it behind; it may be one that was never served. One
    /// that a sight hides does not exist.
    pub async fn exists(&self, entity_ref: &str) -> Result<bool, Fault> {
        let reference = js::lowercase(entity_ref);
        if self.sight.is_everything() {
            let node = self.catalog.store().node(&reference).await;
            return Ok(node.map_err(|error| store_fault(&error))?.is_some());
        }
        if self.is_in_sight(&reference) {
            return Ok(true);
        }
        let last = self.rows(&reference, None, 1).await?.pop();
        let body = last
            .filter(|row| row.kind == ChangeKind::Deleted)
            .and_then(|row| row.body_before);
        let form: Option<Value> = body.and_then(|text| serde_json::from_str(&text).ok());
        Ok(form.is_some_and(|form| self.sight.sees(&form)))
    }

    /// The entity as the change `seq` left it. Fails with `NotFoundError` when that is not known (any more).
    pub async fn version(&self, entity_ref: &str, seq: Seq) -> Result<Version, Fault> {
        let reference = js::lowercase(entity_ref);
        let unknown = || Fault::not_found(format!("No version {seq} of {entity_ref} is kept"));
        if !self.sight.is_everything() && !self.exists(&reference).await? {
            return Err(unknown());
        }
        let mut walk = self.walk(&reference).await?;
        while let Some(step) = walk.next().await? {
            if step.row.seq == seq {
                let is_hidden = step.after.as_ref().is_some_and(|form| !self.sight.sees(form));
                let entity = step.after;
                return if is_hidden {
                    Err(unknown())
                } else {
                    let number = self.catalog.store().history_length(&reference, seq).await;
                    let number = number.map_err(|error| store_fault(&error))?;
                    Ok(Version { seq, number, entity })
                };
            }
            if step.row.seq < seq {
                break;
            }
        }
        Err(unknown())
    }

    /// Begins to go back from the newest form.
    async fn walk<'a>(&'a self, reference: &'a str) -> Result<Walk<'a>, Fault> {
        Ok(Walk {
            view: self,
            reference,
            entity: self.current_with_history(reference).await?,
            rows: Vec::new().into_iter(),
            before: None,
        })
    }

    /// The served form that belongs to the newest entry of the history.
    async fn current_with_history(&self, reference: &str) -> Result<Option<Value>, Fault> {
        let mut newest = self.rows(reference, None, 1).await?;
        loop {
            let node = self.catalog.store().node(reference).await;
            let node = node.map_err(|error| store_fault(&error))?;
            let seen = std::mem::replace(&mut newest, self.rows(reference, None, 1).await?);
            if seen == newest {
                let body = node.and_then(|node| node.final_json);
                return Ok(body.and_then(|text| serde_json::from_str(&text).ok()));
            }
        }
    }

    async fn rows(
        &self,
        reference: &str,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<HistoryRow>, Fault> {
        let rows = self.catalog.store().history(reference, before, limit).await;
        rows.map_err(|error| store_fault(&error))
    }
}

/// A way back through the forms of an entity, the newest first.
struct Walk<'a> {
    view: &'a View<'a>,
    reference: &'a str,
    /// The form before the last step.
    entity: Option<Value>,
    rows: std::vec::IntoIter<HistoryRow>,
    before: Option<Seq>,
}

/// One step back.
struct Step {
    row: HistoryRow,
    /// The form that the change left.
    after: Option<Value>,
}

impl Walk<'_> {
    async fn next(&mut self) -> Result<Option<Step>, Fault> {
        if self.rows.as_slice().is_empty() {
            let rows = self.view.rows(self.reference, self.before, PAGE).await?;
            self.rows = rows.into_iter();
        }
        let Some(mut row) = self.rows.next() else {
            return Ok(None);
        };
        self.before = Some(row.seq);
        let after = self.entity.clone();
        self.entity = step_back(self.entity.take(), &mut row);
        Ok(Some(Step { row, after }))
    }
}

/// The form before a change.
fn step_back(entity: Option<Value>, row: &mut HistoryRow) -> Option<Value> {
    match row.kind {
        ChangeKind::Created => None,
        ChangeKind::Deleted => row
            .body_before
            .take()
            .and_then(|text| serde_json::from_str(&text).ok()),
        _ => entity.map(|mut entity| {
            diff::unapply(&mut entity, &changes_of(row));
            entity
        }),
    }
}

fn changes_of(row: &HistoryRow) -> Vec<diff::Change> {
    serde_json::from_value(row.diff.clone()).unwrap_or_default()
}

/// An entry; what changed only where it is shown. Its number is not known yet.
fn summary(row: HistoryRow, is_shown: bool) -> VersionSummary {
    let changes = if is_shown { changes_of(&row) } else { Vec::new() };
    VersionSummary {
        class: ChangeClass::of(row.kind, &changes).as_str(),
        changes,
        seq: row.seq,
        number: 0,
        kind: row.kind.as_str(),
        at: row.at,
        cause: row.cause,
    }
}
