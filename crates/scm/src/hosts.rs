//! How each kind of Git host serves the raw content of a file, and where it is edited.

mod azure;
mod bitbucket;
pub(crate) mod gitea;
mod github;
pub(crate) mod gitlab;
mod page;
mod tree;

use std::sync::Arc;

use model::Fault;
use url::Url;

pub use page::IssueText;
pub(crate) use tree::{TreePlace, no_folder};

use crate::gitea::address::Address;
use crate::gitea::references::References;
use crate::integrations::Integration;

/// The kind of a Git host, with the addresses at which its API is found.
#[derive(Debug, Clone)]
pub(crate) enum Host {
    /// GitHub or GitHub Enterprise: addresses of the API and of raw files.
    Github {
        api: Option<String>,
        raw: Option<String>,
    },
    /// GitLab: the path before all repositories, without a slash at the end.
    Gitlab { relative: String },
    /// Gitea or Forgejo: the server's address for the portal and for people, and what is known of its branches.
    Gitea {
        base: String,
        web: String,
        references: Arc<References>,
    },
    /// bitbucket.org.
    BitbucketCloud,
    /// Bitbucket Server: address of the API.
    BitbucketServer { api: String },
    /// Azure DevOps.
    Azure,
}

/// A request for the raw content of one file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RawFile {
    /// Where to ask.
    pub url: Url,
    /// The `Accept` header, where the host needs one.
    pub accept: Option<&'static str>,
}

impl Integration {
    /// The request that yields a file's raw content. Fails when the URL names no file of this host.
    pub(crate) fn raw_file(&self, url: &str) -> Result<RawFile, Fault> {
        let parsed = crate::git_url::GitUrl::parse_safe(url);
        let (address, accept) = match &self.kind {
            Host::Github { api, raw } => {
                return github::raw_file(
                    url,
                    &parsed?,
                    api.as_deref(),
                    raw.as_deref(),
                    self.authorization.is_some(),
                );
            }
            Host::Gitlab { relative } => (parsed.and_then(|_| gitlab::raw_file(url, relative)), None),
            Host::Gitea { base, references, .. } => {
                let place = references.place(&gitea::file(url, base)?);
                return Ok(RawFile {
                    url: gitea::content(&place, base, gitea::Form::Raw)?,
                    accept: None,
                });
            }
            Host::BitbucketCloud => (
                parsed.and_then(|parsed| bitbucket::cloud_file(url, &parsed)),
                None,
            ),
            Host::BitbucketServer { api } => (
                parsed.and_then(|parsed| bitbucket::server_file(url, &parsed, api)),
                None,
            ),
            Host::Azure => (parsed.and_then(|_| azure::raw_file(url)), None),
        };
        Ok(RawFile {
            url: parse(&address?)?,
            accept,
        })
    }

    /// The page on which people edit a file.
    pub(crate) fn edit_url(&self, url: &str) -> String {
        match &self.kind {
            Host::Github { .. } => github::with_word(url, "edit"),
            Host::Gitlab { .. } => gitlab::edit_url(url),
            Host::Gitea { base, web, .. } => {
                gitea::edit_url(url, base, web).unwrap_or_else(|| url.to_owned())
            }
            Host::BitbucketCloud => bitbucket::cloud_edit_url(url),
            Host::BitbucketServer { .. } => url.split('?').next().unwrap_or(url).to_owned(),
            Host::Azure => url.to_owned(),
        }
    }

    /// Owner and name of the repository of an address, for hosts that have addresses of a form of their own.
    pub(crate) fn repository(&self, url: &str) -> Option<(String, String)> {
        let Host::Gitea { base, .. } = &self.kind else {
            return None;
        };
        let Address { owner, name, .. } = Address::parse(url, base)?;
        Some((owner, name))
    }

    /// Where a file is in its repository.
    pub(crate) fn path_in_repository(&self, url: &str) -> Result<String, Fault> {
        match &self.kind {
            Host::Gitea { base, references, .. } => Ok(references.place(&gitea::file(url, base)?).path),
            _ => Ok(crate::git_url::GitUrl::parse_safe(url)?.file),
        }
    }

    /// A reference within a file, as an absolute URL of the same repository.
    pub(crate) fn resolve_url(&self, base: &Url, relative: &str) -> Result<String, Fault> {
        match &self.kind {
            Host::Github { .. } => Ok(github::with_word(
                &crate::resolve::in_repository(base, relative)?,
                "tree",
            )),
            Host::Gitea {
                base: own,
                references,
                ..
            } => gitea::resolve_url(base, relative, own, references),
            Host::Azure => azure::resolve_url(base, relative),
            _ => crate::resolve::in_repository(base, relative),
        }
    }
}

fn parse(address: &str) -> Result<Url, Fault> {
    Url::parse(address).map_err(|_| Fault::type_error("Invalid URL"))
}

/// `Incorrect URL: …`, the answer to a URL that names no file of a host.
fn incorrect(url: &str, reason: &str) -> Fault {
    Fault::error(format!("Incorrect URL: {url}, Error: {reason}"))
}
