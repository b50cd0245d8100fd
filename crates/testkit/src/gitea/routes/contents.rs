//! Files and folders as JSON.

use std::sync::Arc;

use serde_json::Value;

use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::git::{self, Commit, Entry};
use crate::gitea::repository::Repository;
use crate::gitea::shapes_git;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/contents", REPOSITORY, read),
    row("GET", "/repos/{owner}/{repo}/contents/{*path}", REPOSITORY, read),
];

/// The commit of `?ref=`, in the words of newer versions where there is none.
pub(super) fn commit_of<'a>(
    world: &World,
    repository: &'a Repository,
    reference: &str,
) -> Result<&'a Arc<Commit>, Reply> {
    repository.commit_of(reference).ok_or_else(|| {
        let named = if reference.is_empty() {
            &repository.default_branch
        } else {
            reference
        };
        let error = format!("object does not exist [id: {named}, rel_path: ]");
        world.not_found("not found", &[&error])
    })
}

/// What lies at a path: a row of the folder above it.
pub(super) fn at(repository: &Repository, commit: &Commit, path: &str) -> Option<git::Row> {
    if let Some(entry) = commit.files.get(path) {
        return Some(git::Row {
            path: path.to_owned(),
            id: entry.id(repository.format),
            entry: Some(entry.clone()),
        });
    }
    let folder = format!("{path}/");
    let first = commit.files.range(folder.clone()..).next()?;
    first.0.starts_with(&folder).then(|| git::Row {
        path: path.to_owned(),
        id: git::tree_id(&commit.files, &folder, repository.format),
        entry: None,
    })
}

fn read(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let reference = ask.asked("ref").unwrap_or_default();
    let commit = commit_of(world, repository, reference)?;
    let path = ask.part("path").trim_matches('/');
    let shape = |row: &git::Row, whole| shapes_git::entry(world, repository, commit, row, reference, whole);
    if path.is_empty() {
        let rows = listed(repository, commit, "");
        return Reply::ok(&rows.iter().map(|row| shape(row, false)).collect::<Value>());
    }
    let Some(found) = at(repository, commit, path) else {
        let error = format!("object does not exist [id: , rel_path: {path}]");
        return Err(world.not_found("GetContentsOrList", &[&error]));
    };
    if found.entry.is_some() {
        return Reply::ok(&shape(&found, true));
    }
    let rows = listed(repository, commit, &format!("{path}/"));
    Reply::ok(&rows.iter().map(|row| shape(row, false)).collect::<Value>())
}

fn listed(repository: &Repository, commit: &Commit, folder: &str) -> Vec<git::Row> {
    git::rows(&commit.files, folder, repository.format)
}

/// The file of a path, for downloads; nothing for folders and submodules.
pub(super) fn file(row: git::Row) -> Option<Arc<Entry>> {
    row.entry.filter(|entry| !matches!(**entry, Entry::Submodule(..)))
}
