//! The end of a transaction: the served forms are made again, written and logged, or put off.

use std::collections::BTreeMap;

use model::Problem;
use serde_json::Value;
use store::{Node, Seq, SourceKey, StitchRound, StoreError};

use super::super::problems::CONFLICT;
use super::{Writer, is_location};
use crate::stitch::{missing, restitch};

impl Writer<'_> {
    /// Stitches what is affected, writes and logs it, and commits.
    pub async fn commit(mut self) -> Result<Option<Seq>, StoreError> {
        self.flush().await?;
        let mut affected = std::mem::take(&mut self.neighbours);
        affected.append(&mut self.affected);
        self.stitch(affected).await?;
        self.write().await
    }

    /// Stitches only what is served already and changed itself; leaves the rest to
    /// [`Writer::join_deferred`]. For while many sources are read: what they bring is joined once, and
    /// not with every transaction that brings a neighbour.
    pub async fn commit_and_defer(mut self) -> Result<Option<Seq>, StoreError> {
        self.flush().await?;
        let mut affected = std::mem::take(&mut self.affected);
        let unknown = missing(&affected, &self.nodes);
        self.load(&unknown).await?;
        let later = affected
            .extract_if(.., |reference, _| !self.is_served(reference))
            .collect();
        self.defer(later, true).await?;
        let mut neighbours = std::mem::take(&mut self.neighbours);
        neighbours.retain(|reference, _| !affected.contains_key(reference));
        self.defer(neighbours, false).await?;
        self.stitch(affected).await?;
        self.write().await
    }

    /// Stitches entities of a round through what was put off, at most `limit`; returns how many there were.
    pub async fn join_deferred(
        mut self,
        round: &mut StitchRound,
        limit: usize,
    ) -> Result<(usize, Option<Seq>), StoreError> {
        let waiting = self.tx.take_stitches(round, limit).await?;
        let taken = waiting.len();
        let mut affected = BTreeMap::new();
        for (reference, cause) in waiting {
            if self.causes.last() != Some(&cause) {
                self.set_cause(cause);
            }
            affected.insert(reference, self.causes.len() - 1);
        }
        // Only what may be served is ever put off.
        self.ready
            .extend(affected.keys().filter(|name| is_location(name)).cloned());
        self.stitch(affected).await?;
        Ok((taken, self.write().await?))
    }

    fn is_served(&self, reference: &str) -> bool {
        let node = self.nodes.get(reference).and_then(Option::as_ref);
        node.is_some_and(|node| node.final_json.is_some())
    }

    async fn defer(&mut self, mut affected: BTreeMap<String, usize>, is_new: bool) -> Result<(), StoreError> {
        // Locations are served once their targets were read; those that were not yet come back then.
        affected.retain(|reference, _| {
            !is_location(reference) || self.ready.contains(reference) || self.is_served(reference)
        });
        let rows: Vec<(&str, &Value)> = affected
            .iter()
            .map(|(reference, cause)| (&**reference, &self.causes[*cause]))
            .collect();
        self.tx.put_off_stitching(&rows, is_new, self.now).await
    }

    async fn stitch(&mut self, affected: BTreeMap<String, usize>) -> Result<(), StoreError> {
        let unknown = missing(&affected, &self.nodes);
        self.load(&unknown).await?;
        let existing: Vec<String> = affected
            .keys()
            .filter(|reference| self.nodes.get(*reference).is_some_and(Option::is_some))
            .cloned()
            .collect();
        let mut relations = self.tx.relations_of(&existing).await?;
        for reference in existing {
            let rows = relations.remove(&reference).unwrap_or_default();
            let cause = affected[&reference];
            self.stitch_one(reference, &rows, cause);
        }
        Ok(())
    }

    fn stitch_one(&mut self, reference: String, relations: &[(String, String)], cause: usize) {
        let Some(Some(node)) = self.nodes.get_mut(&reference) else {
            return;
        };
        if is_location(&reference) && node.final_json.is_none() && !self.ready.contains(&reference) {
            return;
        }
        let problems: Vec<Problem> = node.problems.clone();
        let change = restitch(node, relations, &self.causes[cause], self.now);
        if change.is_some() || problems != node.problems {
            self.dirty.insert(reference);
        }
        self.changes.extend(change);
    }

    async fn write(mut self) -> Result<Option<Seq>, StoreError> {
        let has_due = self.free_conflicts().await?;
        let mut nodes = std::mem::take(&mut self.nodes);
        let written: Vec<Node> = self
            .dirty
            .iter()
            .filter_map(|reference| nodes.remove(reference).flatten())
            .collect();
        self.tx.upsert_nodes(&written).await?;
        self.tx.append_changes(&self.changes).await?;
        let seq = self.tx.commit().await?;
        if has_due {
            self.context.wake.due();
        }
        Ok(seq)
    }

    /// Sources that wanted an entity which nobody owns any more are due; returns whether there are some.
    async fn free_conflicts(&mut self) -> Result<bool, StoreError> {
        if self.freed.is_empty() {
            return Ok(false);
        }
        let wants = |problem: &Problem| {
            let mut words = problem.fault.message.split(' ');
            problem.fault.name == CONFLICT && words.any(|word| self.freed.contains(word))
        };
        let states = self.tx.sources_with_problem(CONFLICT).await?;
        let due: Vec<SourceKey> = states
            .into_iter()
            .filter(|state| state.problems.iter().any(wants))
            .map(|state| state.key)
            .collect();
        self.tx.mark_due(&due, self.now).await?;
        Ok(!due.is_empty())
    }
}
