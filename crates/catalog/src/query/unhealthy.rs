//! Entities that are declared but have problems, are not served or have no source, and the problems of a single one.
//!
//! Problems lie in the store and not in the index. A restricted sight never shows an entity that is not served.

use model::{EntityRef, Fault, Place, Problem};
use serde_json::Value;
use store::{Node, StoreError};

use super::View;
use crate::{Unprocessed, store_fault};

/// Rows read at a time for a restricted sight.
const READ: usize = 500;
/// Most rows read for one page of a restricted sight.
const MOST_READ: usize = 20_000;

/// Why an entity is unhealthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unhealthy {
    /// It has problems.
    Failed,
    /// It never was served.
    Pending,
    /// No source declares it any more.
    Orphaned,
}

/// The state of an entity beside its served form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Condition {
    /// Its problems.
    pub problems: Vec<Problem>,
    /// The place where it is written.
    pub place: Option<Place>,
}

impl View<'_> {
    /// What is wrong with an entity and where it is written; nothing for one that is unknown.
    pub async fn condition(&self, reference: &EntityRef) -> Result<Condition, Fault> {
        let node = self.node(reference).await?;
        Ok(node.map_or_else(Condition::default, |node| Condition {
            problems: node.problems,
            place: node.place,
        }))
    }

    /// An entity as it is stored.
    pub async fn node(&self, reference: &EntityRef) -> Result<Option<Node>, Fault> {
        let reference = reference.to_string();
        if !self.is_in_sight(&reference) {
            return Ok(None);
        }
        let node = self.catalog.store().node(&reference).await;
        let node = node.map_err(|error| store_fault(&error))?;
        Ok(node.filter(|node| self.shows(node)))
    }

    /// Whether an entity may be seen as it is stored: it may have changed since it was found.
    fn shows(&self, node: &Node) -> bool {
        let parse = |text: &String| serde_json::from_str::<Value>(text).ok();
        self.sight.is_everything()
            || node
                .final_json
                .as_ref()
                .and_then(parse)
                .is_some_and(|form| self.sight.sees(&form))
    }

    /// Entities that are not right in one way, by reference, after one of them.
    pub async fn unhealthy(&self, which: Unhealthy, after: &str, limit: usize) -> Result<Vec<Node>, Fault> {
        if self.sight.is_everything() {
            return self.read_unhealthy(which, after, limit).await;
        }
        let (mut found, mut after, mut read) = (Vec::new(), after.to_owned(), 0);
        while found.len() < limit && read < MOST_READ {
            let mut nodes = self.read_unhealthy(which, &after, READ).await?;
            let Some(last) = nodes.last() else { break };
            last.reference.clone_into(&mut after);
            read += nodes.len();
            let model = self.catalog.index().read();
            let eyes = self.eyes(&model);
            nodes.retain(|node| eyes.find(&node.reference).is_some() && self.shows(node));
            found.append(&mut nodes);
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn read_unhealthy(&self, which: Unhealthy, after: &str, limit: usize) -> Result<Vec<Node>, Fault> {
        let store = self.catalog.store();
        let nodes: Result<Vec<Node>, StoreError> = match which {
            Unhealthy::Failed => store.nodes_with_problems(after, limit).await,
            Unhealthy::Pending => store.nodes_without_final(after, limit).await,
            Unhealthy::Orphaned => store.nodes_orphaned(after, limit).await,
        };
        nodes.map_err(|error| store_fault(&error))
    }

    /// Entities whose newest form could not be processed, and those that were never served; by reference.
    pub async fn unprocessed(&self) -> Result<Vec<Unprocessed>, Fault> {
        let mut all = self.catalog.unprocessed().await?;
        if !self.sight.is_everything() {
            let model = self.catalog.index().read();
            let eyes = self.eyes(&model);
            all.retain(|one| eyes.find(&one.entity_ref).is_some());
        }
        Ok(all)
    }
}
