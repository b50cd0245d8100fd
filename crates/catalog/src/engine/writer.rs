//! One write transaction on the catalog's graph: entities emitted, edges removed, orphans deleted,
//! and at the end everything affected stitched, written and logged together.

mod commit;
mod orphans;
mod pending;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use model::{Fault, Place, Problem};
use serde_json::Value;
use store::{Lane, NewChange, Node, RelationRow, SourceClaim, SourceKey, SourceState, StoreError, WriteTx};

use super::emission::Emission;
use super::failure::EngineError;
use crate::context::Context;
use pending::Pending;

/// A transaction under way. Dropped without [`Writer::commit`] it leaves no trace.
pub(crate) struct Writer<'a> {
    pub context: &'a Context,
    pub tx: WriteTx,
    /// What the history will say; the last is that of the source at hand.
    causes: Vec<Value>,
    now: Timestamp,
    /// Nodes as they will be; `None` for references that have none.
    nodes: HashMap<String, Option<Node>>,
    dirty: BTreeSet<String>,
    /// What is to be stitched because it changed itself, and which of the causes it is due to.
    affected: BTreeMap<String, usize>,
    /// The same because of others.
    neighbours: BTreeMap<String, usize>,
    /// Locations that were read at least once and may be served.
    ready: HashSet<String>,
    changes: Vec<NewChange>,
    pending: Pending,
    /// Claims known to hold.
    pub held: HashSet<SourceClaim>,
    /// Entities that others may declare from now on.
    freed: HashSet<String>,
}

impl<'a> Writer<'a> {
    /// Begins a transaction; waits for its turn. `cause` is what the history will say.
    pub async fn begin(context: &'a Context, lane: Lane, cause: Value) -> Result<Self, StoreError> {
        Ok(Self {
            context,
            tx: context.store.write(lane).await?,
            causes: vec![cause],
            now: context.clock.now(),
            nodes: HashMap::new(),
            dirty: BTreeSet::new(),
            affected: BTreeMap::new(),
            neighbours: BTreeMap::new(),
            ready: HashSet::new(),
            changes: Vec::new(),
            pending: Pending::default(),
            held: HashSet::new(),
            freed: HashSet::new(),
        })
    }

    /// What follows happens for this reason.
    pub fn set_cause(&mut self, cause: Value) {
        self.causes.push(cause);
    }

    /// The same for one of the files that a source reads: it is what the history names.
    fn set_cause_of_file(&mut self, location: Option<&str>) {
        let Some((cause, location)) = self.causes.last().zip(location) else {
            return;
        };
        if cause.get("location").is_some_and(|known| known != location) {
            let mut cause = cause.clone();
            cause["location"] = location.into();
            self.causes.push(cause);
        }
    }

    /// The cause at hand is that of this entity's change.
    fn affect(&mut self, reference: &str) {
        let cause = self.causes.len() - 1;
        self.affected.insert(reference.to_owned(), cause);
    }

    /// Looks up in one go what several runs will ask for.
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
        let unknown: Vec<String> = references
            .iter()
            .filter(|reference| !self.nodes.contains_key(*reference))
            .cloned()
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.tx.nodes(&unknown).await?;
        self.nodes
            .extend(unknown.into_iter().map(|reference| (reference, None)));
        self.nodes
            .extend(found.into_iter().map(|node| (node.reference.clone(), Some(node))));
        Ok(())
    }

    /// A node as it will be.
    pub async fn node(&mut self, reference: &str) -> Result<Option<&Node>, StoreError> {
        self.load(&[reference.to_owned()]).await?;
        Ok(self.nodes.get(reference).and_then(Option::as_ref))
    }

    /// Why the newest form of a known entity could not be processed.
    pub fn failure_of(&self, reference: &str) -> Option<Problem> {
        let node = self.nodes.get(reference).and_then(Option::as_ref)?;
        node.raw.as_ref().and_then(|_| node.problems.first().cloned())
    }

    /// Changes a node that exists and has it stitched again.
    pub async fn change(
        &mut self,
        reference: &str,
        change: impl FnOnce(&mut Node),
    ) -> Result<bool, StoreError> {
        self.load(&[reference.to_owned()]).await?;
        let Some(Some(node)) = self.nodes.get_mut(reference) else {
            return Ok(false);
        };
        change(node);
        self.dirty.insert(reference.to_owned());
        self.affect(reference);
        Ok(true)
    }

    /// Lets a location be served: its targets were read.
    pub fn mark_ready(&mut self, reference: &str) {
        self.ready.insert(reference.to_owned());
        self.affect(reference);
    }

    /// Takes over what a source emitted. Entities that belong to somebody else are left alone and
    /// come back as problems of the source. `may_rekey` holds entities whose owner may be replaced.
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
        self.check_unchanged(&emissions, may_rekey)?;
        let (mut conflicts, source) = (Vec::new(), source.to_string());
        for emission in emissions {
            let reference = emission.reference.clone();
            let existing = self.nodes.get(&reference).and_then(Option::as_ref);
            if let Some(owner) = existing.and_then(|node| other_owner(node, &emission))
                && !may_rekey.contains(&reference)
            {
                conflicts.push((reference, conflict(&emission, owner, existing)));
                continue;
            }
            self.pending.edges.push((source.clone(), reference.clone()));
            self.set_cause_of_file(emission.location_key.as_deref());
            let taken = self.take(emission);
            self.pending.take(reference, taken, self.causes.len() - 1);
        }
        Ok(conflicts)
    }

    /// Fails when what a source held for unchanged was changed by somebody else meanwhile; nothing was
    /// written for the source then.
    fn check_unchanged(
        &self,
        emissions: &[Emission],
        may_rekey: &HashSet<String>,
    ) -> Result<(), EngineError> {
        let is_overtaken = |emission: &&Emission| {
            let existing = self.nodes.get(&emission.reference).and_then(Option::as_ref);
            let is_foreign = existing.is_some_and(|node| other_owner(node, emission).is_some());
            let is_known = existing.is_some_and(|node| node.raw_hash == emission.raw_hash);
            emission.outcome.is_none()
                && !is_known
                && (!is_foreign || may_rekey.contains(&emission.reference))
        };
        match emissions.iter().find(is_overtaken) {
            Some(emission) => Err(EngineError::Overtaken(emission.reference.clone())),
            None => Ok(()),
        }
    }

    /// Turns one emission into the node as it will be.
    fn take(&mut self, emission: Emission) -> Taken {
        let reference = emission.reference.clone();
        let slot = self.nodes.entry(reference.clone()).or_default();
        let is_new = slot.is_none();
        let node = slot.get_or_insert_with(|| new_node(&emission, self.context, self.now));
        let mut taken = Taken::default();
        let was_failing = node.raw.is_some();
        let was_orphan = std::mem::take(&mut node.orphan);
        let is_same =
            !is_new && node.raw_hash == emission.raw_hash && node.location_key == emission.location_key;
        node.location_key.clone_from(&emission.location_key);
        node.raw_hash.clone_from(&emission.raw_hash);
        let moved = node.place != emission.place;
        node.place.clone_from(&emission.place);
        let mut differs = is_new || was_orphan || !is_same || moved;
        if let Some(outcome) = emission.outcome {
            taken.refresh_keys = outcome.keys_changed.then_some(outcome.refresh_keys);
            match outcome.result {
                Ok(form) => {
                    let same_form = node.result_hash == form.hash && node.processed.is_some();
                    differs |= !same_form || was_failing;
                    if was_failing || !is_location(&reference) {
                        node.problems.clear();
                    }
                    node.raw = None;
                    taken.is_new_target = is_location(&reference) && (!is_same || !same_form || was_failing);
                    if !same_form {
                        node.processed = Some(form.json);
                        node.result_hash = form.hash;
                        taken.relations = Some(form.relations);
                    }
                }
                Err(problem) => {
                    differs |= node.problems != [(*problem).clone()];
                    node.problems = vec![*problem];
                    node.raw = Some(emission.raw);
                }
            }
        }
        if differs {
            node.updated_at = self.now;
            self.dirty.insert(reference.clone());
            self.affect(&reference);
        }
        taken
    }

    /// Adds a problem to an entity of the file `owner`; it keeps its last good form.
    pub async fn add_problem(
        &mut self,
        reference: &str,
        owner: &str,
        problem: Problem,
    ) -> Result<(), StoreError> {
        self.load(&[reference.to_owned()]).await?;
        let known = self.nodes.get(reference).and_then(Option::as_ref);
        let is_news =
            |node: &Node| node.location_key.as_deref() == Some(owner) && !node.problems.contains(&problem);
        if !known.is_some_and(is_news) {
            return Ok(());
        }
        self.change(reference, |node| {
            node.problems = vec![problem];
            // The broken form is not the one that was processed: the next good one must be taken.
            node.raw_hash = String::new();
            node.raw.get_or_insert_with(|| "null".to_owned());
        })
        .await
        .map(drop)
    }
}

/// What taking an emission means for its surroundings.
#[derive(Default)]
struct Taken {
    relations: Option<Vec<RelationRow>>,
    refresh_keys: Option<Vec<String>>,
    /// A location whose targets must be read.
    is_new_target: bool,
}

/// Who else owns an entity; whoever left it behind does not.
fn other_owner<'n>(node: &'n Node, emission: &Emission) -> Option<&'n str> {
    node.location_key
        .as_deref()
        .filter(|owner| !node.orphan && Some(*owner) != emission.location_key.as_deref())
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
    let problem = Problem::warning(fault)
        .hint("Only the first is served. Rename one of the two, or remove the other file or location.");
    problem.at(place.unwrap_or_else(|| Place {
        source: here.to_owned(),
        ..Place::default()
    }))
}

fn new_node(emission: &Emission, context: &Context, now: Timestamp) -> Node {
    Node {
        reference: emission.reference.clone(),
        uid: context.randomness.uuid(),
        location_key: emission.location_key.clone(),
        raw: None,
        raw_hash: String::new(),
        processed: None,
        result_hash: String::new(),
        problems: Vec::new(),
        final_json: None,
        etag: None,
        orphan: false,
        place: None,
        updated_at: now,
    }
}
