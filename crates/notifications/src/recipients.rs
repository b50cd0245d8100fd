//! Whom a notification is for, found in the catalog.
//!
//! A user is one, in the catalog or not; a group stands for its members and those of the groups below it; everything else for its
//! owner (as in `@backstage/plugin-notifications-backend` 0.6.9).

use std::collections::{BTreeSet, HashSet};

use catalog::{Catalog, Sight};
use model::{EntityRef, Fault, entity};
use serde_json::Value;

/// Most people that one notification may be sent to by name; more are everybody.
const MOST_PEOPLE: usize = 20_000;
/// Longest reference of a person, in bytes: an index holds it together with origin and scope.
const LONGEST_REFERENCE: usize = 500;

static RESOLVED: Sight = Sight::system("a notification finds its recipients, whoever sends it");

/// Whom a notification is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// Everybody who opens the portal.
    Everybody,
    /// The people behind some entities.
    Entities {
        /// The entities.
        of: Vec<EntityRef>,
        /// Entities that are left out: people, and groups and owners on the way to them.
        without: HashSet<EntityRef>,
    },
}

impl Recipients {
    /// Reads recipients whose shape was checked.
    pub fn read(value: &Value) -> Result<Self, Fault> {
        if value["type"] == "broadcast" {
            return Ok(Self::Everybody);
        }
        Ok(Self::Entities {
            of: references(&value["entityRef"])?,
            without: references(&value["excludeEntityRef"])?.into_iter().collect(),
        })
    }

    /// These entities.
    pub fn entities(of: Vec<EntityRef>) -> Self {
        Self::Entities {
            of,
            without: HashSet::new(),
        }
    }
}

/// One reference or a list of them; nothing is an empty list.
pub(crate) fn references(value: &Value) -> Result<Vec<EntityRef>, Fault> {
    let texts = match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        one => Vec::from_iter(one.as_str()),
    };
    texts.into_iter().map(reference).collect()
}

fn reference(text: &str) -> Result<EntityRef, Fault> {
    let wrong = |fault: Fault| Fault::input("Invalid recipient provided").caused_by(fault);
    if text.len() > LONGEST_REFERENCE {
        let message = format!("a reference may have at most {LONGEST_REFERENCE} bytes");
        return Err(wrong(Fault::error(message)));
    }
    text.parse().map_err(wrong)
}

/// The people behind entities, each once, in the order in which they are met.
pub(crate) async fn people(
    catalog: &Catalog,
    of: &[EntityRef],
    without: &HashSet<EntityRef>,
) -> Result<Vec<EntityRef>, Fault> {
    let view = catalog.seen_by(&RESOLVED);
    let mut found = People::new(without);
    let mut next: Vec<EntityRef> = of.to_vec();
    let mut seen: HashSet<EntityRef> = next.iter().cloned().collect();
    while !next.is_empty() {
        let (people, others): (Vec<_>, Vec<_>) = next.into_iter().partition(is_person);
        for person in people {
            found.add(person);
        }
        let others: Vec<EntityRef> = others.into_iter().filter(|one| !without.contains(one)).collect();
        next = Vec::new();
        for value in view.entities(&others).await?.iter().flatten() {
            for reference in behind(value) {
                if is_person(&reference) {
                    found.add(reference);
                } else if seen.insert(reference.clone()) {
                    next.push(reference);
                }
            }
        }
        if found.list.len() > MOST_PEOPLE {
            return Err(Fault::input(format!(
                "The recipients are more than {MOST_PEOPLE} people. Name fewer, or send a broadcast"
            )));
        }
    }
    Ok(found.list)
}

fn is_person(reference: &EntityRef) -> bool {
    reference.kind() == "user"
}

/// Members and groups below of a group, the owner of everything else.
fn behind(value: &Value) -> Vec<EntityRef> {
    let related = |wanted: &'static [&'static str]| {
        let relations = entity::relations(value).filter(move |(kind, _)| wanted.contains(kind));
        relations.filter_map(|(_, target)| target.parse::<EntityRef>().ok())
    };
    if EntityRef::of(value).is_some_and(|reference| reference.kind() == "group") {
        related(&["hasMember", "parentOf"]).collect()
    } else {
        related(&["ownedBy"]).take(1).collect()
    }
}

struct People<'a> {
    without: &'a HashSet<EntityRef>,
    known: BTreeSet<EntityRef>,
    list: Vec<EntityRef>,
}

impl<'a> People<'a> {
    fn new(without: &'a HashSet<EntityRef>) -> Self {
        Self {
            without,
            known: BTreeSet::new(),
            list: Vec::new(),
        }
    }

    fn add(&mut self, person: EntityRef) {
        if !self.without.contains(&person) && self.known.insert(person.clone()) {
            self.list.push(person);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn recipients_are_read_and_refused() {
        assert_eq!(
            Recipients::read(&json!({"type": "broadcast"})),
            Ok(Recipients::Everybody)
        );
        let read = Recipients::read(
            &json!({"type": "entity", "entityRef": ["User:Ann", "group:default/a"], "excludeEntityRef": "user:ann"}),
        );
        let ann: EntityRef = "user:default/ann".parse().unwrap();
        let expected = Recipients::Entities {
            of: vec![ann.clone(), "group:default/a".parse().unwrap()],
            without: [ann].into(),
        };
        assert_eq!(read, Ok(expected));
        for wrong in ["ann", "", &format!("user:{}", "a".repeat(600))] {
            let fault = Recipients::read(&json!({"type": "entity", "entityRef": wrong})).unwrap_err();
            assert!(fault.message.starts_with("Invalid recipient provided"), "{fault}");
        }
    }

    #[test]
    fn who_stands_behind_an_entity() {
        let entity = |kind: &str, relations: Value| json!({"kind": kind, "metadata": {"name": "x"}, "relations": relations});
        let relation = |kind: &str, target: &str| json!({"type": kind, "targetRef": target});
        let relations = json!([
            relation("ownedBy", "group:default/owners"),
            relation("hasMember", "user:default/ann"),
            relation("parentOf", "group:default/below"),
            relation("ownedBy", "user:default/second"),
        ]);
        let names = |value: Value| behind(&value).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            names(entity("Group", relations.clone())),
            ["user:default/ann", "group:default/below"]
        );
        assert_eq!(names(entity("Component", relations)), ["group:default/owners"]);
    }
}
