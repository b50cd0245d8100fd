//! A repository at a server, over smart HTTP: which branches it has, and the requests of fetching and pushing.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use config::Secret;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{Method, StatusCode};
use model::{Fault, FaultKind};
use outside::{Host, OutsideError, What};
use url::Url;

/// Longest list of branches.
const MAX_LIST: u64 = 16 << 20;
/// The branches of a server are named below this.
const HEADS: &str = "refs/heads/";

/// A repository at a server.
#[derive(Clone, Copy)]
pub struct Remote<'a> {
    /// The server.
    pub host: &'a Host,
    /// Address of the repository, as `git clone` takes it.
    pub repository: &'a str,
    /// The `Authorization` header; nothing where everybody may do it.
    pub authorization: Option<&'a Secret>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Reading.
    Fetch,
    /// Writing.
    Push,
}

/// The branches of a repository, and what its server can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    /// The commit of each, by name.
    pub heads: BTreeMap<String, String>,
    /// The default branch; nothing where the server does not say.
    pub default: Option<String>,
    /// The object of each reference, branches included, by its full name.
    pub references: BTreeMap<String, String>,
    pub(super) capabilities: Vec<String>,
}

impl Service {
    fn word(self) -> &'static str {
        match self {
            Self::Fetch => "git-upload-pack",
            Self::Push => "git-receive-pack",
        }
    }
}

impl Branches {
    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }

    fn read(lines: &[String]) -> Self {
        let mut branches = Self::default();
        for line in lines {
            let Some((id, rest)) = line.trim_end().split_once(' ') else {
                continue;
            };
            let (name, capabilities) = rest.split_once('\0').unwrap_or((rest, ""));
            branches
                .capabilities
                .extend(capabilities.split_whitespace().map(str::to_owned));
            if let Some(branch) = name.strip_prefix(HEADS) {
                branches.heads.insert(branch.to_owned(), id.to_owned());
            }
            branches.references.insert(name.to_owned(), id.to_owned());
        }
        let mut symbolic = branches.capabilities.iter();
        let default = symbolic.find_map(|one| one.strip_prefix("symref=HEAD:")?.strip_prefix(HEADS));
        branches.default = default.map(str::to_owned);
        branches
    }
}

impl Remote<'_> {
    /// The branches of the repository.
    pub async fn branches(&self, service: Service) -> Result<Branches, Fault> {
        let word = service.word();
        let path = format!("info/refs?service={word}");
        let answer = self.send(Method::GET, &path, service, None, MAX_LIST).await?;
        let lines = lines(&answer);
        let first = lines
            .first()
            .filter(|line| line.starts_with(&format!("# service={word}")));
        if first.is_none() {
            return Err(Fault::error(format!(
                "{} does not answer as a Git server does; the address must be that of a repository, as git clone takes it",
                self.repository
            )));
        }
        let branches = Branches::read(&lines[1..]);
        if branches.can("object-format=sha256") {
            return Err(Fault::new(
                FaultKind::NotImplemented,
                format!(
                    "{} names its objects by SHA-256, which is not supported; make it with the object format sha1",
                    self.repository
                ),
            ));
        }
        Ok(branches)
    }

    pub(super) async fn ask(
        &self,
        service: Service,
        body: Vec<u8>,
        most: u64,
        within: Duration,
    ) -> Result<Bytes, Fault> {
        self.send(Method::POST, service.word(), service, Some((body, within)), most)
            .await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        service: Service,
        body: Option<(Vec<u8>, Duration)>,
        most: u64,
    ) -> Result<Bytes, Fault> {
        let address = format!("{}/{path}", self.repository);
        let url = Url::parse(&address).map_err(|_| Fault::input(format!("{address} is no address")))?;
        let mut request = self
            .host
            .request(method, url)
            .header(HeaderName::from_static("git-protocol"), "version=0")
            .max_bytes(most);
        if let Some(secret) = self.authorization {
            request = request.secret_header(AUTHORIZATION, secret.current().expose());
        }
        if let Some((body, within)) = body {
            let kind = format!("application/x-{}-request", service.word());
            request = request.header(CONTENT_TYPE, &kind).body(body).within(within);
        }
        let failed = |error: OutsideError| self.refused(service, &error);
        let answer = request.send().await.map_err(failed)?;
        answer.bytes().await.map_err(failed)
    }

    /// A failed request, with the way out where there is one.
    fn refused(&self, service: Service, error: &OutsideError) -> Fault {
        let (kind, way_out) = match &error.what {
            What::Status { status, .. } => match *status {
                StatusCode::UNAUTHORIZED if self.authorization.is_none() => (
                    FaultKind::Authentication,
                    "; it wants a sign-in: give the integration of the host a token, or the step the input token",
                ),
                StatusCode::UNAUTHORIZED => (
                    FaultKind::Authentication,
                    "; the token of the integration or of the step is wrong, or has ended",
                ),
                StatusCode::FORBIDDEN => (
                    FaultKind::NotAllowed,
                    "; the token may not write to this repository: it needs write:repository at Gitea, repo at GitHub, write_repository at \
                     GitLab",
                ),
                StatusCode::NOT_FOUND => (
                    FaultKind::NotFound,
                    "; there is no such repository, or the token may not see it",
                ),
                _ => (FaultKind::Plain, ""),
            },
            _ => (FaultKind::Plain, ""),
        };
        let doing = match service {
            Service::Fetch => "The branch cannot be fetched",
            Service::Push => "The commit cannot be pushed",
        };
        Fault::new(kind, format!("{doing}: {error}{way_out}"))
    }
}

/// A line with its length before it.
pub(super) fn line(text: &str) -> Vec<u8> {
    let mut line = format!("{:04x}", text.len() + 4).into_bytes();
    line.extend_from_slice(text.as_bytes());
    line
}

/// The first line of an answer, and what comes behind it; an empty line for a mark between groups of lines.
pub(super) fn next_line(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = answer.split_at_checked(4)?;
    let length = usize::from_str_radix(std::str::from_utf8(head).ok()?, 16).ok()?;
    rest.split_at_checked(length.saturating_sub(4))
}

/// The lines of an answer; marks between groups of lines are left out.
pub(super) fn lines(mut answer: &[u8]) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some((line, rest)) = next_line(answer) {
        if !line.is_empty() {
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

    #[test]
    fn branches_are_read() {
        let id = "1".repeat(40);
        let lines = [
            format!("{id} HEAD\0shallow symref=HEAD:refs/heads/trunk filter\n"),
            format!("{id} refs/heads/feature/x\n"),
            format!("{id} refs/tags/v1\n"),
        ];
        let branches = Branches::read(&lines);
        assert_eq!(branches.heads.keys().collect::<Vec<_>>(), ["feature/x"]);
        assert_eq!(branches.default.as_deref(), Some("trunk"));
        assert!(branches.can("filter") && !branches.can("thin-pack"));
        let empty = Branches::read(&[format!("{} capabilities^{{}}\0report-status\n", "0".repeat(40))]);
        assert!(empty.heads.is_empty() && empty.can("report-status"));
    }
}
