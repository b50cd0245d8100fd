//! What surrounds entities: everything that their relations reach within some steps.
//!
//! Relations come in pairs of opposite directions; here every pair is one arrow, in the direction
//! that reads best. The answer is bounded: beyond the limit, entities are counted, not collected.
//! How it is drawn is not known here.

mod collapse;

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{EntityRef, Fault, entity};
use serde_json::Value;

use crate::{View, browse};

/// Pairs of relations: forward, backward, and how people say the forward one.
pub const PAIRS: [(&str, &str, &str); 7] = [
    ("dependsOn", "dependencyOf", "depends on"),
    ("providesApi", "apiProvidedBy", "provides"),
    ("consumesApi", "apiConsumedBy", "consumes"),
    ("hasPart", "partOf", "has part"),
    ("ownerOf", "ownedBy", "owns"),
    ("parentOf", "childOf", "parent of"),
    ("hasMember", "memberOf", "has member"),
];

/// What to collect.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where to begin.
    pub roots: Vec<EntityRef>,
    /// Steps to go.
    pub depth: usize,
    /// Kinds to collect, lower-cased; all when empty. Roots are there whatever their kind.
    pub kinds: Vec<String>,
    /// Relations to follow, by either name of a pair; all when empty.
    pub relations: Vec<String>,
    /// Only the arrows that led to an entity first.
    pub is_simplified: bool,
    /// Many alike entities at the end of the same arrow become one stack.
    pub collapses: bool,
    /// Most entities.
    pub limit: usize,
}

/// A place in the neighbourhood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The entity, or the one a stack hangs on.
    pub reference: EntityRef,
    /// Title of the entity, when it has one.
    pub title: Option<String>,
    /// Its kind, as it spells it.
    pub kind: String,
    /// Its type, when it has one; of a stack, that of all its entities.
    pub entity_type: Option<String>,
    /// Steps from the nearest root.
    pub depth: usize,
    /// It is named by a relation but not in the catalog.
    pub is_missing: bool,
    /// The entities that this place stands for, when it is a stack.
    pub stack: Vec<EntityRef>,
}

/// An arrow between two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// Index of the place it leaves.
    pub from: usize,
    /// Index of the place it leads to.
    pub to: usize,
    /// Forward names of the relations it stands for.
    pub relations: Vec<String>,
}

/// What surrounds the roots.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Neighbourhood {
    /// The places, the nearest first.
    pub places: Vec<Place>,
    /// The arrows.
    pub arrows: Vec<Arrow>,
    /// Entities that are connected but left out because of the limit; there may be more behind them.
    pub left_out: usize,
}

impl Neighbourhood {
    /// The same with stacks in place of many alike entities. `led_by` has for each place the one it was found from.
    pub(crate) fn stacked(self, led_by: &[Option<usize>]) -> Self {
        collapse::collapsed(self, led_by)
    }
}

/// How people say a relation, given its forward name.
pub fn words(relation: &str) -> &str {
    PAIRS
        .iter()
        .find(|(forward, ..)| *forward == relation)
        .map_or(relation, |(.., words)| words)
}

/// The forward name of a relation, and whether the relation itself points backward.
pub(crate) fn forward(relation: &str) -> (&str, bool) {
    PAIRS
        .iter()
        .find_map(|(forward, backward, _)| match relation {
            relation if relation == *forward => Some((*forward, false)),
            relation if relation == *backward => Some((*forward, true)),
            _ => None,
        })
        .unwrap_or((relation, false))
}

impl View<'_> {
    /// Collects what surrounds the roots of a request. Nothing hidden is met on the way.
    pub async fn neighbourhood(&self, request: &Request) -> Result<Neighbourhood, Fault> {
        let mut walk = Walk::new(request);
        for depth in 0..=request.depth {
            let wanted = walk.frontier(depth);
            if wanted.is_empty() {
                break;
            }
            if request.is_simplified && depth == request.depth {
                // Of the last ones only what is written on them matters.
                walk.name(self.known(&wanted));
                break;
            }
            let bodies = self.entities(&wanted).await?;
            for (reference, body) in wanted.into_iter().zip(bodies) {
                walk.visit(reference, body, depth < request.depth);
            }
        }
        Ok(walk.finish())
    }
}

/// A relation that passes the request.
struct Step {
    target: EntityRef,
    relation: String,
    is_backward: bool,
}

struct Walk<'a> {
    request: &'a Request,
    relations: HashSet<&'a str>,
    /// Places by order of discovery, with the place that led there.
    places: Vec<(Place, Option<usize>)>,
    known: HashMap<EntityRef, usize>,
    steps: Vec<(usize, Step)>,
    left_out: HashSet<EntityRef>,
}

impl<'a> Walk<'a> {
    fn new(request: &'a Request) -> Self {
        let mut walk = Self {
            request,
            relations: request.relations.iter().map(|name| forward(name).0).collect(),
            places: Vec::new(),
            known: HashMap::new(),
            steps: Vec::new(),
            left_out: HashSet::new(),
        };
        for root in &request.roots {
            walk.discover(root, 0, None);
        }
        walk
    }

    fn discover(&mut self, reference: &EntityRef, depth: usize, by: Option<usize>) {
        if self.known.contains_key(reference) {
            return;
        }
        if self.places.len() >= self.request.limit {
            self.left_out.insert(reference.clone());
            return;
        }
        self.known.insert(reference.clone(), self.places.len());
        let place = Place {
            reference: reference.clone(),
            title: None,
            kind: reference.kind().to_owned(),
            entity_type: None,
            depth,
            is_missing: true,
            stack: Vec::new(),
        };
        self.places.push((place, by));
    }

    fn frontier(&self, depth: usize) -> Vec<EntityRef> {
        let places = self.places.iter().filter(|(place, _)| place.depth == depth);
        places.map(|(place, _)| place.reference.clone()).collect()
    }

    fn name(&mut self, named: browse::Named) {
        for (reference, known) in named {
            if let (Some(at), Some(known)) = (self.known.get(&reference), known.into_seen()) {
                let place = &mut self.places[*at].0;
                place.is_missing = false;
                place.title = known.title;
                place.kind = known.kind.unwrap_or_else(|| reference.kind().to_owned());
            }
        }
    }

    fn visit(&mut self, reference: EntityRef, body: Option<Value>, goes_on: bool) {
        let (Some(at), Some(body)) = (self.known.get(&reference).copied(), body) else {
            return;
        };
        let place = &mut self.places[at].0;
        place.is_missing = false;
        place.title = browse::shown_title(&body).map(str::to_owned);
        place.entity_type = entity::spec_type(&body).map(str::to_owned);
        if let Some(kind) = entity::kind(&body) {
            kind.clone_into(&mut place.kind);
        }
        let depth = place.depth + 1;
        for step in self.steps_of(&body) {
            if goes_on {
                self.discover(&step.target, depth, Some(at));
            }
            self.steps.push((at, step));
        }
    }

    fn steps_of(&self, body: &Value) -> Vec<Step> {
        let step = |(relation, target): (&str, &str)| {
            let target: EntityRef = target.parse().ok()?;
            let (forward, is_backward) = forward(relation);
            let wanted = self.relations.is_empty() || self.relations.contains(forward);
            (wanted && self.collects(&target)).then(|| Step {
                target,
                relation: forward.to_owned(),
                is_backward,
            })
        };
        entity::relations(body).filter_map(step).collect()
    }

    fn collects(&self, target: &EntityRef) -> bool {
        let kinds = &self.request.kinds;
        kinds.is_empty()
            || kinds.iter().any(|kind| kind == target.kind())
            || self.request.roots.contains(target)
    }

    fn finish(self) -> Neighbourhood {
        let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for (at, step) in self.steps {
            let Some(target) = self.known.get(&step.target).copied() else {
                continue;
            };
            let led = |from: usize, to: usize| self.places[to].1 == Some(from);
            if self.request.is_simplified && !led(at, target) && !led(target, at) {
                continue;
            }
            let ends = if step.is_backward {
                (target, at)
            } else {
                (at, target)
            };
            let relations = arrows.entry(ends).or_default();
            if !relations.contains(&step.relation) {
                relations.push(step.relation);
            }
        }
        let arrow = |((from, to), relations)| Arrow { from, to, relations };
        let led_by: Vec<Option<usize>> = self.places.iter().map(|(_, by)| *by).collect();
        let found = Neighbourhood {
            places: self.places.into_iter().map(|(place, _)| place).collect(),
            arrows: arrows.into_iter().map(arrow).collect(),
            left_out: self.left_out.len(),
        };
        if self.request.collapses {
            found.stacked(&led_by)
        } else {
            found
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Walks entities given as `name: relation>target …`; all are components unless a kind is named.
    fn walk(world: &[&str], request: &Request) -> Neighbourhood {
        let reference = |text: &str| EntityRef::parse(text, Some("component"), "default").unwrap();
        let bodies: HashMap<EntityRef, Value> = world
            .iter()
            .map(|line| {
                let (name, rest) = line.split_once(": ").unwrap_or((line, ""));
                let at = reference(name);
                let relations: Vec<Value> = rest
                    .split_whitespace()
                    .map(|part| {
                        let (kind, target) = part.split_once('>').unwrap();
                        json!({"type": kind, "targetRef": reference(target).to_string()})
                    })
                    .collect();
                let body =
                    json!({"kind": at.kind(), "metadata": {"name": at.name()}, "relations": relations});
                (at, body)
            })
            .collect();
        let mut walk = Walk::new(request);
        for depth in 0..=request.depth {
            for at in walk.frontier(depth) {
                let body = bodies.get(&at).cloned();
                walk.visit(at, body, depth < request.depth);
            }
        }
        walk.finish()
    }

    fn request(depth: usize) -> Request {
        Request {
            roots: vec!["component:default/a".parse().unwrap()],
            depth,
            limit: 100,
            ..Request::default()
        }
    }

    fn check(found: &Neighbourhood, expected: &[&str]) {
        let name = |index: usize| {
            let place = &found.places[index];
            if place.stack.is_empty() {
                place.reference.name().to_owned()
            } else {
                format!("{}×{}", place.stack.len(), place.kind)
            }
        };
        let arrow = |arrow: &Arrow| {
            let relations = arrow.relations.join("+");
            format!("{} {relations} {}", name(arrow.from), name(arrow.to))
        };
        assert_eq!(found.arrows.iter().map(arrow).collect::<Vec<_>>(), expected);
    }

    const CHAIN: [&str; 4] = [
        "a: dependsOn>b ownedBy>group:default/g consumesApi>api:default/x",
        "b: dependencyOf>a dependsOn>c dependsOn>a",
        "c: dependencyOf>b",
        "group:default/g: ownerOf>a ownerOf>c",
    ];

    #[test]
    fn both_sides_of_a_pair_are_one_arrow() {
        check(
            &walk(&CHAIN, &request(1)),
            &["a dependsOn b", "a consumesApi x", "b dependsOn a", "g ownerOf a"],
        );
    }

    #[test]
    fn steps_kinds_and_relations_bound_the_walk() {
        let names = |found: &Neighbourhood| -> Vec<String> {
            found
                .places
                .iter()
                .map(|place| place.reference.name().to_owned())
                .collect()
        };
        assert_eq!(names(&walk(&CHAIN, &request(0))), ["a"]);
        assert_eq!(names(&walk(&CHAIN, &request(9))), ["a", "b", "g", "x", "c"]);
        let only = |kinds: &[&str], relations: &[&str]| Request {
            kinds: kinds.iter().map(ToString::to_string).collect(),
            relations: relations.iter().map(ToString::to_string).collect(),
            ..request(9)
        };
        assert_eq!(names(&walk(&CHAIN, &only(&["group"], &[]))), ["a", "g"]);
        assert_eq!(
            names(&walk(&CHAIN, &only(&[], &["dependencyOf"]))),
            ["a", "b", "c"]
        );
    }

    #[test]
    fn what_is_not_in_the_catalog_is_missing() {
        let found = walk(&CHAIN, &request(1));
        let missing: Vec<&str> = found
            .places
            .iter()
            .filter(|place| place.is_missing)
            .map(|place| place.reference.name())
            .collect();
        assert_eq!(missing, ["x"]);
    }

    #[test]
    fn beyond_the_limit_entities_are_counted() {
        let wide = ["a: dependsOn>b dependsOn>c dependsOn>d dependsOn>e"];
        let found = walk(
            &wide,
            &Request {
                limit: 3,
                ..request(1)
            },
        );
        assert_eq!((found.places.len(), found.left_out), (3, 2));
    }

    #[test]
    fn simplified_is_a_tree() {
        let found = walk(
            &CHAIN,
            &Request {
                is_simplified: true,
                ..request(9)
            },
        );
        check(
            &found,
            &[
                "a dependsOn b",
                "a consumesApi x",
                "b dependsOn a",
                "b dependsOn c",
                "g ownerOf a",
            ],
        );
    }

    #[test]
    fn a_crowd_whose_members_hang_on_each_other_becomes_a_stack() {
        let all: Vec<String> = (0..99).map(|number| format!("s{number}")).collect();
        let mut world = vec![format!(
            "a: hasPart>{} ownedBy>group:default/g",
            all.join(" hasPart>")
        )];
        world.extend(
            all.windows(2)
                .map(|pair| format!("{}: dependsOn>{} ownedBy>group:default/g", pair[0], pair[1])),
        );
        let lines: Vec<&str> = world.iter().map(String::as_str).collect();
        let collapsed = Request {
            collapses: true,
            limit: 200,
            ..request(1)
        };
        check(
            &walk(&lines, &collapsed),
            &["g ownerOf a", "g ownerOf 99×component", "a hasPart 99×component"],
        );
        // Fewer are shown one by one.
        assert_eq!(
            walk(
                &lines,
                &Request {
                    limit: 40,
                    ..collapsed
                }
            )
            .places
            .len(),
            40
        );
    }

    #[test]
    fn many_alike_become_a_stack() {
        let many: Vec<String> = (0..20).map(|number| format!("ownerOf>s{number}")).collect();
        let line = format!("a: {} ownerOf>near dependsOn>r", many.join(" "));
        let world = [line.as_str(), "near: dependsOn>r ownedBy>a", "r", "s3: ownedBy>a"];
        let found = walk(
            &world,
            &Request {
                collapses: true,
                ..request(1)
            },
        );
        check(
            &found,
            &[
                "a ownerOf near",
                "a dependsOn r",
                "near dependsOn r",
                "a ownerOf 20×component",
            ],
        );
    }
}
