//! The client of GitHub and GitHub Enterprise that writes: an account at a server, and the calls that steps of templates need.
//!
//! Each call says what it was doing, what the server answered, and the way out. Files behind URLs are read by
//! [`crate::UrlReader`], not here.

mod access;
mod commits;
mod hooks;
mod protection;
mod pulls;
mod repositories;
mod secrets;
mod workflows;

use std::fmt;

use config::{IntegrationsSection, Secret};
use model::Fault;
use outside::{Host, OutsideCalls};

use crate::git_url::GitUrl;
use crate::integrations::basic;
use crate::rest::{Rest, Words};

pub use access::Grantee;
pub use commits::{CommitAuthor, NewTree, TreeBase};
pub use hooks::HookMade;
pub use protection::Protected;
pub use pulls::PullRequest;
pub use repositories::{OwnerKind, Repository};
pub use secrets::Scope;

/// The host without which no integration needs to be configured.
const PUBLIC: &str = "github.com";

const WORDS: Words = Words {
    address_key: "integrations.github[].apiBaseUrl",
    host_key: "integrations.github[].host",
    token_key: "integrations.github[].token",
    rights: "a classic token needs the scopes repo, workflow and, for webhooks, admin:repo_hook; a fine-grained one \
             read and write access to contents, pull requests, workflows, webhooks and administration",
    accept: "application/vnd.github+json",
};

/// An account at a server. Cloning is cheap.
#[derive(Clone)]
pub struct Github {
    rest: Rest,
    /// For Git itself, which takes a sign-in only.
    git: Secret,
}

/// Owner and name of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullName<'a> {
    /// The organisation or user.
    pub owner: &'a str,
    /// The repository.
    pub name: &'a str,
}

impl fmt::Display for FullName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

impl Github {
    /// The account at a host of the configuration, with the given token in place of the configured one. Fails for a host
    /// without integration, and where there is no token.
    pub fn of(
        section: &IntegrationsSection,
        calls: &OutsideCalls,
        host: &str,
        token: Option<&str>,
    ) -> Result<Self, Fault> {
        let integration = section
            .github
            .iter()
            .find(|one| one.host.as_deref().unwrap_or(PUBLIC) == host);
        if integration.is_none() && host != PUBLIC {
            return Err(Fault::input(format!(
                "No matching integration configuration for host {host}, please check your integrations config"
            )));
        }
        let configured = integration.and_then(|one| one.token.clone());
        let token = token.map(Secret::new).or(configured).ok_or_else(|| {
            let has_apps = integration.is_some_and(|one| !one.apps.is_empty());
            no_token(host, has_apps)
        })?;
        let base = integration.and_then(|one| one.api_base_url.as_deref());
        let base = base.map_or_else(|| api_address(host), |base| base.trim_end_matches('/').to_owned());
        Ok(Self {
            git: basic("x-access-token", &token),
            rest: Rest::new(calls, (host, base), token, &WORDS)?,
        })
    }

    /// Owner and name of the repository that an address of a host of this kind is in; nothing for that of another page.
    pub fn repository_in(url: &str) -> Option<(String, String)> {
        let GitUrl { owner, name, .. } = GitUrl::parse_safe(url).ok()?;
        (!owner.is_empty() && !name.is_empty()).then_some((owner, name))
    }

    /// The server, for pushes.
    pub fn host(&self) -> &Host {
        &self.rest.host
    }

    /// The `Authorization` header of Git itself.
    pub fn git_authorization(&self) -> &Secret {
        &self.git
    }

    /// The address that a repository is pushed to. Fails where the server names one of another host: it would get the token.
    pub fn remote(&self, repository: &Repository) -> Result<String, Fault> {
        self.rest.remote(&repository.clone_url, &repository.full_name)
    }
}

/// Where the API of a host is unless the configuration says otherwise
/// (<https://docs.github.com/en/enterprise-server@3.17/rest/quickstart>).
fn api_address(host: &str) -> String {
    if host == PUBLIC {
        return "https://api.github.com".to_owned();
    }
    format!("https://{host}/api/v3")
}

fn no_token(host: &str, has_apps: bool) -> Fault {
    let apps = if has_apps {
        "; GitHub Apps (integrations.github[].apps) are not supported yet"
    } else {
        ""
    };
    Fault::input(format!(
        "No token available for host {host}: set integrations.github[].token, or give the step the input token{apps}"
    ))
}
