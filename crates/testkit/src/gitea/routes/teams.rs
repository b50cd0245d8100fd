//! Teams and members of organisations.

use serde_json::Value;

use super::{ORGANIZATION, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::people::Team;
use crate::gitea::shapes;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/orgs/{org}/teams", ORGANIZATION, list).signed_in(),
    row("POST", "/orgs/{org}/teams", ORGANIZATION, make).signed_in(),
    row("GET", "/orgs/{org}/members", ORGANIZATION, organization_members).signed_in(),
    row("GET", "/teams/{id}", ORGANIZATION, one).signed_in(),
    row("GET", "/teams/{id}/members", ORGANIZATION, members).signed_in(),
    row("PUT", "/teams/{id}/members/{username}", ORGANIZATION, add).signed_in(),
    row("DELETE", "/teams/{id}/members/{username}", ORGANIZATION, remove).signed_in(),
];

/// Members of an organisation and administrators see its teams.
fn inside(world: &World, ask: &Ask, organization: &str) -> bool {
    let viewer = ask.viewer.as_deref();
    world.is_admin(viewer) || viewer.is_some_and(|login| world.is_member(organization, login))
}

fn list(world: &mut World, ask: &Ask) -> Answer {
    let name = world.seen_organization(ask)?.login.clone();
    if !inside(world, ask, &name) {
        return Err(world.fault(403, "Must be an organization member"));
    }
    let mut found: Vec<&Team> = world.teams_of(&name).collect();
    found.sort_by_key(|team| team.name.to_lowercase());
    let shape = |part: &[&Team]| part.iter().map(|team| shapes::team(world, team, true)).collect();
    world.page(ask, &found, shape, true)
}

fn make(world: &mut World, ask: &Ask) -> Answer {
    let organization = world.seen_organization(ask)?.login.clone();
    let name = ask.text("name");
    let plain = |char: char| char.is_alphanumeric() || "-_.".contains(char);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(world.fault(422, "[Name]: AlphaDashDot"));
    }
    if world
        .teams_of(&organization)
        .any(|team| team.name.eq_ignore_ascii_case(name))
    {
        return Err(world.fault(422, &format!("team already exists [org_id: 0, name: {name}]")));
    }
    let right = ask.text("permission");
    let id = world.add_team(
        &organization,
        name,
        if right.is_empty() { "read" } else { right },
        Vec::new(),
    );
    let team = world.teams.get_mut(&id).expect("it was made a moment ago");
    ask.text("description").clone_into(&mut team.description);
    team.all_repositories = ask.body["includes_all_repositories"].as_bool().unwrap_or(false);
    let units = ask.body["units"].as_array();
    if let Some(units) = units {
        team.units = units
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
    }
    Reply::created(&shapes::team(world, &world.teams[&id], false))
}

fn seen<'a>(world: &'a World, ask: &Ask) -> Result<&'a Team, Reply> {
    let found = world.teams.get(&ask.number("id"));
    let found = found.filter(|team| inside(world, ask, &team.organization));
    found.ok_or_else(|| world.missing())
}

fn one(world: &mut World, ask: &Ask) -> Answer {
    Reply::ok(&shapes::team(world, seen(world, ask)?, false))
}

fn people(world: &World, ask: &Ask, logins: &[String]) -> Answer {
    let viewer = ask.viewer.as_deref();
    let shape = |login: &String| shapes::user_named(world, login, viewer);
    world.page(ask, logins, |part| part.iter().map(shape).collect(), true)
}

fn members(world: &mut World, ask: &Ask) -> Answer {
    let members = seen(world, ask)?.members.clone();
    people(world, ask, &members)
}

/// All members; for those outside nobody, because nobody here made the membership public.
fn organization_members(world: &mut World, ask: &Ask) -> Answer {
    let name = world.seen_organization(ask)?.login.clone();
    let mut found: Vec<String> = Vec::new();
    if inside(world, ask, &name) {
        found.extend(world.teams_of(&name).flat_map(|team| team.members.clone()));
        found.sort();
        found.dedup();
    }
    people(world, ask, &found)
}

fn add(world: &mut World, ask: &Ask) -> Answer {
    let id = seen(world, ask)?.id;
    let found = world
        .account(ask.part("username"))
        .map(|account| account.login.clone());
    let login = found.ok_or_else(|| world.missing())?;
    let team = world.teams.get_mut(&id).expect("it was found a moment ago");
    if !team.members.contains(&login) {
        team.members.push(login);
    }
    Reply::no_content()
}

fn remove(world: &mut World, ask: &Ask) -> Answer {
    let id = seen(world, ask)?.id;
    let team = world.teams.get_mut(&id).expect("it was found a moment ago");
    team.members
        .retain(|member| !member.eq_ignore_ascii_case(ask.part("username")));
    Reply::no_content()
}
