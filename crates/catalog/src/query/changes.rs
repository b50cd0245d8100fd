//! Changes as they are applied, as far as a sight shows them.
//!
//! An entity that comes into sight is created, one that goes out of sight is deleted, whatever really happened.

use store::{ChangeKind, Seq};
use tokio::sync::broadcast::Receiver;

use super::View;
use crate::index::{AppliedChange, IndexNews};
use crate::{Catalog, Sight};

/// Changes from now on.
pub struct Changes {
    /// The last change that answers given before now have.
    pub last: Option<Seq>,
    /// All changes after that one, seen or not.
    pub applied: Receiver<IndexNews>,
    /// Says which of them the sight shows, and how.
    pub sight: ChangeSight,
}

/// A change that the sight shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenChange {
    /// Number in the change log.
    pub seq: Seq,
    /// The entity.
    pub reference: String,
    /// What happened, as far as it was seen.
    pub kind: ChangeKind,
}

impl SeenChange {
    /// The change as the stream of changes sends it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({"seq": self.seq, "entityRef": self.reference, "op": self.kind.as_str()})
    }
}

/// News that the sight shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenNews {
    /// One more change.
    Change(SeenChange),
    /// Everything was loaded again: earlier answers are of no worth.
    Reloaded,
}

/// What a listener sees of changes. Its sight is kept until it is dropped.
pub struct ChangeSight {
    catalog: Catalog,
    sight: Sight,
}

impl View<'_> {
    /// Changes from now on.
    pub fn changes(&self) -> Changes {
        let index = self.catalog.index();
        // Changes are applied and announced under this lock: answers until now lack every change that is announced from
        // now on.
        let model = index.read();
        index.sights().listen(&model, self.sight);
        Changes {
            last: index.applied(),
            applied: index.news(),
            sight: ChangeSight {
                catalog: self.catalog.clone(),
                sight: self.sight.clone(),
            },
        }
    }
}

impl ChangeSight {
    /// News as they are seen; nothing when they are not.
    pub fn see(&self, news: &IndexNews) -> Option<SeenNews> {
        match news {
            IndexNews::Change(change) => self.seen(change).map(SeenNews::Change),
            IndexNews::Reloaded => Some(SeenNews::Reloaded),
        }
    }

    fn seen(&self, change: &AppliedChange) -> Option<SeenChange> {
        Some(SeenChange {
            seq: change.seq,
            reference: change.reference.to_string(),
            kind: self.kind(change)?,
        })
    }

    fn kind(&self, change: &AppliedChange) -> Option<ChangeKind> {
        if self.sight.is_everything() {
            return Some(change.kind);
        }
        let key = self.sight.key();
        let seen = change.glimpses.iter().find(|glimpse| glimpse.key == key)?;
        match (seen.before, seen.after) {
            (false, false) => None,
            (false, true) => Some(ChangeKind::Created),
            (true, false) => Some(ChangeKind::Deleted),
            (true, true) if matches!(change.kind, ChangeKind::Created | ChangeKind::Deleted) => {
                Some(ChangeKind::Changed)
            }
            (true, true) => Some(change.kind),
        }
    }
}

impl Drop for ChangeSight {
    fn drop(&mut self) {
        if !self.sight.is_everything() {
            self.catalog.index().sights().ignore(self.sight.key());
        }
    }
}
