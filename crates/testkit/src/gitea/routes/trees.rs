//! Git's own objects: trees, blobs and commits.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::git::{self, Entry};
use crate::gitea::repository::Repository;
use crate::gitea::shapes_git;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/git/trees/{sha}", REPOSITORY, tree),
    row("GET", "/repos/{owner}/{repo}/git/blobs/{sha}", REPOSITORY, blob),
    row("GET", "/repos/{owner}/{repo}/git/refs", REPOSITORY, refs),
    row(
        "GET",
        "/repos/{owner}/{repo}/git/refs/{*filter}",
        REPOSITORY,
        refs,
    ),
    row(
        "GET",
        "/repos/{owner}/{repo}/git/commits/{sha}",
        REPOSITORY,
        commit,
    ),
];

/// The rows of a tree: of a reference, of a commit, or of a folder's own id.
fn rows_of(repository: &Repository, sha: &str, recursive: bool) -> Option<(String, Vec<git::Row>)> {
    let format = repository.format;
    let list = if recursive { git::all_rows } else { git::rows };
    if let Some(commit) = repository.commit_of(sha).filter(|_| !sha.is_empty()) {
        return Some((commit.id.clone(), list(&commit.files, "", format)));
    }
    let of_tree = |commit: &std::sync::Arc<git::Commit>| {
        if commit.tree == sha {
            return Some(list(&commit.files, "", format));
        }
        let mut folders = git::all_rows(&commit.files, "", format).into_iter();
        let folder = folders.find(|row| row.entry.is_none() && row.id == sha)?;
        let mut rows = list(&commit.files, &format!("{}/", folder.path), format);
        for row in &mut rows {
            row.path = row.path[folder.path.len() + 1..].to_owned();
        }
        Some(rows)
    };
    let rows = repository.commits.values().find_map(of_tree)?;
    Some((sha.to_owned(), rows))
}

fn tree(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let sha = ask.part("sha");
    let recursive = ask.flag("recursive").unwrap_or(false);
    let Some((id, all)) = rows_of(repository, sha, recursive) else {
        return Err(world.fault(400, &format!("sha not found [{sha}]")));
    };
    let number = |name: &str| ask.asked(name).and_then(|text| text.parse::<usize>().ok());
    let most = world.settings.trees_per_page;
    let size = number("per_page")
        .filter(|size| *size > 0)
        .unwrap_or(most)
        .min(most);
    let page = number("page").unwrap_or(1).max(1);
    let start = ((page - 1) * size).min(all.len());
    let end = (start + size).min(all.len());
    let api = format!("{}/api/v1/repos/{}/git", world.base(), repository.full_name());
    let body = json!({
        "sha": id,
        "url": format!("{api}/trees/{id}"),
        // Behind the last page, and for no files at all, there is null.
        "tree": (start < end).then(|| all[start..end].iter().map(|row| line(&api, row)).collect::<Value>()),
        "truncated": (start < end && end < all.len()) || world.settings.trees_truncated,
        "page": page,
        "total_count": all.len(),
    });
    Ok(Reply::json(200, &body).with("x-total-count", &all.len().to_string()))
}

fn line(api: &str, row: &git::Row) -> Value {
    let kind = match row.entry.as_deref() {
        None => "tree",
        Some(Entry::Submodule(..)) => "commit",
        Some(_) => "blob",
    };
    let url = match kind {
        // Gitea leaves the address of another repository's commit empty.
        "commit" => String::new(),
        kind => format!("{api}/{kind}s/{}", row.id),
    };
    json!({
        "path": row.path,
        "mode": row.entry.as_ref().map_or("040000", |entry| entry.mode()),
        "type": kind,
        "size": row.entry.as_ref().map_or(0, |entry| entry.blob().len()),
        "sha": row.id,
        "url": url,
    })
}

fn blob(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let sha = ask.part("sha");
    let files = repository
        .commits
        .values()
        .flat_map(|commit| commit.files.values());
    let found = files
        .filter(|entry| !matches!(***entry, Entry::Submodule(..)))
        .find(|entry| entry.id(repository.format) == sha);
    let found =
        found.ok_or_else(|| world.fault(400, &format!("object does not exist [id: {sha}, rel_path: ]")))?;
    let bytes = found.blob();
    let large = bytes.len() > world.settings.max_blob_size;
    let content = (!large).then(|| BASE64_STANDARD.encode(bytes));
    let api = format!("{}/api/v1/repos/{}/git", world.base(), repository.full_name());
    Reply::ok(&json!({
        "content": content,
        "encoding": content.as_ref().map(|_| "base64"),
        "url": format!("{api}/blobs/{sha}"),
        "sha": sha,
        "size": bytes.len(),
    }))
}

/// Branches and tags whose full name begins with a text.
fn refs(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let api = format!("{}/api/v1/repos/{}/git", world.base(), repository.full_name());
    let begin = format!("refs/{}", ask.part("filter"));
    let named = |space: &str, (name, id): (&String, &String)| (format!("refs/{space}/{name}"), id.clone());
    let branches = repository.branches.iter().map(|one| named("heads", one));
    let tags = repository.tags.iter().map(|one| named("tags", one));
    let found = branches.chain(tags).filter(|(name, _)| name.starts_with(&begin));
    let shape = |(name, id): (String, String)| {
        let object = json!({ "type": "commit", "sha": id, "url": format!("{api}/commits/{id}") });
        json!({ "ref": name, "url": format!("{api}/{name}"), "object": object })
    };
    let found: Vec<Value> = found.map(shape).collect();
    if found.is_empty() {
        return Err(world.missing());
    }
    Reply::ok(&json!(found))
}

/// Which parts of commits are asked for; all, as long as nothing is said.
pub(super) fn parts(ask: &Ask) -> shapes_git::Parts {
    let asked = |name: &str| ask.flag(name).unwrap_or(true);
    shapes_git::Parts {
        stat: asked("stat"),
        verification: asked("verification"),
        files: asked("files"),
    }
}

fn commit(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let sha = ask.part("sha");
    let Some(found) = repository.commit_of(sha) else {
        return Err(world.not_found(&format!("commit doesn't exist: {sha}"), &[]));
    };
    Reply::ok(&shapes_git::commit(world, repository, found, parts(ask)))
}
