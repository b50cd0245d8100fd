//! Who is hurt when an entity goes away, and what an entity needs: everything that its relations reach in one direction,
//! the nearest first.
//!
//! Only relations that carry a failure are followed: dependencies, the APIs in between, and parts. An owner or the system
//! that something is a part of does not lead on, because its other parts do not fail with it. [`crate::neighbourhood`] walks
//! both ways and draws; here is the list with what people ask next: how far, whose, how important.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{EntityRef, Fault, entity};
use serde_json::Value;

use crate::neighbourhood::{self, Arrow, Neighbourhood, Place};
use crate::{View, browse};

/// Most entities of an answer, when the caller names no other bound.
pub const MOST: usize = 5_000;

/// Which way is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// What would be hurt if the entity went away.
    #[default]
    Dependents,
    /// What the entity cannot do without.
    Dependencies,
}

impl Direction {
    /// The word of addresses and of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dependents => "dependents",
            Self::Dependencies => "dependencies",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Dependents, Self::Dependencies]
            .into_iter()
            .find(|direction| direction.as_str() == word)
    }

    /// The relations that lead this way.
    pub fn relations(self) -> [&'static str; 4] {
        match self {
            Self::Dependents => ["dependencyOf", "providesApi", "apiConsumedBy", "hasPart"],
            Self::Dependencies => ["dependsOn", "consumesApi", "apiProvidedBy", "hasPart"],
        }
    }

    /// Whether an entity has a relation that leads this way.
    pub fn leads_from(self, body: &Value) -> bool {
        entity::relations(body).any(|(relation, _)| self.relations().contains(&relation))
    }
}

/// An entity that is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The entity.
    pub reference: EntityRef,
    /// How people call it, when that is not its name.
    pub title: Option<String>,
    /// Its kind, as it spells it.
    pub kind: String,
    /// Its type, when it has one.
    pub entity_type: Option<String>,
    /// Its lifecycle, when it has one.
    pub lifecycle: Option<String>,
    /// Its owners.
    pub owners: Vec<EntityRef>,
    /// Steps from the entity that was asked about.
    pub distance: usize,
    /// The entity one step nearer over which it is reached; the nearest way counts.
    pub over: EntityRef,
    /// The relation that leads from that one to this one.
    pub relation: String,
    /// A relation names it, but it is not in the catalog.
    pub is_missing: bool,
}

/// Everything that is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Impact {
    /// The nearest first, of equals those in production, then by name.
    pub reached: Vec<Reached>,
    /// Entities that the bound left out; there may be more behind them.
    pub left_out: usize,
    arrows: Vec<(EntityRef, String, EntityRef)>,
}

impl View<'_> {
    /// Follows the relations of one direction from an entity, through at most `most` entities. Nothing hidden is met on
    /// the way.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn impact(&self, root: &EntityRef, direction: Direction, most: usize) -> Result<Impact, Fault> {
        let mut walk = Walk::new(root, direction, most);
        let mut wanted = vec![root.clone()];
        while !wanted.is_empty() {
            let bodies = self.entities(&wanted).await?;
            for (reference, body) in wanted.iter().zip(bodies) {
                walk.visit(reference, body.as_ref());
            }
            wanted = walk.next_step();
        }
        Ok(walk.finish())
    }
}

impl Impact {
    /// Owners of what is reached, with how much of it each owns, those with most first.
    pub fn owners(&self) -> Vec<(EntityRef, usize)> {
        let mut owners: BTreeMap<&EntityRef, usize> = BTreeMap::new();
        for owner in self.reached.iter().flat_map(|reached| &reached.owners) {
            *owners.entry(owner).or_default() += 1;
        }
        let mut owners: Vec<(EntityRef, usize)> = owners
            .into_iter()
            .map(|(owner, count)| (owner.clone(), count))
            .collect();
        owners.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        owners
    }

    /// The same as places and arrows around `root`, at most `most` places, with stacks where many are alike.
    pub fn neighbourhood(&self, root: &EntityRef, title: Option<&str>, most: usize) -> Neighbourhood {
        let mut places = vec![place_of_root(root, title)];
        let nearest = self.reached.iter().take(most.saturating_sub(1));
        places.extend(nearest.map(place));
        let at: HashMap<&EntityRef, usize> = std::iter::once(root)
            .chain(self.reached.iter().map(|reached| &reached.reference))
            .zip(0..places.len())
            .collect();
        let mut arrows: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for (from, relation, to) in &self.arrows {
            if let (Some(from), Some(to)) = (at.get(from), at.get(to)) {
                let (forward, is_backward) = neighbourhood::forward(relation);
                let ends = if is_backward { (*to, *from) } else { (*from, *to) };
                let relations = arrows.entry(ends).or_default();
                if !relations.iter().any(|known| known == forward) {
                    relations.push(forward.to_owned());
                }
            }
        }
        let led_by: Vec<Option<usize>> = std::iter::once(None)
            .chain(self.reached.iter().map(|reached| at.get(&reached.over).copied()))
            .take(places.len())
            .collect();
        let left_out = self.left_out + self.reached.len() + 1 - places.len();
        let found = Neighbourhood {
            places,
            arrows: arrows
                .into_iter()
                .map(|((from, to), relations)| Arrow { from, to, relations })
                .collect(),
            left_out,
        };
        found.stacked(&led_by)
    }
}

fn place(reached: &Reached) -> Place {
    Place {
        reference: reached.reference.clone(),
        title: reached.title.clone(),
        kind: reached.kind.clone(),
        entity_type: reached.entity_type.clone(),
        depth: reached.distance,
        is_missing: reached.is_missing,
        stack: Vec::new(),
    }
}

fn place_of_root(root: &EntityRef, title: Option<&str>) -> Place {
    Place {
        reference: root.clone(),
        title: title.map(str::to_owned),
        kind: root.kind().to_owned(),
        entity_type: None,
        depth: 0,
        is_missing: false,
        stack: Vec::new(),
    }
}

struct Walk {
    root: EntityRef,
    direction: Direction,
    most: usize,
    distance: usize,
    /// Where each entity stands in `reached`; the root is not there.
    known: HashMap<EntityRef, usize>,
    reached: Vec<Reached>,
    found: Vec<EntityRef>,
    left_out: HashSet<EntityRef>,
    arrows: Vec<(EntityRef, String, EntityRef)>,
}

impl Walk {
    fn new(root: &EntityRef, direction: Direction, most: usize) -> Self {
        Self {
            root: root.clone(),
            direction,
            most,
            distance: 0,
            known: HashMap::new(),
            reached: Vec::new(),
            found: Vec::new(),
            left_out: HashSet::new(),
            arrows: Vec::new(),
        }
    }

    fn visit(&mut self, reference: &EntityRef, body: Option<&Value>) {
        let Some(body) = body else { return };
        if let Some(at) = self.known.get(reference) {
            describe(&mut self.reached[*at], body);
        }
        let relations = self.direction.relations();
        for (relation, target) in entity::relations(body).filter(|(kind, _)| relations.contains(kind)) {
            let Ok(target) = target.parse::<EntityRef>() else {
                continue;
            };
            self.discover(&target, reference, relation);
            self.arrows.push((reference.clone(), relation.to_owned(), target));
        }
    }

    fn discover(&mut self, target: &EntityRef, over: &EntityRef, relation: &str) {
        if *target == self.root || self.known.contains_key(target) {
            return;
        }
        if self.reached.len() >= self.most {
            self.left_out.insert(target.clone());
            return;
        }
        self.known.insert(target.clone(), self.reached.len());
        self.found.push(target.clone());
        self.reached.push(Reached {
            reference: target.clone(),
            title: None,
            kind: target.kind().to_owned(),
            entity_type: None,
            lifecycle: None,
            owners: Vec::new(),
            distance: self.distance + 1,
            over: over.clone(),
            relation: relation.to_owned(),
            is_missing: true,
        });
    }

    fn next_step(&mut self) -> Vec<EntityRef> {
        self.distance += 1;
        std::mem::take(&mut self.found)
    }

    fn finish(mut self) -> Impact {
        self.reached.sort_by_cached_key(|reached| {
            let name = reached
                .title
                .clone()
                .unwrap_or_else(|| reached.reference.name().to_owned());
            let is_in_production = reached.lifecycle.as_deref() == Some("production");
            (
                reached.distance,
                !is_in_production,
                name.to_lowercase(),
                reached.reference.clone(),
            )
        });
        Impact {
            reached: self.reached,
            left_out: self.left_out.len(),
            arrows: self.arrows,
        }
    }
}

fn describe(reached: &mut Reached, body: &Value) {
    let owners = entity::relations(body).filter(|(relation, _)| *relation == "ownedBy");
    reached.owners = owners.filter_map(|(_, owner)| owner.parse().ok()).collect();
    if let Some(kind) = entity::kind(body) {
        kind.clone_into(&mut reached.kind);
    }
    reached.title = browse::shown_title(body).map(str::to_owned);
    reached.entity_type = entity::spec_type(body).map(str::to_owned);
    reached.lifecycle = entity::lifecycle(body).map(str::to_owned);
    reached.is_missing = false;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Entities as `name [lifecycle]: relation>target …`.
    const WORLD: [&str; 9] = [
        "database experimental: dependencyOf>ledger dependencyOf>audit partOf>system:default/money",
        "ledger experimental: dependsOn>database providesApi>api:default/ledger ownedBy>group:default/payers partOf>system:default/money",
        "api:default/ledger production: apiProvidedBy>ledger apiConsumedBy>shop apiConsumedBy>audit",
        "shop production: consumesApi>api:default/ledger ownedBy>group:default/sellers dependencyOf>audit",
        "audit production: dependsOn>database consumesApi>api:default/ledger ownedBy>group:default/payers dependencyOf>gone dependsOn>shop",
        "system:default/money production: hasPart>ledger hasPart>database",
        "group:default/payers production: ownerOf>ledger ownerOf>audit ownerOf>other",
        "other production: dependsOn>nothing",
        "circle production: dependsOn>circle dependencyOf>circle",
    ];

    fn reference(text: &str) -> EntityRef {
        EntityRef::parse(text, Some("component"), "default").unwrap()
    }

    fn impact_within(root: &str, direction: Direction, most: usize) -> Impact {
        let body = |line: &&str| {
            let (head, rest) = line.split_once(": ").unwrap();
            let (name, lifecycle) = head.split_once(' ').unwrap();
            let relations: Vec<Value> = rest
                .split(' ')
                .map(|part| {
                    let (kind, target) = part.split_once('>').unwrap();
                    json!({"type": kind, "targetRef": reference(target).to_string()})
                })
                .collect();
            let body =
                json!({"metadata": {"name": name}, "spec": {"lifecycle": lifecycle}, "relations": relations});
            (reference(name), body)
        };
        let bodies: HashMap<EntityRef, Value> = WORLD.iter().map(body).collect();
        let root = reference(root);
        let mut walk = Walk::new(&root, direction, most);
        let mut wanted = vec![root];
        while !wanted.is_empty() {
            for at in &wanted {
                walk.visit(at, bodies.get(at));
            }
            wanted = walk.next_step();
        }
        walk.finish()
    }

    fn check(root: &str, direction: Direction, expected: &[&str]) {
        let found = impact_within(root, direction, MOST);
        let line = |reached: &Reached| {
            let missing = if reached.is_missing { " missing" } else { "" };
            format!("{} {}{missing}", reached.distance, reached.reference.name())
        };
        let lines: Vec<String> = found.reached.iter().map(line).collect();
        assert_eq!(lines, expected, "{root} {direction:?}");
    }

    #[test]
    fn the_nearest_come_first_and_of_equals_those_in_production() {
        check(
            "database",
            Direction::Dependents,
            &["1 audit", "1 ledger", "2 ledger", "2 gone missing", "3 shop"],
        );
        check(
            "audit",
            Direction::Dependencies,
            &["1 ledger", "1 shop", "1 database", "2 ledger"],
        );
        check("shop", Direction::Dependents, &["1 audit", "2 gone missing"]);
        check(
            "system:default/money",
            Direction::Dependents,
            &[
                "1 database",
                "1 ledger",
                "2 audit",
                "2 ledger",
                "3 shop",
                "3 gone missing",
            ],
        );
        check("circle", Direction::Dependents, &[]);
        check("circle", Direction::Dependencies, &[]);
        check("absent", Direction::Dependents, &[]);
    }

    #[test]
    fn owners_are_counted() {
        let owners = impact_within("database", Direction::Dependents, MOST).owners();
        assert_eq!(
            owners,
            [
                (reference("group:default/payers"), 2),
                (reference("group:default/sellers"), 1)
            ]
        );
    }

    #[test]
    fn beyond_the_bound_entities_are_counted() {
        let found = impact_within("system:default/money", Direction::Dependents, 2);
        assert_eq!((found.reached.len(), found.left_out), (2, 2));
    }

    #[test]
    fn the_picture_has_every_arrow_between_what_is_reached() {
        let found = impact_within("database", Direction::Dependents, MOST);
        let picture = found.neighbourhood(&reference("database"), None, 100);
        let name = |at: usize| picture.places[at].reference.to_string();
        let mut arrows: Vec<String> = picture
            .arrows
            .iter()
            .map(|arrow| {
                format!(
                    "{} {} {}",
                    name(arrow.from),
                    arrow.relations.join("+"),
                    name(arrow.to)
                )
            })
            .collect();
        arrows.sort();
        assert_eq!(
            arrows,
            [
                "component:default/audit consumesApi api:default/ledger",
                "component:default/audit dependsOn component:default/database",
                "component:default/audit dependsOn component:default/shop",
                "component:default/gone dependsOn component:default/audit",
                "component:default/ledger dependsOn component:default/database",
                "component:default/ledger providesApi api:default/ledger",
                "component:default/shop consumesApi api:default/ledger",
            ]
        );
        let small = found.neighbourhood(&reference("database"), None, 3);
        assert_eq!((small.places.len(), small.left_out), (3, 3));
    }
}
