//! Who waits for whom: sources, appliers, and what blocks them. Circles in the data are told, and end.

use std::collections::{BTreeMap, BTreeSet};

use kubernetes::engine::Object;

use super::delivery::{Deliveries, depends_on};
use super::state::{self, Display, State};

/// A thing that is waited for, or that waits.
#[derive(Debug, Clone)]
pub struct Node {
    /// The cluster's name.
    pub cluster: String,
    /// The word for its kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its state; nothing where it is named and not there.
    pub state: Option<State>,
    /// It delivers the entity.
    pub is_own: bool,
    /// Others wait because of it.
    pub is_blocking: bool,
    /// It waits for itself, through others.
    pub is_in_circle: bool,
}

/// An arrow from what comes first to what comes after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    /// Index of what comes first.
    pub from: usize,
    /// Index of what comes after it.
    pub to: usize,
    /// Whether it is a source that is applied; else one waits for the other.
    pub is_source: bool,
}

/// The things and the arrows between them.
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    /// The things.
    pub nodes: Vec<Node>,
    /// The arrows.
    pub arrows: Vec<Arrow>,
}

type Key = (String, String, String, String);

/// Who waits for whom among what delivers an entity.
pub fn of(found: &Deliveries) -> Dependencies {
    let mut made = Dependencies::default();
    let mut known: BTreeMap<Key, usize> = BTreeMap::new();
    let own = found.all.iter().map(|one| (&one.cluster, &one.applier, true));
    let beside = found.beside.iter().map(|one| (&one.cluster, &one.object, false));
    let appliers: Vec<(&String, &Object, bool)> = own.chain(beside).collect();
    for (cluster, object, is_own) in &appliers {
        made.node(&mut known, key(cluster, object), Some(state::of(object)), *is_own);
    }
    for (cluster, object, _) in &appliers {
        let Some(to) = known.get(&key(cluster, object)).copied() else {
            continue;
        };
        for (namespace, name) in depends_on(object) {
            let wanted = ((*cluster).clone(), object.kind().name.to_owned(), namespace, name);
            let from = made.node(&mut known, wanted, None, false);
            made.arrow(from, to, false);
        }
    }
    for one in &found.all {
        let (Some((kind, namespace, name)), Some(to)) = (
            one.source_name.clone(),
            known.get(&key(&one.cluster, &one.applier)).copied(),
        ) else {
            continue;
        };
        let state = one.source.as_ref().map(state::of);
        let from = made.node(
            &mut known,
            (one.cluster.clone(), kind, namespace, name),
            state,
            false,
        );
        made.arrow(from, to, true);
    }
    made.mark();
    made
}

fn key(cluster: &str, object: &Object) -> Key {
    (
        cluster.to_owned(),
        object.kind().name.to_owned(),
        object.namespace().to_owned(),
        object.name().to_owned(),
    )
}

impl Node {
    fn is_well(&self) -> bool {
        let display = self.state.as_ref().map(|state| state.display);
        matches!(display, Some(Display::Ready | Display::Static))
    }

    fn is_waiting(&self) -> bool {
        self.state
            .as_ref()
            .is_some_and(|state| state.display == Display::Waiting)
    }
}

impl Dependencies {
    fn node(
        &mut self,
        known: &mut BTreeMap<Key, usize>,
        key: Key,
        state: Option<State>,
        is_own: bool,
    ) -> usize {
        *known
            .entry(key)
            .or_insert_with_key(|(cluster, kind, namespace, name)| {
                self.nodes.push(Node {
                    cluster: cluster.clone(),
                    kind: kind.clone(),
                    namespace: namespace.clone(),
                    name: name.clone(),
                    state,
                    is_own,
                    is_blocking: false,
                    is_in_circle: false,
                });
                self.nodes.len() - 1
            })
    }

    fn arrow(&mut self, from: usize, to: usize, is_source: bool) {
        let arrow = Arrow { from, to, is_source };
        if !self.arrows.contains(&arrow) {
            self.arrows.push(arrow);
        }
    }

    /// What a thing waits for.
    pub fn before(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let arrows = self
            .arrows
            .iter()
            .filter(move |arrow| arrow.to == at && !arrow.is_source);
        arrows.map(|arrow| arrow.from)
    }

    /// What stands before a thing and is not well, nearest first, itself left out unless it waits for itself.
    fn obstacles(&self, at: usize) -> BTreeSet<usize> {
        let (mut found, mut open) = (BTreeSet::new(), vec![at]);
        while let Some(at) = open.pop() {
            for before in self.before(at) {
                if !self.nodes[before].is_well() && found.insert(before) {
                    open.push(before);
                }
            }
        }
        found
    }

    fn mark(&mut self) {
        let obstacles: Vec<BTreeSet<usize>> = (0..self.nodes.len()).map(|at| self.obstacles(at)).collect();
        for (at, own) in obstacles.iter().enumerate() {
            self.nodes[at].is_in_circle = own.contains(&at);
        }
        let waited_for: BTreeSet<usize> = obstacles
            .iter()
            .enumerate()
            .filter(|(at, _)| self.nodes[*at].is_waiting())
            .flat_map(|(_, own)| own.iter().copied())
            .collect();
        for at in waited_for {
            // What only waits itself is not the one to look at, unless it waits for itself.
            let node = &mut self.nodes[at];
            node.is_blocking = !node.is_waiting() || node.is_in_circle || obstacles[at].is_empty();
        }
        for arrow in self.arrows.iter().filter(|arrow| arrow.is_source) {
            let (is_broken, is_well) = (!self.nodes[arrow.from].is_well(), self.nodes[arrow.to].is_well());
            self.nodes[arrow.from].is_blocking |= is_broken && !is_well;
        }
    }

    /// What blocks an applier.
    pub fn blocking(&self, cluster: &str, applier: &Object) -> Vec<&Node> {
        let key = key(cluster, applier);
        let is_it = |node: &Node| {
            (&node.cluster, &node.kind, &node.namespace, &node.name) == (&key.0, &key.1, &key.2, &key.3)
        };
        let Some(at) = self.nodes.iter().position(is_it) else {
            return Vec::new();
        };
        let obstacles = self.obstacles(at).into_iter();
        obstacles
            .map(|index| &self.nodes[index])
            .filter(|node| node.is_blocking)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::delivery::{Delivery, Link};
    use super::super::kinds::KUSTOMIZATIONS;
    use super::*;
    use serde_json::json;

    fn delivery(name: &str, ready: (&str, &str), waits_for: &[&str]) -> Delivery {
        let depends: Vec<_> = waits_for.iter().map(|name| json!({ "name": name })).collect();
        let applier = Object::sample(
            &KUSTOMIZATIONS,
            json!({
                "metadata": {"name": name, "namespace": "flux-system", "uid": name},
                "spec": {"dependsOn": depends},
                "status": {"conditions": [{"type": "Ready", "status": ready.0, "reason": ready.1}]},
            }),
        );
        Delivery::of(("north", "North"), applier, Link::Applies, None, None)
    }

    const READY: (&str, &str) = ("True", "ReconciliationSucceeded");
    const WAITS: (&str, &str) = ("False", "DependencyNotReady");
    const FAILED: (&str, &str) = ("False", "BuildFailed");

    fn marks(all: Vec<Delivery>) -> Vec<(String, bool, bool)> {
        let found = Deliveries {
            all,
            ..Deliveries::default()
        };
        let nodes = of(&found).nodes.into_iter();
        nodes
            .map(|node| (node.name, node.is_blocking, node.is_in_circle))
            .collect()
    }

    fn told(name: &str, is_blocking: bool, is_in_circle: bool) -> (String, bool, bool) {
        (name.to_owned(), is_blocking, is_in_circle)
    }

    #[test]
    fn the_last_one_that_is_not_well_blocks() {
        let chain = vec![
            delivery("apps", WAITS, &["infra"]),
            delivery("infra", WAITS, &["crds", "fine"]),
            delivery("crds", FAILED, &[]),
            delivery("fine", READY, &[]),
        ];
        assert_eq!(
            marks(chain),
            [
                told("apps", false, false),
                told("infra", false, false),
                told("crds", true, false),
                told("fine", false, false)
            ]
        );
    }

    #[test]
    fn what_is_not_there_blocks() {
        let lonely = vec![delivery("apps", WAITS, &["nowhere"])];
        assert_eq!(
            marks(lonely),
            [told("apps", false, false), told("nowhere", true, false)]
        );
    }

    #[test]
    fn circles_end_and_are_told() {
        let circle = vec![
            delivery("a", WAITS, &["b"]),
            delivery("b", WAITS, &["c"]),
            delivery("c", WAITS, &["a"]),
            delivery("outside", WAITS, &["a", "outside"]),
        ];
        assert_eq!(
            marks(circle),
            [
                told("a", true, true),
                told("b", true, true),
                told("c", true, true),
                told("outside", true, true)
            ]
        );
        let found = Deliveries {
            all: vec![delivery("x", WAITS, &["x"])],
            ..Deliveries::default()
        };
        let made = of(&found);
        assert_eq!(made.blocking("north", &found.all[0].applier).len(), 1);
    }

    #[test]
    fn what_is_well_blocks_nobody_though_somebody_waits() {
        let all = vec![
            delivery("apps", WAITS, &["infra"]),
            delivery("infra", READY, &["apps"]),
        ];
        assert_eq!(
            marks(all),
            [told("apps", false, false), told("infra", false, false)]
        );
    }
}
