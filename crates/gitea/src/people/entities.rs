//! The entities that a roster makes: a group for each organisation, below it one for each team, and a user for each person.

use std::collections::{BTreeMap, BTreeSet};

use model::{Fault, Problem};
use plugin::DeferredEntity;
use scm::gitea::{Organization, Team, User};
use serde_json::{Map, Value, json};

use super::names::{Given, entity_name};
use super::roster::{OWNERS, OrganizationTeams, Roster};
use super::settings::Settings;
use super::{HOST, NUMBER, ORGANIZATION, TEAM, USER};

/// What an entity is made of: its kind of thing, and the number that stays when the name changes.
pub(crate) type Identity = (&'static str, i64);

/// What a roster comes to.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub groups: Vec<DeferredEntity>,
    pub users: Vec<DeferredEntity>,
    /// The reference of each thing that has an entity, and its name at the server.
    pub names: BTreeMap<Identity, (String, String)>,
    pub problems: Vec<Problem>,
}

/// Makes entities.
pub(crate) struct Maker<'a> {
    pub settings: &'a Settings,
    /// Address of the server for people.
    pub web: &'a str,
}

/// Names of groups, by what they are made of.
type Groups = BTreeMap<Identity, String>;

impl Maker<'_> {
    /// The entities of a roster.
    pub fn make(&self, roster: &Roster) -> Made {
        let mut made = Made::default();
        let groups = self.group_names(roster, &mut made.problems);
        for known in roster.organizations.values() {
            self.groups(known, &groups, &mut made);
        }
        let memberships = self.memberships(roster, &groups);
        let mut given = Given::default();
        for user in roster.users.values() {
            let groups = memberships.get(&user.id).cloned().unwrap_or_default();
            let is_off = roster.by_administrator && user.is_switched_off();
            if is_off || (groups.is_empty() && !self.settings.all_users) {
                continue;
            }
            let name = entity_name(&user.login, user.id);
            let what = format!("the user {} (number {})", user.login, user.id);
            match given.give(&name, &what) {
                Ok(()) => {
                    let reference = format!("user:default/{}", name.to_lowercase());
                    made.names
                        .insert(("user", user.id), (reference, user.login.clone()));
                    let entity = self.user(user, &name, &groups);
                    made.users.push(entity);
                }
                Err(other) => made.problems.push(taken("user", &name, &what, &other)),
            }
        }
        made
    }

    /// Names are given to organisations first, then to teams, each in the order of their numbers: who was there first keeps its name.
    fn group_names(&self, roster: &Roster, problems: &mut Vec<Problem>) -> Groups {
        let (mut given, mut groups) = (Given::default(), Groups::new());
        let mut give = |identity: Identity, name: String, what: String| match given.give(&name, &what) {
            Ok(()) => _ = groups.insert(identity, name),
            Err(other) => problems.push(taken("group", &name, &what, &other)),
        };
        for OrganizationTeams { organization, .. } in roster.organizations.values() {
            let Organization { id, name, .. } = organization;
            let what = format!("the organisation {name} (number {id})");
            give(("organization", *id), entity_name(name, *id), what);
        }
        let teams = roster.organizations.values().flat_map(|known| {
            let teams = known.teams.values().map(|team| &team.team);
            teams.map(move |team| (&known.organization, team))
        });
        let mut teams: Vec<(&Organization, &Team)> = teams.filter(|(_, team)| self.is_group(team)).collect();
        teams.sort_by_key(|(_, team)| team.id);
        for (organization, team) in teams {
            let what = format!(
                "the team {}/{} (number {})",
                organization.name, team.name, team.id
            );
            give(("team", team.id), self.team_name(organization, team), what);
        }
        groups
    }

    fn is_group(&self, team: &Team) -> bool {
        self.settings.owners_team || team.name != OWNERS
    }

    fn team_name(&self, organization: &Organization, team: &Team) -> String {
        if self.settings.qualified_names {
            entity_name(&format!("{}-{}", organization.name, team.name), team.id)
        } else {
            entity_name(&team.name, team.id)
        }
    }

    fn groups(&self, known: &OrganizationTeams, groups: &Groups, made: &mut Made) {
        let organization = &known.organization;
        let above = groups.get(&("organization", organization.id));
        if let Some(name) = above {
            made.add_group(("organization", organization.id), name, &organization.name);
            made.groups.push(self.organization(organization, name));
        }
        for team in known.teams.values().map(|team| &team.team) {
            if let Some(name) = groups.get(&("team", team.id)) {
                made.add_group(
                    ("team", team.id),
                    name,
                    &format!("{}/{}", organization.name, team.name),
                );
                made.groups.push(self.team(organization, team, (name, above)));
            }
        }
    }

    /// The groups that each user belongs to: those of its teams, and the organisation where its teams are no groups.
    fn memberships(&self, roster: &Roster, groups: &Groups) -> BTreeMap<i64, BTreeSet<String>> {
        let mut memberships: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for known in roster.organizations.values() {
            let mut only_above: BTreeSet<i64> = BTreeSet::new();
            let mut in_teams: BTreeSet<i64> = BTreeSet::new();
            for team in known.teams.values() {
                let group = groups
                    .get(&("team", team.team.id))
                    .filter(|_| self.is_group(&team.team));
                let Some(group) = group else {
                    only_above.extend(&team.members);
                    continue;
                };
                for member in &team.members {
                    in_teams.insert(*member);
                    memberships.entry(*member).or_default().insert(group.clone());
                }
            }
            if let Some(above) = groups.get(&("organization", known.organization.id)) {
                for member in only_above.difference(&in_teams) {
                    memberships.entry(*member).or_default().insert(above.clone());
                }
            }
        }
        memberships
    }

    fn organization(&self, organization: &Organization, name: &str) -> DeferredEntity {
        let page = format!("{}/{}", self.web, organization.name);
        let profile = profile(
            &organization.full_name,
            Some(&organization.email),
            &organization.avatar_url,
        );
        let spec = json!({"type": "organization", "profile": profile, "children": []});
        let named = (ORGANIZATION, organization.name.as_str());
        let settings = format!("{}/org/{}/settings", self.web, organization.name);
        self.entity(
            "Group",
            (name, &organization.description),
            (&page, &settings),
            (named, organization.id),
            spec,
        )
    }

    fn team(
        &self,
        organization: &Organization,
        team: &Team,
        (name, above): (&str, Option<&String>),
    ) -> DeferredEntity {
        let page = format!("{}/org/{}/teams/{}", self.web, organization.name, team.name);
        let mut spec = json!({"type": "team", "profile": {"displayName": team.name}, "children": []});
        if let Some(above) = above {
            spec["parent"] = above.as_str().into();
        }
        let full = format!("{}/{}", organization.name, team.name);
        self.entity(
            "Group",
            (name, &team.description),
            (&page, &format!("{page}/edit")),
            ((TEAM, &full), team.id),
            spec,
        )
    }

    fn user(&self, user: &User, name: &str, groups: &BTreeSet<String>) -> DeferredEntity {
        let page = format!("{}/{}", self.web, user.login);
        let shown = if user.full_name.trim().is_empty() {
            &user.login
        } else {
            &user.full_name
        };
        let profile = profile(shown, user.real_email(), &user.avatar_url);
        let groups: Vec<&String> = groups.iter().collect();
        let spec = json!({"profile": profile, "memberOf": groups});
        self.entity(
            "User",
            (name, ""),
            (&page, &page),
            ((USER, &user.login), user.id),
            spec,
        )
    }

    fn entity(
        &self,
        kind: &str,
        (name, description): (&str, &str),
        (page, edit): (&str, &str),
        ((key, at_server), number): ((&str, &str), i64),
        spec: Value,
    ) -> DeferredEntity {
        let location = format!("url:{page}");
        let mut metadata = json!({
            "name": name,
            "annotations": {
                "backstage.io/managed-by-location": location,
                "backstage.io/managed-by-origin-location": location,
                "backstage.io/view-url": page,
                "backstage.io/edit-url": edit,
                HOST: self.settings.host,
                key: at_server,
                NUMBER: number.to_string(),
            },
        });
        if !description.trim().is_empty() {
            metadata["description"] = description.trim().into();
        }
        DeferredEntity {
            entity: json!({"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}),
            location_key: Some(self.settings.provider()),
        }
    }
}

impl Made {
    fn add_group(&mut self, identity: Identity, name: &str, at_server: &str) {
        let reference = format!("group:default/{}", name.to_lowercase());
        self.names.insert(identity, (reference, at_server.to_owned()));
    }

    /// Leaves only users that belong to groups of other sources, with these groups alone.
    pub fn only_members_of(&mut self, is_foreign: impl Fn(&str) -> bool) {
        self.groups.clear();
        self.names.retain(|(kind, _), _| *kind == "user");
        self.users.retain_mut(|user| {
            let Some(groups) = user.entity["spec"]["memberOf"].as_array_mut() else {
                return false;
            };
            groups.retain(|group| {
                group
                    .as_str()
                    .is_some_and(|group| is_foreign(&format!("group:default/{}", group.to_lowercase())))
            });
            !groups.is_empty()
        });
    }
}

fn profile(shown: &str, email: Option<&str>, picture: &str) -> Value {
    let mut profile = Map::new();
    let parts = [
        ("displayName", Some(shown)),
        ("email", email),
        ("picture", Some(picture)),
    ];
    for (key, value) in parts {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            profile.insert(key.to_owned(), value.into());
        }
    }
    Value::Object(profile)
}

fn taken(kind: &str, name: &str, what: &str, other: &str) -> Problem {
    let fault = Fault::conflict(format!(
        "{what} is not in the catalog: {kind}:default/{} is {other}",
        name.to_lowercase()
    ));
    let hint = match kind {
        "group" => "Rename one of the two in Gitea, or set teamNames: organization-team.",
        _ => "Rename one of the two in Gitea.",
    };
    Problem::warning(fault).hint(hint)
}
