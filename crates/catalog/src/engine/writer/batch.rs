//! What a transaction collects: entities as they will be, and which of them are to be joined. It knows no database.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use model::Problem;
use serde_json::Value;
use store::{ChangeKind, NewChange, Node, RelationRow};
use uuid::Uuid;

use super::super::emission::Emission;
use super::super::failure::EngineError;
use super::is_location;

/// Everything that was collected so far.
pub(super) struct Batch {
    pub now: Timestamp,
    /// What the history will say; the last is the cause at hand, that of the source whose entities are taken.
    pub causes: Vec<Value>,
    /// Nodes as they will be; `None` for references that have none.
    pub nodes: HashMap<String, Option<Node>>,
    pub dirty: BTreeSet<String>,
    /// Entities that changed themselves, and which of the causes that is due to.
    pub changed: BTreeMap<String, usize>,
    /// Entities whose relations changed because others did, and which of the causes that is due to.
    pub neighbours: BTreeMap<String, usize>,
    /// Locations that were read at least once and may be served.
    pub ready: HashSet<String>,
    /// Entries of the change log that are certain already.
    pub log: Vec<NewChange>,
    /// Entities that other sources may declare from now on.
    pub freed: HashSet<String>,
}

/// What taking an emission asks the database for.
#[derive(Default)]
pub(super) struct Taken {
    pub relations: Option<Vec<RelationRow>>,
    pub refresh_keys: Option<Vec<String>>,
    /// A location whose targets must be read.
    pub is_new_target: bool,
}

impl Batch {
    /// Nothing yet. `cause` is what the history will say.
    pub fn new(cause: Value, now: Timestamp) -> Self {
        Self {
            now,
            causes: vec![cause],
            nodes: HashMap::new(),
            dirty: BTreeSet::new(),
            changed: BTreeMap::new(),
            neighbours: BTreeMap::new(),
            ready: HashSet::new(),
            log: Vec::new(),
            freed: HashSet::new(),
        }
    }

    /// Makes one of the files that a source reads the cause at hand: it is what the history names.
    pub fn set_cause_of_file(&mut self, location: Option<&str>) {
        let Some((cause, location)) = self.causes.last().zip(location) else {
            return;
        };
        if cause.get("location").is_some_and(|known| known != location) {
            let mut cause = cause.clone();
            cause["location"] = location.into();
            self.causes.push(cause);
        }
    }

    /// Where the cause at hand stands.
    pub fn cause(&self) -> usize {
        self.causes.len() - 1
    }

    /// The references whose nodes are not known.
    pub fn unknown<'r>(&self, references: impl IntoIterator<Item = &'r String>) -> Vec<String> {
        let unknown = references
            .into_iter()
            .filter(|name| !self.nodes.contains_key(*name));
        unknown.cloned().collect()
    }

    /// Notes the nodes that were found for references; the others have none.
    pub fn note_loaded(&mut self, references: Vec<String>, found: Vec<Node>) {
        self.nodes.extend(references.into_iter().map(|name| (name, None)));
        let found = found.into_iter().map(|node| (node.reference.clone(), Some(node)));
        self.nodes.extend(found);
    }

    /// A node as it will be, if it is known.
    pub fn node(&self, reference: &str) -> Option<&Node> {
        self.nodes.get(reference).and_then(Option::as_ref)
    }

    /// Whether the entity is served.
    pub fn is_served(&self, reference: &str) -> bool {
        self.node(reference).is_some_and(|node| node.final_json.is_some())
    }

    /// Has an entity joined, for the cause at hand.
    pub fn affect(&mut self, reference: &str) {
        self.changed.insert(reference.to_owned(), self.cause());
    }

    /// Changes a known node and has it joined; whether there is such a node.
    pub fn change(&mut self, reference: &str, change: impl FnOnce(&mut Node)) -> bool {
        let Some(Some(node)) = self.nodes.get_mut(reference) else {
            return false;
        };
        change(node);
        self.dirty.insert(reference.to_owned());
        self.affect(reference);
        true
    }

    /// Adds a problem to a known entity of the file `owner`; it keeps its last good form.
    pub fn add_problem(&mut self, reference: &str, owner: &str, problem: Problem) {
        let is_news =
            |node: &Node| node.location_key.as_deref() == Some(owner) && !node.problems.contains(&problem);
        if !self.node(reference).is_some_and(is_news) {
            return;
        }
        self.change(reference, |node| {
            node.problems = vec![problem];
            // The broken form is not the one that was processed: the next good one must be taken.
            node.raw_hash = String::new();
            node.raw.get_or_insert_with(|| "null".to_owned());
        });
    }

    /// Forgets a known node, and logs that it is gone.
    pub fn delete(&mut self, reference: &str) {
        self.dirty.remove(reference);
        self.freed.insert(reference.to_owned());
        if let Some(Some(node)) = self.nodes.insert(reference.to_owned(), None) {
            let deletion = self.deletion(node);
            self.log.extend(deletion);
        }
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

    /// Fails when an entity was changed meanwhile that its source takes for unchanged. Nothing was written for the source
    /// then.
    pub fn check_unchanged(
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
    pub fn take(&mut self, emission: Emission, uid: impl FnOnce() -> Uuid) -> Taken {
        let reference = emission.reference.clone();
        let slot = self.nodes.entry(reference.clone()).or_default();
        let is_new = slot.is_none();
        let node = slot.get_or_insert_with(|| new_node(&emission, uid(), self.now));
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
}

/// Which other file owns an entity. An orphan has no owner.
pub(super) fn other_owner<'n>(node: &'n Node, emission: &Emission) -> Option<&'n str> {
    node.location_key
        .as_deref()
        .filter(|owner| !node.orphan && Some(*owner) != emission.location_key.as_deref())
}

fn new_node(emission: &Emission, uid: Uuid, now: Timestamp) -> Node {
    Node {
        reference: emission.reference.clone(),
        uid,
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
