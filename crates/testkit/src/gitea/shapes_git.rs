//! Files, commits and branches as the API writes them (field for field as recorded from Gitea 1.26).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::change::difference;
use ring::digest::{SHA256, digest};

use super::git::{Commit, Entry, Row, Signature, hex};
use super::repository::Repository;
use super::shapes::{NEVER, moment, user_named};
use super::versions;
use super::world::World;

/// What a commit answer leaves out on request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub stat: bool,
    pub verification: bool,
    pub files: bool,
}

fn unsigned() -> Value {
    json!({ "verified": false, "reason": "gpg.error.not_signed_commit", "signature": "", "signer": null, "payload": "" })
}

fn person(signature: &Signature, at: &str) -> Value {
    json!({ "name": signature.name, "email": signature.email, "date": at })
}

fn account_of(world: &World, signature: &Signature) -> Value {
    let found = world
        .accounts
        .values()
        .find(|account| account.email == signature.email);
    found.map_or(Value::Null, |account| user_named(world, &account.login, None))
}

/// A commit.
pub(super) fn commit(world: &World, repository: &Repository, commit: &Commit, parts: Parts) -> Value {
    let api = format!("{}/api/v1/repos/{}/git", world.base(), repository.full_name());
    let at = moment(commit.at);
    let url = format!("{api}/commits/{}", commit.id);
    let user = account_of(world, &commit.author);
    let before = repository.parent_files(commit);
    let [added, removed, modified] = difference(&before, &commit.files, repository.format);
    let kinds = [(&added, "added"), (&removed, "removed"), (&modified, "modified")];
    let rows = kinds.into_iter().flat_map(|(paths, kind)| {
        paths
            .iter()
            .map(move |path| json!({ "filename": path, "status": kind }))
    });
    let rows: Vec<Value> = rows.collect();
    let (more, fewer) = (added.len() + modified.len(), removed.len() + modified.len());
    let stats = json!({ "total": more + fewer, "additions": more, "deletions": fewer });
    json!({
        "url": url,
        "sha": commit.id,
        "created": at,
        "html_url": format!("{}/{}/commit/{}", world.base(), repository.full_name(), commit.id),
        "commit": {
            "url": url,
            "author": person(&commit.author, &at),
            "committer": person(&commit.author, &at),
            "message": format!("{}\n", commit.message),
            "tree": { "url": format!("{api}/trees/{}", commit.id), "sha": commit.id, "created": at },
            "verification": if parts.verification { unsigned() } else { Value::Null },
        },
        "author": user,
        "committer": user,
        "parents": parents(&api, commit),
        "files": if parts.files { json!(rows) } else { Value::Null },
        "stats": if parts.stat { stats } else { Value::Null },
    })
}

fn parents(api: &str, commit: &Commit) -> Vec<Value> {
    let parent = commit.parent.iter();
    parent
        .map(|id| json!({ "url": format!("{api}/commits/{id}"), "sha": id, "created": NEVER }))
        .collect()
}

/// The commit in the answer to writing a file, beside its signature.
pub(super) fn written(world: &World, repository: &Repository, commit: &Commit) -> (Value, Value) {
    let api = format!("{}/api/v1/repos/{}/git", world.base(), repository.full_name());
    let at = moment(commit.at);
    let value = json!({
        "url": format!("{api}/commits/{}", commit.id),
        "sha": commit.id,
        "created": NEVER,
        "html_url": format!("{}/{}/commit/{}", world.base(), repository.full_name(), commit.id),
        "author": person(&commit.author, &at),
        "committer": person(&commit.author, &at),
        "parents": parents(&api, commit),
        "message": format!("{}\n", commit.message),
        "tree": { "url": format!("{api}/trees/{}", commit.tree), "sha": commit.tree, "created": NEVER },
    });
    (value, unsigned())
}

/// A commit in a branch or in a webhook; only webhooks say which files it changed.
pub(super) fn payload_commit(world: &World, repository: &Repository, commit: &Commit, files: bool) -> Value {
    let user = account_of(world, &commit.author);
    let name = user["login"].as_str().unwrap_or_default();
    let who = json!({ "name": commit.author.name, "email": commit.author.email, "username": name });
    let before = repository.parent_files(commit);
    let changed = files.then(|| difference(&before, &commit.files, repository.format));
    let [added, removed, modified] = match changed {
        Some(changed) => changed.map(|paths| json!(paths)),
        None => [Value::Null, Value::Null, Value::Null],
    };
    json!({
        "id": commit.id,
        "message": format!("{}\n", commit.message),
        "url": format!("{}/{}/commit/{}", world.base(), repository.full_name(), commit.id),
        "author": who,
        "committer": who,
        "verification": if files { Value::Null } else { unsigned() },
        "timestamp": moment(commit.at),
        "added": added,
        "removed": removed,
        "modified": modified,
    })
}

/// A branch.
pub(super) fn branch(world: &World, repository: &Repository, name: &str, viewer: Option<&str>) -> Value {
    let commit = repository.commit_of(name);
    let (_, write) = world.access(viewer, repository);
    let mut rules = world.rules.get(&repository.id).into_iter().flatten();
    let rule = rules.find(|rule| rule.name == name);
    json!({
        "name": name,
        "commit": commit.map(|commit| payload_commit(world, repository, commit, false)),
        "protected": rule.is_some(),
        "required_approvals": 0,
        "enable_status_check": false,
        "status_check_contexts": [],
        "user_can_push": write,
        "user_can_merge": write,
        "effective_branch_protection_name": rule.map_or("", |rule| rule.name.as_str()),
    })
}

/// A file or folder of `/contents`; `asked` is the reference as it was asked for.
pub(super) fn entry(
    world: &World,
    repository: &Repository,
    commit: &std::sync::Arc<Commit>,
    row: &Row,
    asked: &str,
    with_content: bool,
) -> Value {
    let (base, name) = (world.base(), repository.full_name());
    let asked = if asked.is_empty() {
        &repository.default_branch
    } else {
        asked
    };
    let place = place(repository, asked);
    let last = repository.last_change(commit, &row.path).unwrap_or(commit);
    let reference = utf8_percent_encode(asked, &QUERY).to_string();
    let url = format!("{base}/api/v1/repos/{name}/contents/{}?ref={reference}", row.path);
    let html = format!("{base}/{name}/src/{place}/{}", row.path);
    let git = format!("{base}/api/v1/repos/{name}/git/blobs/{}", row.id);
    let file = row.entry.as_deref();
    let download = file.filter(|entry| !matches!(entry, Entry::Submodule(..)));
    let (encoding, content) = match file.filter(|_| with_content) {
        Some(entry) if entry.kind() == "file" && entry.blob().len() <= world.settings.max_blob_size => {
            (json!("base64"), json!(BASE64_STANDARD.encode(entry.blob())))
        }
        _ => (Value::Null, Value::Null),
    };
    let (target, submodule) = match file {
        Some(Entry::Symlink(target)) => (json!(target), Value::Null),
        Some(Entry::Submodule(url, _)) => (Value::Null, json!(url)),
        _ => (Value::Null, Value::Null),
    };
    // A commit of another repository has no pages here.
    let pages = submodule.is_null();
    let (html, git) = (pages.then_some(html), pages.then_some(git));
    let mut value = json!({
        "name": row.path.rsplit('/').next(),
        "path": row.path,
        "sha": row.id,
        "last_commit_sha": last.id,
        "last_committer_date": moment(last.at),
        "last_author_date": moment(last.at),
        "type": file.map_or("dir", Entry::kind),
        "size": file.map_or(0, |entry| entry.blob().len()),
        "encoding": encoding,
        "content": content,
        "target": target,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": download.map(|_| format!("{base}/{name}/raw/{place}/{}", row.path)),
        "submodule_git_url": submodule,
        "_links": { "self": url, "git": git, "html": html },
    });
    if let Some(Entry::Lfs(_, large)) = file.filter(|_| with_content) {
        value["lfs_oid"] = json!(hex(digest(&SHA256, large).as_ref()));
        value["lfs_size"] = json!(large.len());
    }
    versions::prune(&mut value, versions::CONTENTS, &world.settings);
    value
}

/// What Go leaves as it is in a query.
const QUERY: percent_encoding::AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

fn place(repository: &Repository, reference: &str) -> String {
    if repository.branches.contains_key(reference) {
        format!("branch/{reference}")
    } else if repository.tags.contains_key(reference) {
        format!("tag/{reference}")
    } else {
        format!("commit/{reference}")
    }
}
