//! Files as bytes, and archives.

use std::collections::BTreeSet;
use std::io::Write;

use axum::http::HeaderMap;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;

use super::contents::{at, commit_of, file};
use super::{REPOSITORY, Row, row};
use crate::gitea::ask::{Answer, Ask, Reply};
use crate::gitea::git::{Commit, Entry};
use crate::gitea::repository::Repository;
use crate::gitea::world::World;

pub(super) static ROWS: &[Row] = &[
    row("GET", "/repos/{owner}/{repo}/raw/{*path}", REPOSITORY, raw),
    row("GET", "/repos/{owner}/{repo}/media/{*path}", REPOSITORY, media),
    row(
        "GET",
        "/repos/{owner}/{repo}/archive/{*archive}",
        REPOSITORY,
        archive,
    ),
];

struct Found {
    id: String,
    kind: &'static str,
    bytes: Vec<u8>,
    /// What large-file storage has, under its name there.
    large: Option<Vec<u8>>,
    changed: Timestamp,
}

fn found(world: &World, ask: &Ask) -> Result<Found, Reply> {
    let repository = world.seen(ask)?;
    if repository.seems_empty() {
        return Err(world.not_found("repository is empty", &[]));
    }
    let mut reference = ask.asked("ref").unwrap_or_default();
    if repository.commit_of(reference).is_none() && world.settings.minor() >= 26 && !is_commit(reference) {
        // The newest version then serves the default branch.
        reference = "";
    }
    let commit = commit_of(world, repository, reference)?;
    let path = ask.part("path").trim_matches('/');
    let row = at(repository, commit, path).ok_or_else(|| world.missing())?;
    let id = row.id.clone();
    let entry = file(row).ok_or_else(|| world.not_found("getBlobForEntry", &[]))?;
    let last = repository.last_change(commit, path).unwrap_or(commit);
    let large = match &*entry {
        Entry::Lfs(_, content) => Some(content.to_vec()),
        _ => None,
    };
    Ok(Found {
        id,
        kind: entry.kind(),
        bytes: entry.blob().to_vec(),
        large,
        changed: last.at,
    })
}

fn is_commit(reference: &str) -> bool {
    reference.len() == 40 && reference.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn raw(world: &mut World, ask: &Ask) -> Answer {
    Ok(served(ask, found(world, ask)?))
}

/// A file under its tag; 304 for those who have it.
fn served(ask: &Ask, found: Found) -> Reply {
    let tag = format!("\"{}\"", found.id);
    let has = holds(&ask.headers, &tag);
    let reply = Reply::empty(if has { 304 } else { 200 })
        .with("etag", &tag)
        .with(
            "last-modified",
            &found.changed.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        )
        .with("x-gitea-object-type", found.kind);
    if has {
        return reply;
    }
    let name = ask.part("path").rsplit('/').next().unwrap_or_default();
    let kind = if std::str::from_utf8(&found.bytes).is_ok() {
        "text/plain; charset=utf-8"
    } else {
        "application/octet-stream"
    };
    reply
        .with("cache-control", "public, max-age=21600, no-transform")
        .with("content-disposition", &format!("inline; filename={name}"))
        .with("content-type", kind)
        .body(found.bytes)
}

fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all("if-none-match").iter();
    let mut tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    tags.any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// As `raw`, but for large files, and without a tag for small ones.
fn media(world: &mut World, ask: &Ask) -> Answer {
    let mut found = found(world, ask)?;
    if let Some(large) = found.large.take() {
        if let Some(place) = &world.settings.large_files_at {
            let to = format!("{place}/{}?X-Amz-Signature=0", found.id);
            return Ok(Reply::empty(302).with("location", &to));
        }
        found.bytes = large;
        return Ok(served(ask, found));
    }
    if found.bytes.len() > 1024 {
        return Ok(served(ask, found));
    }
    Ok(Reply::empty(200)
        .with("x-gitea-object-type", found.kind)
        .with("content-type", "text/plain; charset=utf-8")
        .body(found.bytes))
}

fn archive(world: &mut World, ask: &Ask) -> Answer {
    let repository = world.seen(ask)?;
    let asked = ask.part("archive");
    let Some(reference) = asked.strip_suffix(".tar.gz") else {
        return Err(world.fault(400, &format!("unknown format: {asked}")));
    };
    let Some(commit) = repository.commit_of(reference) else {
        let message = format!("unrecognized repository reference: {reference}");
        return Err(world.fault(404, &message));
    };
    let full = repository.full_name();
    if let Some(place) = &world.settings.archives_at {
        let to = format!("{place}/{full}/{}.tar.gz?X-Amz-Signature=0", commit.id);
        return Ok(Reply::empty(302).with("location", &to));
    }
    let link = format!(
        "{}/api/v1/repos/{full}/archive/{1}.tar.gz?rev={1}",
        world.base(),
        commit.id
    );
    Ok(Reply::empty(200)
        .with("content-type", "application/octet-stream")
        .with("link", &format!("<{link}>; rel=\"immutable\""))
        .with(
            "content-disposition",
            &format!("attachment; filename={}.tar.gz", repository.name),
        )
        .body(packed(repository, commit)))
}

/// The archive of a commit: everything under a folder with the name of the repository, and the commit in a header of its own.
pub(in crate::gitea) fn packed(repository: &Repository, commit: &Commit) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let top = repository.name.to_lowercase();
    let whole = "in memory nothing fails";
    let comment = format!("52 comment={}\n", commit.id);
    let mut global = header(
        comment.len() as u64,
        0o666,
        tar::EntryType::XGlobalHeader,
        commit.at,
    );
    archive
        .append_data(&mut global, "pax_global_header", comment.as_bytes())
        .expect(whole);
    for folder in folders(commit) {
        let mut header = header(0, 0o775, tar::EntryType::Directory, commit.at);
        let inside = format!("{top}/{folder}");
        archive
            .append_data(&mut header, inside, std::io::empty())
            .expect(whole);
    }
    for (path, entry) in &*commit.files {
        let inside = format!("{top}/{path}");
        if let Entry::Symlink(target) = &**entry {
            let mut link = header(0, 0o777, tar::EntryType::Symlink, commit.at);
            archive.append_link(&mut link, &inside, target).expect(whole);
        } else if let Entry::Submodule(..) = **entry {
            let mut folder = header(0, 0o775, tar::EntryType::Directory, commit.at);
            archive
                .append_data(&mut folder, &inside, std::io::empty())
                .expect(whole);
        } else {
            let mode = if matches!(**entry, Entry::Executable(_)) {
                0o775
            } else {
                0o664
            };
            let mut file = header(
                entry.blob().len() as u64,
                mode,
                tar::EntryType::Regular,
                commit.at,
            );
            archive
                .append_data(&mut file, &inside, entry.blob())
                .expect(whole);
        }
    }
    let mut packed = archive.into_inner().expect(whole);
    packed.flush().expect(whole);
    packed.finish().expect(whole)
}

/// The folders of a commit, that of the repository (an empty text) first; each ends with a slash.
fn folders(commit: &Commit) -> BTreeSet<&str> {
    let above = |path: &'_ str| {
        path.char_indices()
            .filter(|(_, char)| *char == '/')
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    let inside = commit
        .files
        .keys()
        .flat_map(|path| above(path).into_iter().map(move |at| &path[..=at]));
    std::iter::once("").chain(inside).collect()
}

fn header(size: u64, mode: u32, kind: tar::EntryType, at: Timestamp) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(size);
    header.set_mode(mode);
    header.set_entry_type(kind);
    header.set_mtime(u64::try_from(at.as_second()).unwrap_or(0));
    header
}
