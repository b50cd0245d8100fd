//! Who belongs to whom: groups below groups, their people, and what they own together.
//!
//! The index says which groups there are; who belongs to them stands in their bodies, in the relations that the catalog made of `spec.parent`, `spec.children`,
//! `spec.members` and `spec.memberOf`. Circles among groups are followed once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use model::{EntityRef, Fault, entity};

use crate::query::ListRequest;
use crate::{View, browse};

/// Most groups that are followed; an organisation beyond that is shown in part.
pub const MAX_GROUPS: usize = 5_000;

/// A group in the tree of groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The group.
    pub reference: EntityRef,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// Its type: `team`, `department`…
    pub spec_type: Option<String>,
    /// One line about it.
    pub description: Option<String>,
    /// Its direct members.
    pub members: BTreeSet<EntityRef>,
    /// The groups directly below it.
    pub below: Vec<EntityRef>,
}

/// All groups.
#[derive(Debug, Clone, Default)]
pub struct Organization {
    teams: BTreeMap<EntityRef, Team>,
    /// Groups without a known group above, by name.
    pub tops: Vec<EntityRef>,
    /// There are more groups than these.
    pub is_partial: bool,
}

impl Organization {
    /// The organisation of these groups.
    pub fn from_teams(teams: impl Iterator<Item = Team>, is_partial: bool) -> Self {
        let teams: BTreeMap<EntityRef, Team> = teams.map(|team| (team.reference.clone(), team)).collect();
        let mut found = Self {
            tops: Vec::new(),
            is_partial,
            teams,
        };
        let below: BTreeSet<&EntityRef> = found.teams.values().flat_map(|team| &team.below).collect();
        let mut tops: Vec<EntityRef> = found
            .teams
            .keys()
            .filter(|team| !below.contains(team))
            .cloned()
            .collect();
        // Groups that only stand below each other hang on none of these: their first one leads in.
        let mut reached = HashSet::new();
        for top in &tops {
            found.reach(top, &mut reached);
        }
        for team in found.teams.keys() {
            if !reached.contains(team) {
                tops.push(team.clone());
                found.reach(team, &mut reached);
            }
        }
        found.tops = tops;
        found
    }

    /// Whether there is no group at all.
    pub fn is_empty(&self) -> bool {
        self.teams.is_empty()
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.teams.len()
    }

    /// A group by its reference.
    pub fn team(&self, reference: &EntityRef) -> Option<&Team> {
        self.teams.get(reference)
    }

    /// A group and all below it, itself first, each once.
    pub fn with_below(&self, top: &EntityRef) -> Vec<EntityRef> {
        self.reach(top, &mut HashSet::new())
    }

    /// What can be reached from a group and was not before, in the order it is met.
    fn reach(&self, top: &EntityRef, reached: &mut HashSet<EntityRef>) -> Vec<EntityRef> {
        let mut found = Vec::new();
        if reached.insert(top.clone()) {
            found.push(top.clone());
        }
        let mut at = 0;
        while at < found.len() {
            let below = self.teams.get(&found[at]).map(|team| team.below.as_slice());
            for team in below.unwrap_or_default() {
                if reached.insert(team.clone()) {
                    found.push(team.clone());
                }
            }
            at += 1;
        }
        found
    }

    /// People who are members of any of these groups.
    pub fn members(&self, groups: &[EntityRef]) -> BTreeSet<EntityRef> {
        let teams = groups.iter().filter_map(|group| self.teams.get(group));
        teams.flat_map(|team| team.members.iter().cloned()).collect()
    }
}

impl View<'_> {
    /// All groups.
    pub async fn organization(&self) -> Result<Organization, Fault> {
        let request = ListRequest::for_people(browse::one_of("kind", &["group".to_owned()]));
        let listing = self.listing(&request.page(0, MAX_GROUPS)).await?;
        let teams = listing.entities.iter().filter_map(team);
        Ok(Organization::from_teams(teams, listing.next.is_some()))
    }

    /// How many entities of each kind these own, the most frequent kind first.
    pub fn owned_kinds(&self, owners: &[EntityRef]) -> Vec<(String, usize)> {
        let mut kinds = self.counts_of(&browse::owned_by(owners), "", "kind");
        kinds.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        kinds
    }
}

fn team(value: &serde_json::Value) -> Option<Team> {
    let related = |wanted: &str| {
        entity::relations(value)
            .filter(move |(kind, _)| *kind == wanted)
            .filter_map(|(_, target)| target.parse::<EntityRef>().ok())
            .collect::<Vec<_>>()
    };
    Some(Team {
        reference: EntityRef::of(value)?,
        title: browse::shown_title(value).map(str::to_owned),
        spec_type: entity::spec_type(value).map(str::to_owned),
        description: entity::description(value).map(str::to_owned),
        members: related("hasMember").into_iter().collect(),
        below: related("parentOf"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str) -> EntityRef {
        EntityRef::new("group", "default", name)
    }

    /// An organisation given as `name members > groups below`.
    fn organization(lines: &[&str]) -> Organization {
        let teams = lines.iter().map(|line| {
            let (head, below) = line.split_once('>').unwrap_or((line, ""));
            let mut words = head.split_whitespace();
            Team {
                reference: group(words.next().unwrap()),
                title: None,
                spec_type: None,
                description: None,
                members: words
                    .map(|name| EntityRef::new("user", "default", name))
                    .collect(),
                below: below.split_whitespace().map(group).collect(),
            }
        });
        Organization::from_teams(teams, false)
    }

    fn names<'a>(references: impl IntoIterator<Item = &'a EntityRef>) -> String {
        let names: Vec<&str> = references.into_iter().map(EntityRef::name).collect();
        names.join(" ")
    }

    #[test]
    fn groups_below_and_their_people_are_counted_once() {
        let found = organization(&["a x > b c", "b y x > d", "c z > d", "d w", "e"]);
        assert_eq!(names(&found.tops), "a e");
        assert_eq!(names(&found.with_below(&group("a"))), "a b c d");
        assert_eq!(names(&found.members(&found.with_below(&group("a")))), "w x y z");
        assert_eq!(names(&found.members(&[group("b")])), "x y");
    }

    #[test]
    fn circles_end_and_are_reached_and_unknown_groups_have_nobody() {
        let found = organization(&["a > b", "b > a", "c > c", "d > gone"]);
        assert_eq!(names(&found.tops), "d a c");
        assert_eq!(names(&found.with_below(&group("b"))), "b a");
        assert_eq!(names(&found.with_below(&group("d"))), "d gone");
        assert!(found.members(&found.with_below(&group("d"))).is_empty());
    }
}
