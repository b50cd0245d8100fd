//! One write transaction on the catalog's graph, in three steps: a [`Batch`] collects entities emitted, edges removed and
//! orphans deleted; it becomes a [`Plan`](plan::Plan) of what changes, without the database; the plan is written, logged
//! and committed.

mod batch;
mod commit;
mod orphans;
mod pending;
mod plan;

use std::collections::HashSet;

use model::{Cause, Fault, Place, Problem};
use serde_json::Value;
use store::{Lane, Node, SourceClaim, SourceKey, SourceState, StoreError, WriteTx};

use super::emission::Emission;
use super::failure::EngineError;
use crate::context::Context;
use batch::{Batch, other_owner};
use pending::Pending;

/// A transaction under way. Dropped without [`Writer::commit`] it leaves no trace.
pub(crate) struct Writer<'a> {
    context: &'a Context,
    pub tx: WriteTx,
    batch: Batch,
    pending: Pending,
    /// Claims known to hold.
    pub held: HashSet<SourceClaim>,
}

impl<'a> Writer<'a> {
    /// Begins a transaction; waits for its turn. `cause` is what the history will say.
    pub async fn begin(context: &'a Context, lane: Lane, cause: Value) -> Result<Self, StoreError> {
        Ok(Self {
            context,
            tx: context.store.write(lane).await?,
            batch: Batch::new(cause, context.clock.now()),
            pending: Pending::default(),
            held: HashSet::new(),
        })
    }

    /// Sets the reason for all that follows.
    pub fn set_cause(&mut self, cause: Value) {
        self.batch.causes.push(cause);
    }

    /// Looks up claims and entities of several runs in one go.
    pub async fn prepare(&mut self, claims: &[SourceClaim], references: &[String]) -> Result<(), StoreError> {
        self.held.extend(self.tx.sources_held(claims).await?);
        self.load(references).await
    }

    /// Records how a run of a source ended.
    pub fn set_state(&mut self, state: SourceState) {
        self.pending.states.push(state);
    }

    /// The nodes of these references are known afterwards.
    async fn load(&mut self, references: &[String]) -> Result<(), StoreError> {
        let unknown = self.batch.unknown(references);
        if !unknown.is_empty() {
            let found = self.tx.nodes(&unknown).await?;
            self.batch.note_loaded(unknown, found);
        }
        Ok(())
    }

    /// A node as it will be.
    pub async fn node(&mut self, reference: &str) -> Result<Option<&Node>, StoreError> {
        self.load(&[reference.to_owned()]).await?;
        Ok(self.batch.node(reference))
    }

    /// Why the newest form of a known entity could not be processed.
    pub fn failure_of(&self, reference: &str) -> Option<Problem> {
        let node = self.batch.node(reference)?;
        node.raw.as_ref().and_then(|_| node.problems.first().cloned())
    }

    /// Changes a node and has it joined again; whether there is such a node.
    pub async fn change(
        &mut self,
        reference: &str,
        change: impl FnOnce(&mut Node),
    ) -> Result<bool, StoreError> {
        self.load(&[reference.to_owned()]).await?;
        Ok(self.batch.change(reference, change))
    }

    /// Lets a location be served: its targets were read.
    pub fn mark_ready(&mut self, reference: &str) {
        self.batch.ready.insert(reference.to_owned());
        self.batch.affect(reference);
    }

    /// Takes over what a source emitted. Entities that another source owns are left alone and come back as problems.
    /// `may_rekey` holds entities whose owner may be replaced.
    pub async fn emit(
        &mut self,
        source: &SourceKey,
        emissions: Vec<Emission>,
        may_rekey: &HashSet<String>,
    ) -> Result<Vec<(String, Problem)>, EngineError> {
        let references: Vec<String> = emissions
            .iter()
            .map(|emission| emission.reference.clone())
            .collect();
        self.load(&references).await?;
        self.batch.check_unchanged(&emissions, may_rekey)?;
        let (mut conflicts, source) = (Vec::new(), source.to_string());
        for emission in emissions {
            let reference = emission.reference.clone();
            let existing = self.batch.node(&reference);
            if let Some(owner) = existing.and_then(|node| other_owner(node, &emission))
                && !may_rekey.contains(&reference)
            {
                conflicts.push((reference, conflict(&emission, owner, existing)));
                continue;
            }
            self.pending.edges.push((source.clone(), reference.clone()));
            self.batch.set_cause_of_file(emission.location_key.as_deref());
            let taken = self.batch.take(emission, || self.context.randomness.uuid());
            self.pending.take(reference, taken, self.batch.cause());
        }
        Ok(conflicts)
    }

    /// Adds a problem to an entity of the file `owner`; it keeps its last good form.
    pub async fn add_problem(
        &mut self,
        reference: &str,
        owner: &str,
        problem: Problem,
    ) -> Result<(), StoreError> {
        self.load(&[reference.to_owned()]).await?;
        self.batch.add_problem(reference, owner, problem);
        Ok(())
    }
}

/// Whether a reference is one of a location.
pub(crate) fn is_location(reference: &str) -> bool {
    reference.starts_with("location:")
}

fn conflict(emission: &Emission, owner: &str, existing: Option<&Node>) -> Problem {
    let here = emission.location_key.as_deref().unwrap_or("a provider");
    conflict_of(&emission.reference, here, owner, existing, emission.place.clone())
}

/// An entity that is declared `here` as well as by its `owner`.
pub(crate) fn conflict_of(
    reference: &str,
    here: &str,
    owner: &str,
    existing: Option<&Node>,
    place: Option<Place>,
) -> Problem {
    let line = existing
        .and_then(|node| node.place.as_ref())
        .and_then(|place| place.line);
    let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
    let fault = Fault::conflict(format!(
        "Detected conflicting entityRef {reference} already referenced by {owner}{line} and now also {here}"
    ));
    let problem = Problem::warning(fault).hint(Cause::Conflict.remedy());
    problem.at(place.unwrap_or_else(|| Place {
        source: here.to_owned(),
        ..Place::default()
    }))
}
