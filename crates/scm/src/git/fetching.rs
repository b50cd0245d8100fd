//! Fetching what a commit on top of another needs: the commit, and the names of its files, with their contents where they are
//! wanted; or one file of a commit. History does not come, and unwanted contents come only where the server cannot leave them out.

use std::time::Duration;

use bytes::Bytes;
use model::Fault;

use super::base::Base;
use super::objects::{Kind, hex};
use super::pack_reading::Unpacked;
use super::remote::{Branches, Remote, Service, line, next_line};
use crate::tree::{Tree, TreeLimits};

/// Largest pack, without and with the contents of files.
const MAX_PACK: u64 = 256 << 20;
const MAX_WHOLE: u64 = 96 << 20;
/// Largest file that is fetched alone, with what is around it in a pack.
const MAX_FILE: u64 = 8 << 20;
/// What servers say that send an object by its name, whether or not a branch leads to it.
const SENDS_ANY: [&str; 2] = ["allow-any-sha1-in-want", "allow-reachable-sha1-in-want"];
/// Longest time for it.
const LONGEST: Duration = Duration::from_mins(3);

/// What is asked of a server.
struct Wanted<'a> {
    /// The name of a commit or file.
    object: &'a str,
    /// Without the commits before it.
    is_shallow: bool,
    /// Without the contents of files.
    is_filtered: bool,
}

impl<'a> Wanted<'a> {
    /// A commit without those before it, with the contents of its files.
    fn commit(object: &'a str, branches: &Branches) -> Self {
        Self {
            object,
            is_shallow: branches.can("shallow"),
            is_filtered: false,
        }
    }
}

/// Fetches a commit at the head of a branch, with the names of its files. `branches` are those for [`Service::Fetch`].
pub async fn fetch(remote: &Remote<'_>, branches: &Branches, commit: &str) -> Result<Base, Fault> {
    let wanted = Wanted {
        is_filtered: branches.can("filter"),
        ..Wanted::commit(commit, branches)
    };
    let fetched = fetch_pack(remote, &wanted, MAX_PACK).await?;
    let commit = commit.to_owned();
    blocking(move || Base::read(&Unpacked::read(&fetched, false)?, &commit)).await
}

/// Fetches a commit at the head of a branch with its files, which are as Git keeps them: an archive may have other ends of lines.
pub async fn fetch_files(
    remote: &Remote<'_>,
    branches: &Branches,
    commit: &str,
    limits: &TreeLimits,
) -> Result<(Base, Tree), Fault> {
    let fetched = fetch_pack(remote, &Wanted::commit(commit, branches), MAX_WHOLE).await?;
    let (commit, limits) = (commit.to_owned(), *limits);
    blocking(move || {
        let objects = Unpacked::read(&fetched, true)?;
        let base = Base::read(&objects, &commit)?;
        let files = base.contents(&objects, &limits)?;
        let tree = Tree {
            files,
            version: commit,
        };
        Ok((base, tree))
    })
    .await
}

/// Fetches one file of a commit at the head of a branch; nothing where there is none. The others come along only where the server
/// cannot leave them out.
pub async fn fetch_file(
    remote: &Remote<'_>,
    branches: &Branches,
    commit: &str,
    path: &str,
) -> Result<Option<Bytes>, Fault> {
    if !branches.can("filter") || !SENDS_ANY.iter().any(|one| branches.can(one)) {
        return file_of_all(remote, branches, commit, path).await;
    }
    let Some(id) = fetch(remote, branches, commit).await?.file(path) else {
        return Ok(None);
    };
    let wanted = Wanted {
        object: &hex(&id),
        is_shallow: false,
        is_filtered: false,
    };
    let fetched = fetch_pack(remote, &wanted, MAX_FILE).await?;
    let file = blocking(move || Ok(Unpacked::read(&fetched, true)?.get(&id, Kind::Blob).cloned())).await?;
    let missing = || Fault::error(format!("{} did not send the file {path}", remote.repository));
    file.ok_or_else(missing).map(Some)
}

async fn file_of_all(
    remote: &Remote<'_>,
    branches: &Branches,
    commit: &str,
    path: &str,
) -> Result<Option<Bytes>, Fault> {
    let fetched = fetch_pack(remote, &Wanted::commit(commit, branches), MAX_WHOLE).await?;
    let (commit, path) = (commit.to_owned(), path.to_owned());
    blocking(move || {
        let objects = Unpacked::read(&fetched, true)?;
        let id = Base::read(&objects, &commit)?.file(&path);
        Ok(id.and_then(|id| objects.get(&id, Kind::Blob).cloned()))
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Fault::error(format!("the work broke off: {error}"))))
}

async fn fetch_pack(remote: &Remote<'_>, wanted: &Wanted<'_>, most: u64) -> Result<Bytes, Fault> {
    let object = wanted.object;
    let filter = if wanted.is_filtered { " filter" } else { "" };
    let mut body = line(&format!("want {object} no-progress agent=backstage{filter}\n"));
    if wanted.is_shallow {
        body.extend(line("deepen 1\n"));
    }
    if wanted.is_filtered {
        body.extend(line("filter blob:none\n"));
    }
    body.extend_from_slice(b"0000");
    body.extend(line("done\n"));
    let answer = remote.ask(Service::Fetch, body, most, LONGEST).await?;
    let pack = pack(&answer)
        .map_err(|said| Fault::error(format!("{} does not send {object}: {said}", remote.repository)))?;
    Ok(answer.slice_ref(pack))
}

/// The pack behind the lines of an answer, or what the server says instead.
fn pack(mut answer: &[u8]) -> Result<&[u8], String> {
    while let Some((line, rest)) = next_line(answer) {
        if let Some(said) = line.strip_prefix(b"ERR ") {
            return Err(String::from_utf8_lossy(said).trim().to_owned());
        }
        answer = rest;
    }
    if answer.starts_with(b"PACK") {
        Ok(answer)
    } else {
        Err("no pack came".to_owned())
    }
}
