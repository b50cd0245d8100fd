//! The client of GitLab that writes: an account at a server, and the calls that steps of templates need
//! (<https://docs.gitlab.com/api/rest/>).
//!
//! Each call says what it was doing, what the server answered, and the way out. Files behind URLs are read by
//! [`crate::UrlReader`], not here.

mod branches;
mod commits;
mod groups;
mod issues;
mod merge_requests;
mod projects;
mod variables;

use config::{GitlabIntegration, IntegrationsSection, Secret};
use model::Fault;
use outside::{Host, OutsideCalls};
use url::Url;

use crate::hosts::gitlab::InProject;
use crate::integrations::basic;
use crate::rest::{Rest, Words};

pub use branches::{Branch, BranchProtected};
pub use commits::{FileAction, FileChange};
pub use groups::Group;
pub use issues::Issue;
pub use merge_requests::MergeRequest;
pub use projects::{Namespace, Project};

/// The host without which no integration needs to be configured.
const PUBLIC: &str = "gitlab.com";

const WORDS: Words = Words {
    address_key: "integrations.gitlab[].apiBaseUrl",
    host_key: "integrations.gitlab[].host",
    token_key: "integrations.gitlab[].token",
    rights: "a token needs the scope api, and its user the role Maintainer in the group or project",
    accept: "application/json",
};

/// An account at a server. Cloning is cheap.
#[derive(Clone)]
pub struct Gitlab {
    rest: Rest,
    /// For Git itself, which takes a sign-in only.
    git: Secret,
    /// The path of the server before all projects, without a slash at its end.
    below: String,
}

impl Gitlab {
    /// The account at a host of the configuration, with the given token in place of the configured one. Fails for a host
    /// without integration, and where there is no token.
    pub fn of(
        section: &IntegrationsSection,
        calls: &OutsideCalls,
        host: &str,
        token: Option<&str>,
    ) -> Result<Self, Fault> {
        let integration = section.gitlab.iter().find(|one| one.host == host);
        if integration.is_none() && host != PUBLIC {
            return Err(Fault::input(format!(
                "No matching integration configuration for host {host}, please check your integrations config"
            )));
        }
        let configured = integration.and_then(|one| one.token.clone());
        let token = token.map(Secret::new).or(configured).ok_or_else(|| {
            Fault::input(format!(
                "No token available for host {host}: set integrations.gitlab[].token, or give the step the input token"
            ))
        })?;
        Ok(Self {
            git: basic("oauth2", &token),
            below: below(integration),
            rest: Rest::new(calls, (host, api_address(host, integration)), token, &WORDS)?,
        })
    }

    /// The whole path of the project that an address of this server is in; nothing for that of another page.
    pub fn project_in(&self, url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        InProject::read(url.path(), &self.below).map(|found| found.project)
    }

    /// The server, for pushes.
    pub fn host(&self) -> &Host {
        &self.rest.host
    }

    /// The `Authorization` header of Git itself.
    pub fn git_authorization(&self) -> &Secret {
        &self.git
    }

    /// The address that a project is pushed to. Fails where the server names one of another host: it would get the token.
    pub fn remote(&self, project: &Project) -> Result<String, Fault> {
        self.rest
            .remote(&project.http_url_to_repo, &project.path_with_namespace)
    }
}

/// The path of a server's pages before all projects.
fn below(integration: Option<&GitlabIntegration>) -> String {
    let base = integration.and_then(|one| Url::parse(one.base_url.as_deref()?).ok());
    base.map_or_else(String::new, |base| base.path().trim_end_matches('/').to_owned())
}

/// Where the API of a host is: what the configuration says, else below the address of its pages.
fn api_address(host: &str, integration: Option<&GitlabIntegration>) -> String {
    let trimmed = |address: &String| address.trim_end_matches('/').to_owned();
    let api = integration.and_then(|one| one.api_base_url.as_ref()).map(trimmed);
    api.unwrap_or_else(|| {
        let base = integration.and_then(|one| one.base_url.as_ref()).map(trimmed);
        format!("{}/api/v4", base.unwrap_or_else(|| format!("https://{host}")))
    })
}
