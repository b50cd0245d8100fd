//! Writing files: many in one commit, or one.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::contents::at;
use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::change::Change;
use crate::gitea::git::Entry;
use crate::gitea::repository::Repository;
use crate::gitea::shapes_git;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("POST", "/repos/{owner}/{repo}/contents", REPOSITORY, many).signed_in(),
    row(
        "POST",
        "/repos/{owner}/{repo}/contents/{*path}",
        REPOSITORY,
        create,
    )
    .signed_in(),
    row(
        "PUT",
        "/repos/{owner}/{repo}/contents/{*path}",
        REPOSITORY,
        update,
    )
    .signed_in(),
    row(
        "DELETE",
        "/repos/{owner}/{repo}/contents/{*path}",
        REPOSITORY,
        delete,
    )
    .signed_in(),
];

/// What one file of a request asks for.
struct Wanted<'a> {
    operation: &'a str,
    path: &'a str,
    from: &'a str,
    content: &'a str,
    sha: &'a str,
}

impl<'a> Wanted<'a> {
    fn of(file: &'a Value) -> Self {
        let text = |name: &str| file[name].as_str().unwrap_or_default();
        Self {
            operation: text("operation"),
            path: text("path"),
            from: text("from_path"),
            content: text("content"),
            sha: text("sha"),
        }
    }
}

fn many(world: &mut World, ask: &Ask) -> Answer {
    let files = ask.body["files"].as_array().cloned().unwrap_or_default();
    let wanted: Vec<_> = files.iter().map(Wanted::of).collect();
    let (commit, files) = write(world, ask, &wanted)?;
    let (value, verification) = commit;
    Reply::created(&json!({ "files": files, "commit": value, "verification": verification }))
}

fn one(world: &mut World, ask: &Ask, operation: &str, status: u16) -> Answer {
    let mut wanted = Wanted::of(&ask.body);
    wanted.operation = operation;
    wanted.path = ask.part("path");
    let ((commit, verification), files) = write(world, ask, &[wanted])?;
    let content = files.into_iter().next().unwrap_or_default();
    Ok(Reply::json(
        status,
        &json!({ "content": content, "commit": commit, "verification": verification }),
    ))
}

fn create(world: &mut World, ask: &Ask) -> Answer {
    one(world, ask, "create", 201)
}

fn update(world: &mut World, ask: &Ask) -> Answer {
    one(world, ask, "update", 200)
}

fn delete(world: &mut World, ask: &Ask) -> Answer {
    one(world, ask, "delete", 200)
}

type Written = ((Value, Value), Vec<Value>);

fn write(world: &mut World, ask: &Ask, wanted: &[Wanted<'_>]) -> Result<Written, Reply> {
    let id = allowed(world, ask)?;
    let (from, to) = branches(world, ask, id)?;
    let change = change(world, ask, id, &from, wanted)?;
    let (author, now) = (world.signature(ask.viewer.as_deref()), world.tick());
    let repository = world.repository_mut(id);
    if let Some(start) = repository.head(&from).map(str::to_owned) {
        repository.branches.entry(to.clone()).or_insert(start);
    }
    let commit = repository.commit_to(&to, &change, author, now);
    let repository = &world.repositories[&id];
    let shape = |one: &Wanted<'_>| {
        let row = at(repository, &commit, one.path)?;
        Some(shapes_git::entry(world, repository, &commit, &row, &to, true))
    };
    let files = wanted.iter().map(|one| shape(one).unwrap_or_default()).collect();
    Ok((shapes_git::written(world, repository, &commit), files))
}

/// 423 comes in other words than those of other routes.
fn allowed(world: &mut World, ask: &Ask) -> Result<u64, Reply> {
    let found = world.seen(ask)?;
    if found.archived || found.mirror {
        return Err(world.fault(423, &format!("{} is not allowed to edit", found.full_name())));
    }
    world.writable(ask).map(|found| found.id)
}

/// The branch that is read, and the one that is written.
fn branches(world: &World, ask: &Ask, id: u64) -> Result<(String, String), Reply> {
    let repository = &world.repositories[&id];
    let named = |name: &str, default: &str| match ask.text(name) {
        "" => default.to_owned(),
        text => text.to_owned(),
    };
    let from = named("branch", &repository.default_branch);
    let to = named("new_branch", &from);
    if repository.head(&from).is_none() && !repository.is_empty() {
        return Err(world.fault(
            404,
            &format!("branch does not exist [repo_id: {id} name: {from}]"),
        ));
    }
    if to != from && repository.head(&to).is_some() {
        return Err(world.fault(422, &format!("branch already exists [name: {to}]")));
    }
    Ok((from, to))
}

fn change(world: &World, ask: &Ask, id: u64, from: &str, wanted: &[Wanted<'_>]) -> Result<Change, Reply> {
    let repository = &world.repositories[&id];
    let message = ask.text("message");
    let mut change = Change::new(
        if message.is_empty() {
            "Change files"
        } else {
            message
        }
        .trim_end(),
    );
    let author = &ask.body["author"];
    if let (Some(name), Some(email)) = (author["name"].as_str(), author["email"].as_str()) {
        change = change.author(name, email);
    }
    let date = ask.body["dates"]["author"].as_str();
    if let Some(moment) = date.and_then(|date| date.parse().ok()) {
        change = change.at(moment);
    }
    for one in wanted {
        let refused = |message: String| world.fault(422, &message);
        let moved = if one.from.is_empty() { one.path } else { one.from };
        check(repository, from, one, moved).map_err(refused)?;
        if moved != one.path {
            change = change.delete(moved);
        }
        if one.operation == "delete" {
            change = change.delete(one.path);
        } else {
            let content = BASE64_STANDARD.decode(one.content);
            let content = content.map_err(|_| refused("illegal base64 data at input byte 0".into()))?;
            change = change.entry(one.path, Entry::File(content.into()));
        }
    }
    Ok(change)
}

/// Whether the operation fits what is there.
fn check(repository: &Repository, branch: &str, one: &Wanted<'_>, path: &str) -> Result<(), String> {
    let commit = repository.commit_of(branch);
    let there = commit.and_then(|commit| at(repository, commit, path));
    match (one.operation, there) {
        ("create", Some(_)) => Err(format!("repository file already exists [path: {path}]")),
        ("create" | "upload", _) => Ok(()),
        ("update" | "delete" | "rename", None) => {
            Err(format!("repository file does not exist [path: {path}]"))
        }
        ("update" | "delete" | "rename", Some(row)) => match one.sha {
            // Gitea asks for it when a file is updated, but not when one is deleted.
            "" if one.operation != "delete" => {
                Err("a SHA or commit ID must be proved when updating a file".to_owned())
            }
            sha if !sha.is_empty() && sha != row.id => {
                Err(format!("sha does not match [given: {sha}, expected: {}]", row.id))
            }
            _ => Ok(()),
        },
        (other, _) => Err(format!("[Operation]: In unknown operation {other}")),
    }
}
