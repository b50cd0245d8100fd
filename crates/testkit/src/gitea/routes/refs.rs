//! Branches, tags and the list of commits.

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
        if part.is_empty() {
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
    let repository = world.writable(ask)?;
    if repository.head(&name).is_some() {
        return Err(world.fault(409, "The branch already exists."));
    }
    let Some(commit) = repository.commit_of(&from).map(|commit| commit.id.clone()) else {
        return Err(world.fault(404, "The old branch does not exist"));
    };
    repository.branches.insert(name.clone(), commit);
    let repository = world.seen(ask)?;
    Reply::created(&shapes_git::branch(
        world,
        repository,
        &name,
        ask.viewer.as_deref(),
    ))
}

fn delete_branch(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.writable(ask)?;
    let name = ask.part("branch");
    if name == repository.default_branch {
        return Err(world.fault(403, "can not delete default branch"));
    }
    match repository.branches.remove(name) {
        Some(_) => Reply::no_content(),
        None => Err(world.missing()),
    }
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
    let Some(head) = repository.commit_of(ask.asked("sha").unwrap_or_default()) else {
        // Newer versions send a body that is the word null.
        return Err(Reply::json(404, &Value::Null));
    };
    let path = ask.asked("path").unwrap_or_default().trim_matches('/');
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

/// The headers that this list had before the others got theirs.
fn with_old_headers(ask: &Ask, reply: Reply, world: &World, total: usize) -> Reply {
    let number = |name: &str, default| {
        ask.asked(name)
            .and_then(|text| text.parse::<usize>().ok())
            .unwrap_or(default)
    };
    let page = number("page", 1).max(1);
    let limit = number("limit", world.settings.default_paging_num)
        .min(world.settings.max_response_items)
        .max(1);
    let pages = total.div_ceil(limit);
    reply
        .with("x-page", &page.to_string())
        .with("x-perpage", &limit.to_string())
        .with("x-total", &total.to_string())
        .with("x-pagecount", &pages.to_string())
        .with("x-hasmore", &(page < pages).to_string())
}
