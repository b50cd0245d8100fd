//! What happens to entities that a source no longer emits: deleted or marked, with all that only they led to.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;
use store::{ChangeKind, NewChange, Node, RelationRow, SourceKey, StoreError};

use super::{Writer, is_location};

impl Writer<'_> {
    /// Removes edges; what nothing leads to any more is deleted or marked, as configured.
    pub async fn abandon(&mut self, source: &SourceKey, references: &[String]) -> Result<(), StoreError> {
        if references.is_empty() {
            return Ok(());
        }
        self.flush().await?;
        self.tx.set_edges(source, &[], references).await?;
        self.collect_orphans(references.to_vec(), self.context.settings.orphans)
            .await
    }

    /// Deletes or marks those of the candidates that no provider reaches any more.
    pub async fn collect_orphans(
        &mut self,
        mut candidates: Vec<String>,
        strategy: config::OrphanStrategy,
    ) -> Result<(), StoreError> {
        self.flush().await?;
        while !candidates.is_empty() {
            let orphans = self.unreachable(&candidates).await?;
            candidates = match strategy {
                config::OrphanStrategy::Delete => self.delete(&orphans).await?,
                config::OrphanStrategy::Keep => {
                    for orphan in &orphans {
                        self.change(orphan, |node| node.orphan = true).await?;
                    }
                    self.freed.extend(orphans);
                    Vec::new()
                }
            };
        }
        Ok(())
    }

    /// Which candidates cannot be reached from any provider. Locations may lead to each other in
    /// circles, so an edge alone does not keep an entity.
    async fn unreachable(&mut self, candidates: &[String]) -> Result<Vec<String>, StoreError> {
        let mut children: HashMap<String, Vec<String>> = HashMap::new();
        let mut seen: HashSet<String> = candidates.iter().cloned().collect();
        let mut frontier: Vec<String> = candidates.to_vec();
        let mut reached: Vec<String> = Vec::new();
        while !frontier.is_empty() {
            let mut next = Vec::new();
            for (child, parent) in self.tx.parents(&frontier).await? {
                match parent {
                    SourceKey::Provider(_) => reached.push(child),
                    SourceKey::Entity(parent) => {
                        children.entry(parent.clone()).or_default().push(child);
                        if seen.insert(parent.clone()) {
                            next.push(parent);
                        }
                    }
                }
            }
            frontier = next;
        }
        let mut alive = HashSet::new();
        while let Some(reference) = reached.pop() {
            if alive.insert(reference.clone()) {
                reached.extend(children.get(&reference).into_iter().flatten().cloned());
            }
        }
        Ok(candidates
            .iter()
            .filter(|reference| !alive.contains(*reference))
            .cloned()
            .collect())
    }

    /// Deletes nodes; returns what they had emitted.
    pub async fn delete(&mut self, references: &[String]) -> Result<Vec<String>, StoreError> {
        self.flush().await?;
        self.load(references).await?;
        let mut emitted = BTreeSet::new();
        for reference in references {
            // Nearly all entities emit nothing; only locations do.
            if is_location(reference) {
                let rows = self.tx.children(&SourceKey::Entity(reference.clone())).await?;
                emitted.extend(rows.into_iter().map(|row| row.reference));
            }
        }
        let none: Vec<(String, Vec<RelationRow>)> = references
            .iter()
            .map(|reference| (reference.clone(), Vec::new()))
            .collect();
        let cause = self.causes.len() - 1;
        for changed in self.tx.replace_relations(&none).await?.into_keys() {
            self.neighbours.entry(changed).or_insert(cause);
        }
        self.tx.delete_nodes(references).await?;
        self.freed.extend(references.iter().cloned());
        for reference in references {
            self.dirty.remove(reference);
            emitted.remove(reference);
            if let Some(Some(node)) = self.nodes.insert(reference.clone(), None) {
                self.changes.extend(self.deletion(node));
            }
        }
        Ok(emitted.into_iter().collect())
    }

    fn deletion(&self, node: Node) -> Option<NewChange> {
        let body = node.final_json?;
        let mut cause = self.causes.last().cloned().unwrap_or_default();
        // Of the files that a source reads, the one that declared it.
        if let Some((location, owner)) = cause.get_mut("location").zip(node.location_key) {
            *location = owner.into();
        }
        Some(NewChange {
            reference: node.reference,
            uid: node.uid,
            kind: ChangeKind::Deleted,
            at: self.now,
            cause,
            diff: Value::Array(Vec::new()),
            body_before: Some(body),
        })
    }
}
