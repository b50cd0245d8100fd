//! Fetching what a commit on top of another needs: the commit, and the names of its files, with their contents where they are
//! wanted. Its history does not come, and unwanted contents come only where the server cannot leave them out.

use std::time::Duration;

use model::Fault;

use super::base::Base;
use super::pack_reading::Unpacked;
use super::remote::{Branches, Remote, Service, line, next_line};
use crate::tree::{Tree, TreeLimits};

/// Largest pack, without and with the contents of files.
const MAX_PACK: u64 = 256 << 20;
const MAX_WHOLE: u64 = 96 << 20;
/// Longest time for it.
const LONGEST: Duration = Duration::from_mins(3);

/// Fetches a commit at the head of a branch, with the names of its files. `branches` are those for [`Service::Fetch`].
pub async fn fetch(remote: &Remote<'_>, branches: &Branches, commit: &str) -> Result<Base, Fault> {
    let fetched = fetch_pack(remote, branches, commit, branches.can("filter"), MAX_PACK).await?;
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
    let fetched = fetch_pack(remote, branches, commit, false, MAX_WHOLE).await?;
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Fault::error(format!("the work broke off: {error}"))))
}

/// The pack of a commit; without the contents of files where `is_filtered`.
async fn fetch_pack(
    remote: &Remote<'_>,
    branches: &Branches,
    commit: &str,
    is_filtered: bool,
    most: u64,
) -> Result<Vec<u8>, Fault> {
    let mut capabilities = "no-progress agent=backstage".to_owned();
    if is_filtered {
        capabilities.push_str(" filter");
    }
    let mut body = line(&format!("want {commit} {capabilities}\n"));
    if branches.can("shallow") {
        body.extend(line("deepen 1\n"));
    }
    if is_filtered {
        body.extend(line("filter blob:none\n"));
    }
    body.extend_from_slice(b"0000");
    body.extend(line("done\n"));
    let answer = remote.ask(Service::Fetch, body, most, LONGEST).await?;
    let pack = pack(&answer).map_err(|said| {
        Fault::error(format!(
            "{} does not send the commit {commit}: {said}",
            remote.repository
        ))
    })?;
    Ok(pack.to_vec())
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
