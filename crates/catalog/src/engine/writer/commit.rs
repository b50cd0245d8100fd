//! The end of a transaction: its batch becomes a plan, and the plan is written.

use std::collections::BTreeMap;

use model::Problem;
use serde_json::Value;
use store::{Seq, SourceKey, StitchRound, StoreError, WriteTx};

use super::super::problems::CONFLICT;
use super::plan::{Joining, Plan, Turns};
use super::{Writer, is_location};
use crate::context::Context;

impl Writer<'_> {
    /// Joins everything that is affected, writes and logs it, and commits.
    pub async fn commit(self) -> Result<Option<Seq>, StoreError> {
        self.end(Joining::Now).await
    }

    /// The same, with most joins left to [`Writer::join_deferred`].
    pub async fn commit_and_defer(self) -> Result<Option<Seq>, StoreError> {
        self.end(Joining::MostlyLater).await
    }

    async fn end(mut self, joining: Joining) -> Result<Option<Seq>, StoreError> {
        self.flush().await?;
        let affected = self.batch.affected(joining);
        self.load(&affected).await?;
        let turns = self.batch.turns(joining);
        self.write(turns).await
    }

    /// Joins entities of a round through deferred joins, at most `limit`; returns how many there were.
    pub async fn join_deferred(
        mut self,
        round: &mut StitchRound,
        limit: usize,
    ) -> Result<(usize, Option<Seq>), StoreError> {
        let waiting = self.tx.take_stitches(round, limit).await?;
        let taken = waiting.len();
        let mut turns = Turns::default();
        for (reference, cause) in waiting {
            if self.batch.causes.last() != Some(&cause) {
                self.set_cause(cause);
            }
            // Only joins of entities that may be served are ever deferred.
            if is_location(&reference) {
                self.batch.ready.insert(reference.clone());
            }
            turns.now.insert(reference, self.batch.cause());
        }
        let unknown = self.batch.unknown(turns.now.keys());
        self.load(&unknown).await?;
        Ok((taken, self.write(turns).await?))
    }

    async fn write(mut self, turns: Turns) -> Result<Option<Seq>, StoreError> {
        let existing = turns.now.keys().filter(|name| self.batch.node(name).is_some());
        let existing: Vec<String> = existing.cloned().collect();
        let relations = self.tx.relations_of(&existing).await?;
        commit(self.tx, self.context, self.batch.plan(turns, relations)).await
    }
}

/// Writes a plan, and commits.
async fn commit(mut tx: WriteTx, context: &Context, plan: Plan) -> Result<Option<Seq>, StoreError> {
    defer(&mut tx, &plan.later_new, true, &plan).await?;
    defer(&mut tx, &plan.later_known, false, &plan).await?;
    let has_due = free_conflicts(&mut tx, &plan).await?;
    tx.upsert_nodes(&plan.nodes).await?;
    tx.append_changes(&plan.log).await?;
    let seq = tx.commit().await?;
    context.written.notify_one();
    if has_due {
        context.wake.due();
    }
    Ok(seq)
}

async fn defer(
    tx: &mut WriteTx,
    later: &BTreeMap<String, usize>,
    is_new: bool,
    plan: &Plan,
) -> Result<(), StoreError> {
    let rows = later.iter();
    let rows: Vec<(&str, &Value)> = rows
        .map(|(reference, cause)| (&**reference, &plan.causes[*cause]))
        .collect();
    tx.put_off_stitching(&rows, is_new, plan.now).await
}

/// Makes sources due that wanted an entity which has no owner any more; whether there are some.
async fn free_conflicts(tx: &mut WriteTx, plan: &Plan) -> Result<bool, StoreError> {
    if plan.freed.is_empty() {
        return Ok(false);
    }
    let wants = |problem: &Problem| {
        let mut words = problem.fault.message.split(' ');
        problem.fault.name == CONFLICT && words.any(|word| plan.freed.contains(word))
    };
    let states = tx.sources_with_problem(CONFLICT).await?;
    let due: Vec<SourceKey> = states
        .into_iter()
        .filter(|state| state.problems.iter().any(wants))
        .map(|state| state.key)
        .collect();
    tx.mark_due(&due, plan.now).await?;
    Ok(!due.is_empty())
}
