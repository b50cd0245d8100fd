//! Rows of all sources of one transaction, gathered so that each table is written once.

use std::collections::{BTreeMap, HashMap};

use store::{Node, RelationRow, SourceKey, SourceState, StoreError};

use super::Writer;
use super::batch::Taken;

/// Rows that wait to be written.
#[derive(Default)]
pub(super) struct Pending {
    /// Source and entity, by name.
    pub edges: Vec<(String, String)>,
    /// What each entity states, and which of the causes that is due to.
    relations: BTreeMap<String, (Vec<RelationRow>, usize)>,
    refresh_keys: BTreeMap<String, Vec<String>>,
    due: Vec<SourceKey>,
    pub states: Vec<SourceState>,
}

impl Pending {
    pub fn take(&mut self, reference: String, taken: Taken, cause: usize) {
        if let Some(keys) = taken.refresh_keys {
            self.refresh_keys.insert(reference.clone(), keys);
        }
        if taken.is_new_target {
            self.due.push(SourceKey::Entity(reference.clone()));
        }
        if let Some(rows) = taken.relations {
            self.relations.insert(reference, (rows, cause));
        }
    }
}

impl Writer<'_> {
    /// Writes the gathered rows. Edges, relations and sources are read only after this.
    pub(super) async fn flush(&mut self) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut self.pending);
        let mut edges: Vec<(&str, &str)> = pending
            .edges
            .iter()
            .map(|(source, target)| (&**source, &**target))
            .collect();
        edges.sort_unstable();
        self.tx.add_edges(&edges).await?;
        self.flush_relations(pending.relations).await?;
        if !pending.refresh_keys.is_empty() {
            let keys: Vec<_> = pending.refresh_keys.into_iter().collect();
            self.tx.set_refresh_keys(&keys).await?;
        }
        if !pending.due.is_empty() {
            self.tx.mark_due(&pending.due, self.batch.now).await?;
        }
        let mut states = pending.states;
        // A location that was deleted meanwhile must not leave its state behind.
        states.retain(|state| !is_gone(&self.batch.nodes, &state.key));
        self.tx.set_source_state(&states).await
    }

    async fn flush_relations(
        &mut self,
        relations: BTreeMap<String, (Vec<RelationRow>, usize)>,
    ) -> Result<(), StoreError> {
        let mut causes = HashMap::new();
        let mut stated = Vec::with_capacity(relations.len());
        for (origin, (rows, cause)) in relations {
            causes.insert(origin.clone(), cause);
            stated.push((origin, rows));
        }
        for (changed, origin) in self.tx.replace_relations(&stated).await? {
            self.batch.neighbours.entry(changed).or_insert(causes[&origin]);
        }
        Ok(())
    }
}

fn is_gone(nodes: &HashMap<String, Option<Node>>, key: &SourceKey) -> bool {
    key.entity()
        .is_some_and(|reference| matches!(nodes.get(reference), Some(None)))
}
