//! Repositories: one, those of an owner, their topics and languages, and what changes them as a whole.

use serde_json::{Value, json};

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::repository::Repository;
use crate::gitea::shapes;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}", REPOSITORY, one),
    row("PATCH", "/repos/{owner}/{repo}", REPOSITORY, edit).signed_in(),
    row("DELETE", "/repos/{owner}/{repo}", REPOSITORY, delete).signed_in(),
    row("POST", "/repos/{owner}/{repo}/transfer", REPOSITORY, transfer).signed_in(),
    row("GET", "/repositories/{id}", REPOSITORY, by_id).signed_in(),
    row("GET", "/orgs/{org}/repos", &["organization"], of_organization),
    row("GET", "/users/{username}/repos", &["user", "repository"], of_user),
    row("GET", "/user/repos", &["user", "repository"], own).signed_in(),
    row("GET", "/repos/{owner}/{repo}/topics", REPOSITORY, topics),
    row("PUT", "/repos/{owner}/{repo}/topics", REPOSITORY, set_topics).signed_in(),
    row("GET", "/repos/{owner}/{repo}/languages", REPOSITORY, languages),
];

fn one(world: &mut World, ask: &Ask) -> Answer {
    let found = world.seen(ask)?;
    Reply::ok(&shapes::repository(world, found, ask.viewer.as_deref()))
}

fn by_id(world: &mut World, ask: &Ask) -> Answer {
    let viewer = ask.viewer.as_deref();
    let found = world.repositories.get(&ask.number("id"));
    let found = found.filter(|found| world.access(viewer, found).0);
    let found = found.ok_or_else(|| world.missing())?;
    Reply::ok(&shapes::repository(world, found, viewer))
}

fn list(world: &World, ask: &Ask, owner: &str) -> Answer {
    let viewer = ask.viewer.as_deref();
    let own = |found: &&Repository| found.owner.eq_ignore_ascii_case(owner) && world.access(viewer, found).0;
    let found: Vec<&Repository> = world.repositories.values().filter(own).collect();
    let shape = |found: &&Repository| shapes::repository(world, found, viewer);
    world.page(ask, &found, |part| part.iter().map(shape).collect(), true)
}

fn of_organization(world: &mut World, ask: &Ask) -> Answer {
    let owner = world.seen_organization(ask)?.login.clone();
    list(world, ask, &owner)
}

fn of_user(world: &mut World, ask: &Ask) -> Answer {
    let found = world
        .account(ask.part("username"))
        .map(|account| account.login.clone());
    let owner = found.ok_or_else(|| world.missing())?;
    list(world, ask, &owner)
}

fn own(world: &mut World, ask: &Ask) -> Answer {
    let owner = world.signed_in(ask)?.login.clone();
    list(world, ask, &owner)
}

/// The repository for its administrators, archived or not.
pub(super) fn administered(world: &World, ask: &Ask) -> Result<u64, Reply> {
    let found = world.seen(ask)?;
    if world.access(ask.viewer.as_deref(), found).1 {
        Ok(found.id)
    } else {
        Err(world.fault(
            403,
            "user should be an owner or a collaborator with admin write of a repository",
        ))
    }
}

fn edit(world: &mut World, ask: &Ask) -> Answer {
    let id = administered(world, ask)?;
    let new_name = ask.text("name");
    if !new_name.is_empty() {
        let owner = world.repositories[&id].owner.clone();
        world.move_repository(id, &owner, new_name)?;
    }
    let now = world.tick();
    let found = world.repository_mut(id);
    for (name, text) in [
        ("description", &mut found.description),
        ("website", &mut found.website),
        ("default_branch", &mut found.default_branch),
    ] {
        if let Some(new) = ask.body[name].as_str() {
            new.clone_into(text);
        }
    }
    for (name, flag) in [
        ("archived", &mut found.archived),
        ("private", &mut found.private),
        ("template", &mut found.template),
    ] {
        *flag = ask.body[name].as_bool().unwrap_or(*flag);
    }
    found.note_archived(now);
    let found = &world.repositories[&id];
    Reply::ok(&shapes::repository(world, found, ask.viewer.as_deref()))
}

fn delete(world: &mut World, ask: &Ask) -> Answer {
    let id = administered(world, ask)?;
    world.forget_repository(id);
    Reply::no_content()
}

fn transfer(world: &mut World, ask: &Ask) -> Answer {
    let id = administered(world, ask)?;
    let new = world
        .account(ask.text("new_owner"))
        .map(|account| account.login.clone());
    let owner = new.ok_or_else(|| world.fault(404, "The new owner does not exist or cannot be found"))?;
    let name = world.repositories[&id].name.clone();
    world.move_repository(id, &owner, &name)?;
    let found = &world.repositories[&id];
    Ok(Reply::json(
        202,
        &shapes::repository(world, found, ask.viewer.as_deref()),
    ))
}

fn topics(world: &mut World, ask: &Ask) -> Answer {
    let mut topics = world.seen(ask)?.topics.clone();
    topics.sort();
    world.page(ask, &topics, |part| json!({ "topics": part }), false)
}

fn set_topics(world: &mut World, ask: &Ask) -> Answer {
    let asked = ask.body["topics"].as_array().cloned().unwrap_or_default();
    let asked = asked.iter().filter_map(Value::as_str);
    let asked: Vec<String> = asked.map(|topic| topic.trim().to_lowercase()).collect();
    let id = world.writable(ask)?.id;
    if asked.len() > 25 {
        let message = "Exceeding maximum number of topics per repo";
        return Ok(Reply::json(
            422,
            &json!({ "invalidTopics": null, "message": message }),
        ));
    }
    let invalid: Vec<_> = asked.iter().filter(|topic| !is_topic(topic)).collect();
    if !invalid.is_empty() {
        let body = json!({ "invalidTopics": invalid, "message": "Topic names are invalid" });
        return Ok(Reply::json(422, &body));
    }
    let now = world.tick();
    let found = world.repository_mut(id);
    (found.topics, found.updated) = (asked, now);
    Reply::no_content()
}

fn is_topic(topic: &str) -> bool {
    let inner = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "-.".contains(char);
    topic.len() <= 35
        && topic.starts_with(|char: char| char.is_ascii_alphanumeric())
        && topic.chars().all(inner)
}

fn languages(world: &mut World, ask: &Ask) -> Answer {
    Reply::ok(&json!(world.seen(ask)?.languages))
}
