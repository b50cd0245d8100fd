//! Who works in a repository (collaborators, teams, reviewers), and the secrets of its Actions.

use serde_json::json;

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row(
        "PUT",
        "/repos/{owner}/{repo}/collaborators/{collaborator}",
        REPOSITORY,
        collaborator,
    )
    .signed_in(),
    row("GET", "/repos/{owner}/{repo}/teams/{team}", REPOSITORY, team).signed_in(),
    row("PUT", "/repos/{owner}/{repo}/teams/{team}", REPOSITORY, add_team).signed_in(),
    row(
        "POST",
        "/repos/{owner}/{repo}/pulls/{index}/requested_reviewers",
        REPOSITORY,
        reviewers,
    )
    .signed_in(),
    row(
        "PUT",
        "/repos/{owner}/{repo}/actions/secrets/{secretname}",
        REPOSITORY,
        secret,
    )
    .signed_in()
    .since(21),
];

fn collaborator(world: &mut World, ask: &Ask) -> Answer {
    let id = super::repositories::administered(world, ask)?;
    let name = ask.part("collaborator");
    let Some(account) = world.account(name) else {
        return Err(world.fault(422, &format!("user does not exist [uid: 0, name: {name}]")));
    };
    let login = account.login.clone();
    let right = match ask.text("permission") {
        "" => "write",
        right => right,
    };
    world.collaborators.insert((id, login), right.to_owned());
    Reply::no_content()
}

/// The id of the repository and whether the team has it already; 404 for a team that is none.
fn team_of(world: &World, ask: &Ask) -> Result<(u64, bool), Reply> {
    let id = super::repositories::administered(world, ask)?;
    let owner = world.repositories[&id].owner.clone();
    if !world.account(&owner).is_some_and(|owner| owner.organization) {
        return Err(world.fault(405, "repo is not owned by an organization"));
    }
    let name = ask.part("team");
    let mut teams = world.teams_of(&owner);
    let Some(team) = teams.find(|team| team.name.eq_ignore_ascii_case(name)) else {
        return Err(world.missing());
    };
    let has = team.all_repositories || world.team_repositories.contains(&(team.id, id));
    Ok((id, has))
}

fn team(world: &mut World, ask: &Ask) -> Answer {
    match team_of(world, ask)? {
        (_, true) => Reply::ok(&json!({ "name": ask.part("team") })),
        (_, false) => Err(world.missing()),
    }
}

fn add_team(world: &mut World, ask: &Ask) -> Answer {
    let name = ask.part("team").to_owned();
    let (id, has) = team_of(world, ask)?;
    if has {
        return Err(world.fault(422, &format!("team '{name}' is already added to repo")));
    }
    let owner = world.repositories[&id].owner.clone();
    let team = world
        .teams_of(&owner)
        .find(|team| team.name.eq_ignore_ascii_case(&name));
    let team = team.map(|team| team.id).expect("it was found a moment ago");
    world.team_repositories.insert((team, id));
    Reply::no_content()
}

fn reviewers(world: &mut World, ask: &Ask) -> Answer {
    let id = world.writable(ask)?.id;
    let number = ask.number("index");
    let issue = world.repositories[&id]
        .issues
        .iter()
        .find(|issue| issue.number == number);
    let poster = issue
        .filter(|issue| issue.pull.is_some())
        .map(|issue| issue.user.clone());
    let poster = poster.ok_or_else(|| world.missing())?;
    let names = |key: &str| -> Vec<String> {
        let names = ask.body[key].as_array().into_iter().flatten();
        names
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    };
    for name in names("reviewers") {
        if world.account(&name).is_none() {
            let error = format!("user does not exist [uid: 0, name: {name}]");
            return Err(world.not_found("UserNotExist", &[&error]));
        }
        if name == poster {
            let message = format!("poster of pr can't be reviewer [user_id: 1, repo_id: {id}]");
            return Err(world.fault(422, &message));
        }
        world.reviewers.insert((id, number, name));
    }
    for name in names("team_reviewers") {
        world.reviewers.insert((id, number, format!("team {name}")));
    }
    Reply::created(&json!([]))
}

fn secret(world: &mut World, ask: &Ask) -> Answer {
    let id = super::repositories::administered(world, ask)?;
    let name = ask.part("secretname").to_uppercase();
    let starts = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !starts || !plain || name.starts_with("GITEA_") || name.starts_with("GITHUB_") {
        return Err(world.fault(400, "invalid secret name"));
    }
    if ask.text("data").is_empty() {
        return Err(world.fault(422, "[Data]: Required"));
    }
    let old = world.secrets.insert((id, name), ask.text("data").to_owned());
    Ok(Reply::empty(if old.is_some() { 204 } else { 201 }))
}
