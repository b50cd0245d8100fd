//! Fetching what a commit on top of another needs: the commit, and the names of its files. Its history and, where the server
//! can leave them out, the contents of its files do not come.

use std::time::Duration;

use model::Fault;

use super::base::Base;
use super::pack_reading::Unpacked;
use super::remote::{Branches, Remote, Service, line, next_line};

/// Largest pack.
const MAX_PACK: u64 = 256 << 20;
/// Longest time for it.
const LONGEST: Duration = Duration::from_mins(3);

/// Fetches a commit at the head of a branch, with the names of its files. `branches` are those for [`Service::Fetch`].
pub async fn fetch(remote: &Remote<'_>, branches: &Branches, commit: &str) -> Result<Base, Fault> {
    let mut capabilities = "no-progress agent=backstage".to_owned();
    let may_filter = branches.can("filter");
    if may_filter {
        capabilities.push_str(" filter");
    }
    let mut body = line(&format!("want {commit} {capabilities}\n"));
    if branches.can("shallow") {
        body.extend(line("deepen 1\n"));
    }
    if may_filter {
        body.extend(line("filter blob:none\n"));
    }
    body.extend_from_slice(b"0000");
    body.extend(line("done\n"));
    let answer = remote.ask(Service::Fetch, body, MAX_PACK, LONGEST).await?;
    let pack = pack(&answer).map_err(|said| {
        Fault::error(format!(
            "{} does not send the commit {commit}: {said}",
            remote.repository
        ))
    })?;
    let commit = commit.to_owned();
    let pack = pack.to_vec();
    let read = tokio::task::spawn_blocking(move || Base::read(&Unpacked::read(&pack)?, &commit));
    read.await
        .unwrap_or_else(|error| Err(Fault::error(format!("the work broke off: {error}"))))
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
