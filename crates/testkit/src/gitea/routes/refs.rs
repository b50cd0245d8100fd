//! Branches, tags and the list of commits.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::trees::parts;
use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::git::Commit;
use crate::gitea::shapes::moment;
use crate::gitea::shapes_git;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/branches", REPOSITORY, branches),
    row("POST", "/repos/{owner}/{repo}/branches", REPOSITORY, make_branch).signed_in(),
    row(
        "GET",
        "/repos/{owner}/{repo}/branches/{*branch}",
        REPOSITORY,
        branch,
    ),
    row(
        "DELETE",
        "/repos/{owner}/{repo}/branches/{*branch}",
        REPOSITORY,
        delete_branch,
    )
    .signed_in(),
    row("GET", "/repos/{owner}/{repo}/tags", REPOSITORY, tags),
    row("GET", "/repos/{owner}/{repo}/commits", REPOSITORY, commits),
    row(
        "GET",
        "/repos/{owner}/{repo}/compare/{*basehead}",
        REPOSITORY,
        compare,
    )
    .since(22),
];

fn branches(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let mut names: Vec<&String> = repository.branches.keys().collect();
    let newest = |name: &&String| repository.commit_of(name).map(|commit| commit.at);
    names.sort_by_key(|name| std::cmp::Reverse(newest(name)));
    let viewer = ask.viewer.as_deref();
    let shape = |name: &&String| shapes_git::branch(world, repository, name, viewer);
    let body = |part: &[&String]| {
        // Gitea writes null for no branches.
        if repository.is_empty() {
            Value::Null
        } else {
            part.iter().map(shape).collect()
        }
    };
    world.page(ask, &names, body, true)
}

fn branch(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let name = ask.part("branch");
    if repository.settling {
        return Err(world.fault(500, ""));
    }
    if repository.head(name).is_none() {
        return Err(world.missing());
    }
    Reply::ok(&shapes_git::branch(
        world,
        repository,
        name,
        ask.viewer.as_deref(),
    ))
}

fn make_branch(world: &mut World, ask: &Ask) -> Answer {
    let name = ask.text("new_branch_name").to_owned();
    let from = ask.text("old_ref_name").to_owned();
    let now = world.tick();
    let repository = world.writable(ask)?;
    if repository.head(&name).is_some() {
        return Err(world.fault(409, "The branch already exists."));
    }
    let Some(commit) = repository.commit_of(&from).map(|commit| commit.id.clone()) else {
        return Err(world.fault(404, "The old branch does not exist"));
    };
    repository.branches.insert(name.clone(), commit);
    repository.updated = now;
    let repository = world.seen(ask)?;
    Reply::created(&shapes_git::branch(
        world,
        repository,
        &name,
        ask.viewer.as_deref(),
    ))
}

fn delete_branch(world: &mut World, ask: &Ask) -> Answer {
    let now = world.tick();
    let repository = world.writable(ask)?;
    let name = ask.part("branch");
    if name == repository.default_branch {
        return Err(world.fault(403, "can not delete default branch"));
    }
    if repository.branches.remove(name).is_none() {
        return Err(world.missing());
    }
    repository.updated = now;
    Reply::no_content()
}

fn tags(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let tags: Vec<(&String, &String)> = repository.tags.iter().collect();
    let (base, full) = (world.base(), repository.full_name());
    let shape = |(name, id): &(&String, &String)| {
        let commit = repository.commits.get(*id);
        let url = format!("{base}/api/v1/repos/{full}/git/commits/{id}");
        let created = commit.map(|commit| moment(commit.at));
        json!({
            "name": name,
            "message": commit.map(|commit| commit.message.as_str()),
            "id": id,
            "commit": { "url": url, "sha": id, "created": created },
            "zipball_url": format!("{base}/{full}/archive/{name}.zip"),
            "tarball_url": format!("{base}/{full}/archive/{name}.tar.gz"),
        })
    };
    world.page(ask, &tags, |part| part.iter().map(shape).collect(), true)
}

fn commits(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    if repository.is_empty() {
        return Err(world.fault(409, "Git Repository is empty."));
    }
    let sha = ask.asked("sha").unwrap_or_default();
    let Some(head) = repository.commit_of(sha) else {
        if world.settings.minor() >= 26 && ask.asked("path").is_some() {
            return Err(world.fault(500, &format!("exit status 128 - fatal: bad revision '{sha}'")));
        }
        // Newer versions send a body that is the word null.
        return Err(Reply::json(404, &Value::Null));
    };
    let path = ask.asked("path").unwrap_or_default();
    if path.starts_with('/') {
        let message = format!("exit status 128 - fatal: {path}: '{path}' is outside repository");
        return Err(world.fault(500, &message));
    }
    let path = path.trim_end_matches('/');
    let history = repository.history(head);
    let found: Vec<&Arc<Commit>> = history
        .filter(|commit| repository.touches(commit, path))
        .collect();
    if found.is_empty() {
        return Err(world.not_found("FileCommitsCount", &[]));
    }
    let shape = |commit: &&Arc<Commit>| shapes_git::commit(world, repository, commit, parts(ask));
    let reply = world.page(ask, &found, |part| part.iter().map(shape).collect(), true)?;
    Ok(with_old_headers(ask, reply, world, found.len()))
}

/// The commits that the second of two has and the first has not.
fn compare(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let range = ask.part("basehead").split_once("...");
    let ends = range.and_then(|(base, head)| repository.commit_of(base).zip(repository.commit_of(head)));
    let Some((base, head)) = ends else {
        return Err(world.missing());
    };
    let known: BTreeSet<&String> = repository.history(base).map(|commit| &commit.id).collect();
    let beyond = repository
        .history(head)
        .filter(|commit| !known.contains(&commit.id));
    // Statistics are always part of them.
    let parts = shapes_git::Parts {
        stat: true,
        ..parts(ask)
    };
    let commits: Vec<Value> = beyond
        .map(|commit| shapes_git::commit(world, repository, commit, parts))
        .collect();
    Reply::ok(&json!({ "total_commits": commits.len(), "commits": commits }))
}

/// The headers that this list had before the others got theirs.
fn with_old_headers(ask: &Ask, reply: Reply, world: &World, total: usize) -> Reply {
    let (page, limit) = world.window(ask);
    let pages = total.div_ceil(limit);
    reply
        .with("x-page", &page.to_string())
        .with("x-perpage", &limit.to_string())
        .with("x-total", &total.to_string())
        .with("x-pagecount", &pages.to_string())
        .with("x-hasmore", &(page < pages).to_string())
}
