//! Rules that protect branches (by `routers/api/v1/repo/branch.go` of Gitea 1.26).

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::rules::Rule;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row(
        "GET",
        "/repos/{owner}/{repo}/branch_protections",
        REPOSITORY,
        list,
    )
    .signed_in(),
    row(
        "POST",
        "/repos/{owner}/{repo}/branch_protections",
        REPOSITORY,
        make,
    )
    .signed_in(),
    row(
        "GET",
        "/repos/{owner}/{repo}/branch_protections/{name}",
        REPOSITORY,
        one,
    )
    .signed_in(),
    row(
        "PATCH",
        "/repos/{owner}/{repo}/branch_protections/{name}",
        REPOSITORY,
        edit,
    )
    .signed_in(),
];

fn list(world: &mut World, ask: &Ask) -> Answer {
    let id = super::repositories::administered(world, ask)?;
    let rules = world.rules.get(&id).into_iter().flatten();
    Reply::ok(&rules.map(Rule::shape).collect())
}

fn make(world: &mut World, ask: &Ask) -> Answer {
    let id = super::repositories::administered(world, ask)?;
    let name = match ask.text("rule_name") {
        "" => ask.text("branch_name"),
        name => name,
    };
    if name.is_empty() {
        return Err(world.fault(400, "both rule_name and branch_name are empty"));
    }
    if world
        .rules
        .get(&id)
        .into_iter()
        .flatten()
        .any(|rule| rule.name == name)
    {
        return Err(world.fault(403, "Branch protection already exist"));
    }
    let rule = Rule::new(name, world.settings.minor(), &ask.body);
    known(world, ask, &rule)?;
    let shape = rule.shape();
    world.rules.entry(id).or_default().push(rule);
    Reply::created(&shape)
}

/// Users and teams in a rule must be there.
fn known(world: &World, ask: &Ask, rule: &Rule) -> Result<(), Reply> {
    for name in rule.listed("_usernames") {
        if world.account(name).is_none() {
            return Err(world.fault(422, &format!("user does not exist [uid: 0, name: {name}]")));
        }
    }
    let teams: Vec<&str> = world
        .teams_of(ask.part("owner"))
        .map(|team| team.name.as_str())
        .collect();
    match rule.listed("_teams").find(|name| !teams.contains(name)) {
        Some(name) => Err(world.fault(
            422,
            &format!("team does not exist [org_id 0, team_id 0, name: {name}]"),
        )),
        None => Ok(()),
    }
}

fn found<'a>(world: &'a mut World, ask: &Ask) -> Result<&'a mut Rule, Reply> {
    let id = super::repositories::administered(world, ask)?;
    let missing = world.missing();
    let rules = world.rules.get_mut(&id).into_iter().flatten();
    let mut rules = rules.filter(|rule| rule.name == ask.part("name"));
    rules.next().ok_or(missing)
}

fn one(world: &mut World, ask: &Ask) -> Answer {
    Reply::ok(&found(world, ask)?.shape())
}

fn edit(world: &mut World, ask: &Ask) -> Answer {
    let rule = found(world, ask)?;
    let mut changed = rule.clone();
    changed.set(&ask.body);
    known(world, ask, &changed)?;
    let rule = found(world, ask)?;
    *rule = changed;
    Reply::ok(&rule.shape())
}
