//! What changed in the whole catalog, newest first, as far as a sight shows it.
//!
//! A sight that hides something is told what the history of each entity tells it: of entities that it sees now, or
//! would have seen last, every entry, but of what changed only that between two forms that it would see. Relations to
//! what it does not see are no changes.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use model::{EntityRef, Fault, entity};
use serde_json::Value;
use store::{ChangeKind, HistoryRow, Seq};

use super::{ChangeClass, Told, changes_of};
use crate::browse::Head;
use crate::query::View;
use crate::store_fault;

/// Entries of the log that one answer looks at.
const WINDOW: usize = 2_000;
/// The same for a sight that hides something: the forms of every entity have to be looked at.
const HIDING_WINDOW: usize = 300;
/// Most entries of one entity that are walked back for such a sight. Of what is further back, it is not told what changed.
const MOST_STEPS: usize = 200;
/// The annotation with the location from which an entity comes in the end.
const ORIGIN: &str = "backstage.io/managed-by-origin-location";

/// A part of the log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feed {
    /// Newest first.
    pub entries: Vec<FeedEntry>,
    /// Ask for what is before this number to go on; nothing at the end of the log.
    pub older: Option<Seq>,
}

/// A change in the catalog.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEntry {
    /// Its number.
    pub seq: Seq,
    /// The entity.
    pub reference: EntityRef,
    /// What is known of the entity; nothing when it is gone.
    pub known: Option<Head>,
    /// What happened.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Value,
    /// What it says.
    pub told: Told,
    /// Who owns the entity now, or did last.
    pub owner: Option<EntityRef>,
    /// The location from which the entity comes in the end.
    pub origin: Option<String>,
}

impl View<'_> {
    /// Changes before `before`, or the newest. Locations are left out: they say how the catalog is fed, not what it
    /// holds. One answer looks at a bounded part of the log, so that it may hold nothing and yet not be the last.
    pub async fn feed(&self, before: Option<Seq>) -> Result<Feed, Fault> {
        let window = if self.sight.is_everything() {
            WINDOW
        } else {
            HIDING_WINDOW
        };
        self.feed_within(before, window).await
    }

    /// The same, looking at so many entries of the log.
    pub(crate) async fn feed_within(&self, before: Option<Seq>, window: usize) -> Result<Feed, Fault> {
        let store = self.catalog.store();
        let rows = store.log_before(before, window).await;
        let rows = rows.map_err(|error| store_fault(&error))?;
        let oldest = rows.last().map(|row| row.seq);
        let first = store.oldest_seq().await.map_err(|error| store_fault(&error))?;
        let rows: Vec<HistoryRow> = rows
            .into_iter()
            .filter(|row| !row.reference.starts_with("location:"))
            .collect();
        let (rows, open) = self.shown_of(rows).await?;
        let is_open = |row: &HistoryRow| open.as_ref().is_none_or(|open| open.contains(&row.seq));
        let entries = rows.into_iter().filter_map(|row| self.entry(is_open(&row), row));
        Ok(Feed {
            entries: entries.collect(),
            older: oldest.filter(|oldest| *oldest > first),
        })
    }

    /// The entries that a sight shows, and the numbers of those of which it shows what changed; nothing for all of them.
    async fn shown_of(
        &self,
        rows: Vec<HistoryRow>,
    ) -> Result<(Vec<HistoryRow>, Option<HashSet<Seq>>), Fault> {
        if self.sight.is_everything() {
            return Ok((rows, None));
        }
        let mut exist: HashMap<String, bool> = HashMap::new();
        let mut oldest: HashMap<String, Seq> = HashMap::new();
        for row in &rows {
            if !exist.contains_key(&row.reference) {
                exist.insert(row.reference.clone(), self.exists(&row.reference).await?);
            }
            if exist[&row.reference] && row.kind == ChangeKind::Changed {
                oldest.insert(row.reference.clone(), row.seq);
            }
        }
        let mut open = HashSet::new();
        for (reference, oldest) in oldest {
            self.look_back(&reference, oldest, &mut open).await?;
        }
        let shown = rows.into_iter().filter(|row| exist[&row.reference]);
        Ok((shown.collect(), Some(open)))
    }

    /// Notes the changes of an entity down to the number `oldest` that lie between two forms that may be seen.
    async fn look_back(&self, reference: &str, oldest: Seq, open: &mut HashSet<Seq>) -> Result<(), Fault> {
        let mut walk = self.walk(reference).await?;
        for _ in 0..MOST_STEPS {
            let Some(step) = walk.next().await?.filter(|step| step.row.seq >= oldest) else {
                break;
            };
            let passes = |form: &Option<Value>| form.as_ref().is_none_or(|form| self.sight.sees(form));
            if passes(&walk.entity) && passes(&step.after) {
                open.insert(step.row.seq);
            }
        }
        Ok(())
    }

    /// An entry as it is told; nothing where all that changed are relations to what may not be seen.
    fn entry(&self, is_open: bool, row: HistoryRow) -> Option<FeedEntry> {
        let reference: EntityRef = row.reference.parse().ok()?;
        let mut told = self.told(row.kind, changes_of(&row));
        if !is_open {
            told.fields.clear();
            told.relations.clear();
        }
        let is_all = self.sight.is_everything();
        if !is_all && told.class == ChangeClass::Relations && told.relations.is_empty() {
            return None;
        }
        let (known, owner, origin) = self.about(&row);
        Some(FeedEntry {
            seq: row.seq,
            reference,
            known,
            kind: row.kind,
            at: row.at,
            cause: row.cause,
            told,
            owner,
            origin,
        })
    }

    /// What is known of an entity, its owner and its origin: as it is now, or else as it was last.
    fn about(&self, row: &HistoryRow) -> (Option<Head>, Option<EntityRef>, Option<String>) {
        let model = self.catalog.index().read();
        let eyes = self.eyes(&model);
        let (known, owner, origin) = if let Some(doc) = eyes.find(&row.reference) {
            let origin = model.written(doc, &format!("metadata.annotations.{ORIGIN}"));
            let owner = model.written(doc, "relations.ownedby");
            (Some(Head::indexed(&model, doc)), owner, origin)
        } else {
            let body = row.body_before.as_deref();
            let form: Value = body
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            let owner = entity::relations(&form).find(|(kind, _)| *kind == "ownedBy");
            let owner = owner.map(|(_, target)| target.to_owned());
            (None, owner, entity::annotation(&form, ORIGIN).map(str::to_owned))
        };
        let owner: Option<EntityRef> = owner.and_then(|owner| owner.parse().ok());
        let is_named =
            |owner: &EntityRef| self.sight.is_everything() || eyes.find(&owner.to_string()).is_some();
        (known, owner.filter(is_named), origin)
    }
}
