//! Pushing a first commit over smart HTTP.

use config::Secret;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{Method, StatusCode};
use model::{Fault, FaultKind};
use outside::{Host, OutsideError, What};
use url::Url;

use super::local::check_branch;
use super::objects::Objects;
use super::pack::pack;

/// Longest answer about branches.
const MAX_ANSWER: u64 = 4 << 20;
/// The name of no commit.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// Where a commit is pushed to.
#[derive(Clone)]
pub struct PushTarget<'a> {
    /// The server.
    pub host: &'a Host,
    /// Address of the repository, ending in `.git`.
    pub repository: &'a str,
    /// The `Authorization` header.
    pub authorization: &'a Secret,
    /// The branch.
    pub branch: &'a str,
}

/// How a push went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// The commit is there now.
    New,
    /// It was there already.
    Known,
}

/// Pushes a first commit to a branch that is not there yet. A branch that has exactly this commit is left as it is.
pub async fn push(target: &PushTarget<'_>, objects: &Objects) -> Result<Pushed, Fault> {
    check_branch(target.branch)?;
    let reference = format!("refs/heads/{}", target.branch);
    let commit = objects.commit();
    match target
        .branches()
        .await?
        .iter()
        .find(|(_, name)| *name == reference)
    {
        Some((id, _)) if *id == commit => return Ok(Pushed::Known),
        Some(_) => {
            return Err(Fault::conflict(format!(
                "The branch {} of {} has commits already that this task did not make; choose another name, or remove \
                 that repository",
                target.branch, target.repository
            )));
        }
        None => {}
    }
    let mut body = line(&format!(
        "{NOTHING} {commit} {reference}\0report-status agent=backstage\n"
    ));
    body.extend_from_slice(b"0000");
    body.extend_from_slice(&pack(objects)?);
    let answer = target.send(Method::POST, "git-receive-pack", Some(body)).await?;
    judge(&lines(&answer), &reference, target).map(|()| Pushed::New)
}

impl PushTarget<'_> {
    /// The branches of the repository: commit and full name of each.
    async fn branches(&self) -> Result<Vec<(String, String)>, Fault> {
        let answer = self
            .send(Method::GET, "info/refs?service=git-receive-pack", None)
            .await?;
        let lines = lines(&answer);
        if lines
            .first()
            .is_none_or(|line| !line.starts_with("# service=git-receive-pack"))
        {
            return Err(Fault::error(format!(
                "{} does not answer as a Git server",
                self.repository
            )));
        }
        let branch = |line: &String| {
            let (id, name) = line.split_once(' ')?;
            let name = name.split('\0').next()?;
            Some((id.to_owned(), name.trim_end().to_owned()))
        };
        Ok(lines.iter().skip(1).filter_map(branch).collect())
    }

    async fn send(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Vec<u8>, Fault> {
        let address = format!("{}/{path}", self.repository);
        let url = Url::parse(&address).map_err(|_| Fault::input(format!("{address} is no address")))?;
        let mut request = self
            .host
            .request(method, url)
            .secret_header(AUTHORIZATION, self.authorization.expose())
            .header(HeaderName::from_static("git-protocol"), "version=0")
            .max_bytes(MAX_ANSWER);
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/x-git-receive-pack-request")
                .body(body);
        }
        let answer = request.send().await.map_err(|error| refused(&error))?;
        Ok(answer.bytes().await.map_err(|error| refused(&error))?.to_vec())
    }
}

/// A failed request of a push, with the way out where there is one.
fn refused(error: &OutsideError) -> Fault {
    let (kind, way_out) = match &error.what {
        What::Status { status, .. } => match *status {
            StatusCode::UNAUTHORIZED => (
                FaultKind::Authentication,
                "; the token of the integration is wrong, or has ended",
            ),
            StatusCode::FORBIDDEN => (
                FaultKind::NotAllowed,
                "; the token of the integration may not write to this repository: it needs write:repository at Gitea, repo at \
                 GitHub, write_repository at GitLab",
            ),
            StatusCode::NOT_FOUND => (
                FaultKind::NotFound,
                "; there is no such repository, or the token may not see it",
            ),
            _ => (FaultKind::Plain, ""),
        },
        _ => (FaultKind::Plain, ""),
    };
    Fault::new(kind, format!("The commit cannot be pushed: {error}{way_out}"))
}

fn judge(lines: &[String], reference: &str, target: &PushTarget<'_>) -> Result<(), Fault> {
    let is = |wanted: &str| lines.iter().any(|line| line.trim_end() == wanted);
    if is("unpack ok") && is(&format!("ok {reference}")) {
        return Ok(());
    }
    let reason = lines
        .iter()
        .find(|line| line.starts_with("ng ") || line.starts_with("unpack "));
    let reason = reason.map_or("it does not say why", |line| line.trim_end());
    Err(Fault::error(format!(
        "{} did not take the commit: {reason}; rules of the server or of the branch may forbid it",
        target.repository
    )))
}

/// A line with its length before it.
fn line(text: &str) -> Vec<u8> {
    let mut line = format!("{:04x}", text.len() + 4).into_bytes();
    line.extend_from_slice(text.as_bytes());
    line
}

/// The lines of an answer; marks between groups of lines are left out.
fn lines(mut answer: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some((head, rest)) = answer.split_at_checked(4) {
        let length = std::str::from_utf8(head)
            .ok()
            .and_then(|head| usize::from_str_radix(head, 16).ok());
        let Some(length) = length else { break };
        let Some((line, rest)) = rest.split_at_checked(length.saturating_sub(4)) else {
            break;
        };
        if length > 4 {
            lines.push(String::from_utf8_lossy(line).into_owned());
        }
        answer = rest;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let mut answer = line("unpack ok\n");
        answer.extend_from_slice(&line("ok refs/heads/main\n"));
        answer.extend_from_slice(b"0000");
        assert_eq!(lines(&answer), ["unpack ok\n", "ok refs/heads/main\n"]);
        assert!(lines(b"zzzz").is_empty());
        assert!(lines(b"00ffx").is_empty());
    }
}
