//! Reads at Gitea and Forgejo: which place an address means, its content, and the commit that last changed it.
//!
//! A server serves the file of its default branch where it does not know the branch that is asked for. The commit is therefore
//! asked for with every new content: that call fails for an unknown branch.

use bytes::Bytes;
use http::StatusCode;
use model::{Fault, FaultKind};
use url::Url;

use super::answers::Read;
use super::{UrlReader, phrase};
use crate::fetch::{Answer, Bounds, Request};
use crate::gitea::Gitea;
use crate::gitea::address::Address;
use crate::gitea::place::Place;
use crate::gitea::references::References;
use crate::gitea::refusal::{asked_pause, meaning_of_reading, reason};
use crate::hosts::Host;
use crate::hosts::gitea::{Form, content, file};
use crate::integrations::Integration;

/// The first line of what stands for a file in LFS.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
/// Longest text that stands for a file in LFS, in bytes.
const MAX_POINTER: usize = 1024;

/// A server as it is read.
pub(crate) struct Server<'a> {
    pub integration: &'a Integration,
    /// Its address for the portal.
    pub base: &'a str,
    pub references: &'a References,
    pub account: &'a Gitea,
}

impl UrlReader {
    /// The server of an integration, if it is a Gitea and anything is read.
    pub(crate) fn gitea<'a>(&'a self, integration: &'a Integration) -> Option<Server<'a>> {
        let Host::Gitea { base, references, .. } = &integration.kind else {
            return None;
        };
        Some(Server {
            integration,
            base,
            references,
            account: self.inner.gitea.get(&integration.host)?,
        })
    }

    /// Reads one file.
    pub(super) async fn read_at_gitea(
        &self,
        server: &Server<'_>,
        url: &str,
        etag: Option<&str>,
    ) -> Result<Read, Fault> {
        let address = file(url, server.base)?;
        let place = server.references.place(&address);
        let fault = match self.read_place(server, url, &place, etag).await {
            // With one part more the reference would leave nothing for the path.
            Err(fault) if fault.is(&FaultKind::NotFound) && place.path.contains('/') => fault,
            read => return read,
        };
        match server.at_slashes(&address, &place).await? {
            Some(place) if !place.path.is_empty() => self.read_place(server, url, &place, etag).await,
            _ => Err(fault),
        }
    }

    /// Reads the file at a place; `url` is its address for errors.
    pub(super) async fn read_place(
        &self,
        server: &Server<'_>,
        url: &str,
        place: &Place,
        etag: Option<&str>,
    ) -> Result<Read, Fault> {
        let raw = content(place, server.base, Form::Raw)?;
        let answer = self
            .ask(server.integration, url, &server.request(raw.clone(), etag))
            .await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            if !server.references.is_seen(place) {
                server.commit_of(place, url, &raw).await?;
            }
            return Ok(Read::unchanged(answer.etag.or_else(|| etag.map(str::to_owned))));
        }
        let answer = server.usable(url, &raw, answer)?;
        let commit = server.commit_of(place, url, &raw).await?;
        let bytes = self.resolved(server, url, place, answer.bytes).await?;
        Ok(Read {
            bytes,
            etag: answer.etag,
            not_modified: false,
            commit,
        })
    }

    /// The content of a file, which lies in LFS if what is in the repository only stands for it.
    pub(super) async fn resolved(
        &self,
        server: &Server<'_>,
        url: &str,
        place: &Place,
        bytes: Bytes,
    ) -> Result<Bytes, Fault> {
        if !is_pointer(&bytes) {
            return Ok(bytes);
        }
        let media = content(place, server.base, Form::Media)?;
        let request = server.request(media.clone(), None);
        let answer = self.ask(server.integration, url, &request).await?;
        let large = server.usable(url, &media, answer)?.bytes;
        if is_pointer(&large) {
            let host = &server.integration.host;
            return Err(Fault::error(format!(
                "{url} could not be read, its content belongs into LFS, and {host} does not have it there; push it with \
                 git lfs push"
            )));
        }
        Ok(large)
    }
}

impl Server<'_> {
    /// A request with the account's token.
    fn request<'a>(&'a self, url: Url, etag: Option<&'a str>) -> Request<'a> {
        Request {
            url,
            accept: None,
            authorization: self.integration.authorization.as_ref(),
            etag,
            bounds: None,
            wants_reason: true,
        }
    }

    /// A request for an archive.
    pub(crate) fn request_within(&self, url: Url, bounds: Bounds) -> Request<'_> {
        Request {
            bounds: Some(bounds),
            ..self.request(url, None)
        }
    }

    /// The place of an address whose reference has slashes; nothing where it has none, or where that is the place that was
    /// not found. A server that lacks the call for it knows none.
    async fn at_slashes(&self, address: &Address, missed: &Place) -> Result<Option<Place>, Fault> {
        match self.account.place_at_slashes(self.references, address).await {
            Ok(found) => Ok(found.filter(|found| found != missed)),
            Err(fault) if fault.is(&FaultKind::NotImplemented) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The place of an address, and the commit that last changed what `scope` makes of it. Fails with [`FaultKind::NotFound`]
    /// where there is no such place.
    pub(crate) async fn newest(
        &self,
        address: &Address,
        scope: impl Fn(&Place) -> Place,
        doing: &str,
    ) -> Result<(Place, String), Fault> {
        let place = self.references.place(address);
        let fault = match self.commit_within(&scope(&place), doing).await {
            Err(fault) if fault.is(&FaultKind::NotFound) => fault,
            commit => return Ok((place, commit?)),
        };
        let missing = match self.at_slashes(address, &place).await? {
            None => place,
            Some(place) => match self.commit_within(&scope(&place), doing).await {
                Err(fault) if fault.is(&FaultKind::NotFound) => place,
                commit => return Ok((place, commit?)),
            },
        };
        Err(self.account.missing(&scope(&missing), fault, doing).await)
    }

    async fn commit_within(&self, place: &Place, doing: &str) -> Result<String, Fault> {
        let commit = self.account.last_commit(place, doing).await?;
        self.references.note(place);
        commit.ok_or_else(|| {
            let (host, repository) = (&self.integration.host, place.repository());
            Fault::not_found(format!("{doing}: {host} names no commit of {repository}"))
        })
    }

    /// The commit that last changed a file, where the server says it. Fails where the branch is unknown, like a read of `raw`.
    async fn commit_of(&self, place: &Place, url: &str, raw: &Url) -> Result<Option<String>, Fault> {
        match self
            .account
            .last_commit(place, &format!("Unable to read {url}"))
            .await
        {
            Ok(commit) => {
                self.references.note(place);
                Ok(commit)
            }
            Err(fault) if fault.is(&FaultKind::NotFound) => {
                let status = phrase(StatusCode::NOT_FOUND);
                Err(Fault::not_found(format!(
                    "{url} could not be read as {raw}, {status}"
                )))
            }
            // It may be the content of the default branch.
            Err(fault) if !self.references.is_seen(place) && is_passing(&fault) => Err(fault),
            // The content is there all the same.
            Err(_) => Ok(None),
        }
    }

    /// An answer with a file; a fault in the original's words where it has some.
    fn usable(&self, url: &str, asked: &Url, answer: Answer) -> Result<Answer, Fault> {
        let status = phrase(answer.status);
        if answer.status.is_success() {
            return if answer.is_page {
                Err(self.page(url))
            } else {
                Ok(answer)
            };
        }
        let (kind, why) = self.meaning(&answer);
        let said = reason(&answer.said);
        let failed = format!("{url} could not be read as {asked}, {status}");
        Err(match answer.status {
            StatusCode::NOT_FOUND if said.contains("is empty") => {
                Fault::not_found(format!("{failed}; the repository has no commits yet"))
            }
            StatusCode::NOT_FOUND => Fault::not_found(failed),
            StatusCode::FORBIDDEN if said.is_empty() => Fault::new(
                FaultKind::Authentication,
                format!("{url} could not be read, {status}"),
            ),
            StatusCode::FORBIDDEN => Fault::new(
                FaultKind::Authentication,
                format!("{url} could not be read, {status}; {why}"),
            ),
            _ => Fault::new(kind, format!("{failed}; {why}")),
        })
    }

    /// An answer with an archive.
    pub(crate) fn usable_archive(&self, url: &str, answer: Answer) -> Result<Answer, Fault> {
        if answer.status.is_success() {
            return if answer.is_page {
                Err(self.page(url))
            } else {
                Ok(answer)
            };
        }
        let (kind, why) = self.meaning(&answer);
        let status = answer.status.as_u16();
        Err(Fault::new(
            kind,
            format!("Unable to read {url}, the answer is {status}; {why}"),
        ))
    }

    /// What a refusal means, with all that it says.
    fn meaning(&self, answer: &Answer) -> (FaultKind, String) {
        let (host, said) = (&self.integration.host, reason(&answer.said));
        let pause = asked_pause(answer.pause.as_deref());
        let is_own = Url::parse(self.base).is_ok_and(|base| base.origin() == answer.url.origin());
        if !is_own {
            let elsewhere = answer.url.origin().ascii_serialization();
            return (
                FaultKind::Plain,
                format!("it comes from {elsewhere}, to which {host} redirects{pause}"),
            );
        }
        let (kind, why) = meaning_of_reading(answer.status, self.integration.authorization.is_some());
        (kind, format!("{host} {why}{said}{pause}"))
    }

    fn page(&self, url: &str) -> Fault {
        let host = &self.integration.host;
        Fault::error(format!(
            "{url} could not be read, a page came instead of the file: a sign-in page or a proxy stands before {host}, or \
             integrations.gitea[].baseUrl names another server"
        ))
    }
}

/// Whether a call may succeed later that failed with this.
fn is_passing(fault: &Fault) -> bool {
    matches!(fault.kind(), FaultKind::Unavailable | FaultKind::TooManyRequests)
}

fn is_pointer(bytes: &[u8]) -> bool {
    bytes.len() <= MAX_POINTER && bytes.starts_with(POINTER)
}
