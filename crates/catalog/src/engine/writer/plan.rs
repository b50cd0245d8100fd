//! Decides, from a batch and the relations read for it, what a transaction changes in the served catalog. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use model::Problem;
use serde_json::Value;
use store::{NewChange, Node};

use super::batch::Batch;
use super::is_location;
use crate::stitch::restitch;

/// When affected entities are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joining {
    /// All of them now.
    Now,
    /// Now only entities that are served already and changed themselves. While many sources are read, an entity is joined
    /// once and not with every transaction that brings a neighbour.
    MostlyLater,
}

/// Affected entities by when they are joined, each with its cause.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub now: BTreeMap<String, usize>,
    /// Later, and not served before.
    pub new: BTreeMap<String, usize>,
    /// Later, and served already: they only get other relations.
    pub known: BTreeMap<String, usize>,
}

/// Everything that a transaction still has to write.
#[derive(Debug)]
pub(super) struct Plan {
    pub nodes: Vec<Node>,
    pub log: Vec<NewChange>,
    /// Entities to be joined later that are not served yet, and which of the causes that is due to.
    pub later_new: BTreeMap<String, usize>,
    /// The same for entities that are served.
    pub later_known: BTreeMap<String, usize>,
    pub causes: Vec<Value>,
    /// Entities that other sources may declare from now on.
    pub freed: HashSet<String>,
    pub now: Timestamp,
}

/// Kind and target of the relations of each entity.
pub(super) type Relations = HashMap<String, Vec<(String, String)>>;

impl Batch {
    /// The affected entities whose nodes [`Batch::turns`] needs.
    pub fn affected(&self, joining: Joining) -> Vec<String> {
        match joining {
            Joining::Now => self.unknown(self.changed.keys().chain(self.neighbours.keys())),
            Joining::MostlyLater => self.unknown(self.changed.keys()),
        }
    }

    /// Decides when each affected entity is joined.
    pub fn turns(&mut self, joining: Joining) -> Turns {
        let mut changed = std::mem::take(&mut self.changed);
        let mut neighbours = std::mem::take(&mut self.neighbours);
        if joining == Joining::Now {
            neighbours.append(&mut changed);
            return Turns {
                now: neighbours,
                ..Turns::default()
            };
        }
        let mut new: BTreeMap<String, usize> = changed
            .extract_if(.., |reference, _| !self.is_served(reference))
            .collect();
        neighbours.retain(|reference, _| !changed.contains_key(reference));
        new.retain(|reference, _| self.may_be_served(reference));
        neighbours.retain(|reference, _| self.may_be_served(reference));
        Turns {
            now: changed,
            new,
            known: neighbours,
        }
    }

    /// Locations are served once their targets were read; one that was not yet is joined then.
    fn may_be_served(&self, reference: &str) -> bool {
        !is_location(reference) || self.ready.contains(reference) || self.is_served(reference)
    }

    /// Joins the entities whose turn is now with these relations.
    pub fn plan(mut self, turns: Turns, mut relations: Relations) -> Plan {
        for (reference, cause) in turns.now {
            let relations = relations.remove(&reference).unwrap_or_default();
            self.join(reference, &relations, cause);
        }
        let nodes = self.dirty.iter();
        Plan {
            nodes: nodes
                .filter_map(|reference| self.nodes.remove(reference).flatten())
                .collect(),
            log: self.log,
            later_new: turns.new,
            later_known: turns.known,
            causes: self.causes,
            freed: self.freed,
            now: self.now,
        }
    }

    fn join(&mut self, reference: String, relations: &[(String, String)], cause: usize) {
        if !self.may_be_served(&reference) {
            return;
        }
        let Some(Some(node)) = self.nodes.get_mut(&reference) else {
            return;
        };
        let problems: Vec<Problem> = node.problems.clone();
        let change = restitch(node, relations, &self.causes[cause], self.now);
        if change.is_some() || problems != node.problems {
            self.dirty.insert(reference);
        }
        self.log.extend(change);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use store::ChangeKind;

    use super::*;

    const A: &str = "component:default/a";
    const TEAM: &str = "group:default/team";
    const LOCATION: &str = "location:default/l";

    fn processed(reference: &str) -> Node {
        let (kind, name) = (
            &reference[..reference.find(':').unwrap()],
            reference.rsplit('/').next(),
        );
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name, "namespace": "default"},
        });
        Node {
            reference: reference.to_owned(),
            uid: uuid::Uuid::nil(),
            location_key: Some("file:/a.yaml".to_owned()),
            raw: None,
            raw_hash: "raw".to_owned(),
            processed: Some(entity.to_string()),
            result_hash: "result".to_owned(),
            problems: Vec::new(),
            final_json: None,
            etag: None,
            orphan: false,
            place: None,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn served(reference: &str) -> Node {
        Node {
            final_json: Some("{}".to_owned()),
            etag: Some("before".to_owned()),
            ..processed(reference)
        }
    }

    /// A batch that knows these nodes, and in which `A` changed and the team is its neighbour.
    fn batch(nodes: Vec<Node>) -> Batch {
        let mut batch = Batch::new(json!({"kind": "refresh"}), Timestamp::UNIX_EPOCH);
        let names = nodes.iter().map(|node| node.reference.clone()).collect();
        batch.note_loaded(names, nodes);
        batch.affect(A);
        batch.neighbours.insert(TEAM.to_owned(), 0);
        batch
    }

    fn owned() -> Relations {
        HashMap::from([(A.to_owned(), vec![("ownedBy".to_owned(), TEAM.to_owned())])])
    }

    fn logged(plan: &Plan) -> Vec<(&str, ChangeKind)> {
        let log = plan.log.iter();
        log.map(|change| (change.reference.as_str(), change.kind))
            .collect()
    }

    fn written(plan: &Plan) -> Vec<&str> {
        plan.nodes.iter().map(|node| node.reference.as_str()).collect()
    }

    #[test]
    fn everything_is_joined_logged_and_written_at_once() {
        let mut batch = batch(vec![processed(A), served(TEAM)]);
        let turns = batch.turns(Joining::Now);
        let plan = batch.plan(turns, owned());
        assert_eq!(
            logged(&plan),
            [(A, ChangeKind::Created), (TEAM, ChangeKind::Changed)]
        );
        assert_eq!(written(&plan), [A, TEAM]);
        let entity: Value = serde_json::from_str(plan.nodes[0].final_json.as_deref().unwrap()).unwrap();
        assert_eq!(
            entity["relations"],
            json!([{"type": "ownedBy", "targetRef": TEAM}])
        );
        assert!(plan.later_new.is_empty() && plan.later_known.is_empty());
    }

    #[test]
    fn in_a_burst_only_served_entities_that_changed_are_joined() {
        let mut first = batch(vec![processed(A), served(TEAM)]);
        let turns = first.turns(Joining::MostlyLater);
        let plan = first.plan(turns, Relations::new());
        assert_eq!(logged(&plan), []);
        assert_eq!(plan.later_new, BTreeMap::from([(A.to_owned(), 0)]));
        assert_eq!(plan.later_known, BTreeMap::from([(TEAM.to_owned(), 0)]));
        let mut again = batch(vec![served(A), served(TEAM)]);
        let turns = again.turns(Joining::MostlyLater);
        let plan = again.plan(turns, owned());
        assert_eq!(logged(&plan), [(A, ChangeKind::Changed)]);
        assert_eq!(plan.later_known, BTreeMap::from([(TEAM.to_owned(), 0)]));
    }

    #[test]
    fn a_location_waits_until_its_targets_were_read() {
        for joining in [Joining::Now, Joining::MostlyLater] {
            for is_ready in [false, true] {
                let mut batch = Batch::new(json!({}), Timestamp::UNIX_EPOCH);
                batch.note_loaded(vec![LOCATION.to_owned()], vec![processed(LOCATION)]);
                batch.affect(LOCATION);
                if is_ready {
                    batch.ready.insert(LOCATION.to_owned());
                }
                let turns = batch.turns(joining);
                let plan = batch.plan(turns, Relations::new());
                assert_eq!(
                    plan.log.len() + plan.later_new.len(),
                    usize::from(is_ready),
                    "{joining:?}"
                );
            }
        }
    }

    #[test]
    fn an_entity_that_stays_the_same_is_not_written() {
        let mut first = batch(vec![processed(A)]);
        let turns = first.turns(Joining::Now);
        let plan = first.plan(turns, owned());
        let mut again = batch(plan.nodes);
        let turns = again.turns(Joining::Now);
        let plan = again.plan(turns, owned());
        assert_eq!((logged(&plan), written(&plan)), (vec![], vec![]));
    }

    #[test]
    fn a_deleted_entity_is_logged_and_free_for_others() {
        let mut batch = Batch::new(
            json!({"kind": "refresh", "location": "file:/glob"}),
            Timestamp::UNIX_EPOCH,
        );
        batch.note_loaded(vec![A.to_owned()], vec![served(A)]);
        batch.delete(A);
        let turns = batch.turns(Joining::Now);
        let plan = batch.plan(turns, Relations::new());
        assert_eq!(logged(&plan), [(A, ChangeKind::Deleted)]);
        assert_eq!(plan.log[0].cause["location"], "file:/a.yaml");
        assert_eq!(plan.freed, HashSet::from([A.to_owned()]));
        assert_eq!(written(&plan), [""; 0]);
    }
}
