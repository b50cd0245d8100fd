//! Every version of an entity, with cause and difference.
//!
//! Stored are the differences, and the whole body only of what was deleted. A version is made by
//! walking back from what is served now, or from the last body before a deletion.

use jiff::Timestamp;
use model::{Fault, diff, js};
use serde::Serialize;
use serde_json::Value;
use store::{ChangeKind, HistoryRow, Seq};

use crate::Catalog;
use crate::store_fault;

/// Entries read at once while walking back.
const PAGE: usize = 200;

/// One entry of an entity's history.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionSummary {
    /// Number of the change; names the version it made.
    pub seq: Seq,
    /// What happened: created, changed, orphaned, adopted or deleted.
    pub kind: &'static str,
    /// When.
    pub at: Timestamp,
    /// Which source, which commit: free-form.
    pub cause: Value,
    /// What changed, field by field.
    pub changes: Vec<diff::Change>,
}

/// An entity as it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Number of the change that made it.
    pub seq: Seq,
    /// The entity as served then; `None` after a deletion.
    pub entity: Option<Value>,
}

impl Catalog {
    /// Newest entries of an entity's history before `before`.
    pub async fn history(
        &self,
        entity_ref: &str,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<VersionSummary>, Fault> {
        let rows = self.rows(&js::lowercase(entity_ref), before, limit).await?;
        Ok(rows.into_iter().map(summary).collect())
    }

    /// Whether anything declares the entity, or did and left it behind; it may be one that was never served.
    pub async fn exists(&self, entity_ref: &str) -> Result<bool, Fault> {
        let node = self.store().node(&js::lowercase(entity_ref)).await;
        Ok(node.map_err(|error| store_fault(&error))?.is_some())
    }

    /// The entity as the change `seq` left it. Fails with `NotFoundError` when that is not known (any more).
    pub async fn version(&self, entity_ref: &str, seq: Seq) -> Result<Version, Fault> {
        let reference = js::lowercase(entity_ref);
        let unknown = || Fault::not_found(format!("No version {seq} of {entity_ref} is kept"));
        let mut entity = self.current_with_history(&reference).await?;
        let mut before = None;
        loop {
            let rows = self.rows(&reference, before, PAGE).await?;
            let Some(last) = rows.last() else {
                return Err(unknown());
            };
            before = Some(last.seq);
            for row in rows {
                if row.seq == seq {
                    return Ok(Version { seq, entity });
                }
                if row.seq < seq {
                    return Err(unknown());
                }
                entity = step_back(entity, row);
            }
        }
    }

    /// The served form that belongs to the newest entry of the history.
    async fn current_with_history(&self, reference: &str) -> Result<Option<Value>, Fault> {
        let mut newest = self.rows(reference, None, 1).await?;
        loop {
            let node = self
                .parts
                .store
                .node(reference)
                .await
                .map_err(|error| store_fault(&error))?;
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
        let rows = self.parts.store.history(reference, before, limit).await;
        rows.map_err(|error| store_fault(&error))
    }
}

/// The form before a change.
fn step_back(entity: Option<Value>, row: HistoryRow) -> Option<Value> {
    match row.kind {
        ChangeKind::Created => None,
        ChangeKind::Deleted => row.body_before.and_then(|text| serde_json::from_str(&text).ok()),
        _ => {
            let changes: Vec<diff::Change> = serde_json::from_value(row.diff).unwrap_or_default();
            entity.map(|mut entity| {
                diff::unapply(&mut entity, &changes);
                entity
            })
        }
    }
}

fn summary(row: HistoryRow) -> VersionSummary {
    VersionSummary {
        seq: row.seq,
        kind: row.kind.as_str(),
        at: row.at,
        cause: row.cause,
        changes: serde_json::from_value(row.diff).unwrap_or_default(),
    }
}
