//! New repositories: for the caller, for an organisation, for anybody.

use super::{ORGANIZATION, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::change::Change;
use crate::gitea::repository::Repository;
use crate::gitea::shapes;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("POST", "/user/repos", &["user", "repository"], own).signed_in(),
    row("POST", "/orgs/{org}/repos", ORGANIZATION, of_organization).signed_in(),
    row("POST", "/admin/users/{username}/repos", &["admin"], of_user).admin(),
];

fn own(world: &mut World, ask: &Ask) -> Answer {
    let owner = world.signed_in(ask)?.login.clone();
    create(world, ask, &owner)
}

fn of_organization(world: &mut World, ask: &Ask) -> Answer {
    let owner = world.seen_organization(ask)?.login.clone();
    let viewer = ask.viewer.as_deref();
    if !world.is_admin(viewer) && !viewer.is_some_and(|login| world.is_member(&owner, login)) {
        return Err(world.fault(
            403,
            "Given user is not allowed to create repository in organization.",
        ));
    }
    create(world, ask, &owner)
}

fn of_user(world: &mut World, ask: &Ask) -> Answer {
    let found = world
        .account(ask.part("username"))
        .map(|account| account.login.clone());
    let owner = found.ok_or_else(|| world.missing())?;
    create(world, ask, &owner)
}

fn create(world: &mut World, ask: &Ask, owner: &str) -> Answer {
    let name = ask.text("name");
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(world.fault(422, "[Name]: AlphaDashDot"));
    }
    if [".", "..", "-"].contains(&name) {
        return Err(world.fault(422, &format!("name is reserved [name: {name}]")));
    }
    let full_name = format!("{owner}/{name}");
    if world.find(&full_name).is_some() {
        return Err(world.fault(409, "The repository with the same name already exists."));
    }
    let mut new = Repository::new(&full_name).description(ask.text("description"));
    new.private = ask.body["private"].as_bool().unwrap_or(false);
    if !ask.text("default_branch").is_empty() {
        new = new.default_branch(ask.text("default_branch"));
    }
    if ask.text("object_format_name") == "sha256" {
        new = new.sha256();
    }
    if ask.body["auto_init"].as_bool() == Some(true) {
        new.first = Change::new("Initial commit");
        new = new.file("README.md", format!("# {name}\n\n{}", ask.text("description")));
    }
    let id = world.add_repository(new);
    Reply::created(&shapes::repository(
        world,
        &world.repositories[&id],
        ask.viewer.as_deref(),
    ))
}
