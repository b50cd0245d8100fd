//! The one client of Gitea (1.21 and later) and Forgejo, reading and writing: an account at a server, and the calls that the
//! features of the portal need, typed.
//!
//! Each call says what it was doing, what the server answered, and the way out. Calls are few at a time, and a server that
//! asks for a pause gets it. Files behind URLs are read by [`crate::UrlReader`], not here.

pub mod activity;
pub(crate) mod address;
mod call;
mod changes;
mod commit;
mod create;
mod features;
mod files;
mod history;
mod hooks;
mod listing;
mod owners_file;
mod people;
pub(crate) mod place;
mod protection;
mod pulls;
pub(crate) mod references;
pub(crate) mod refusal;
mod repositories;
mod setting_up;

use std::sync::Arc;
use std::time::Duration;

use config::{GiteaIntegration, IntegrationsSection, Secret};
use model::Fault;
use outside::{Host, HostPolicy, OutsideCalls};

use crate::git::Remote;
use crate::integrations::{basic, gitea_base, gitea_web};

pub use crate::integrations::{gitea_base as base_address, gitea_web as web_address};
pub use changes::Changes;
pub use commit::{Branch, BranchCommit, FileEdit, NewCommit};
pub use create::NewRepository;
pub use features::{Features, Version};
pub use files::{FileContent, FileEntry, Files};
pub use hooks::{Hook, HookConfig, HookForm, HookScope, hook_page};
pub use listing::Listing;
pub use owners_file::{AtPath, OwnersFile, OwnersRead};
pub use people::{Organization, Team, User};
pub use protection::BranchRule;
pub use pulls::{NewPullRequest, PullBranch, PullRequest};
pub use repositories::{Owner, Permissions, Repository, RepositoryQuery};

use features::Known;

/// Calls to one server at the same time.
const MAX_CONCURRENT: usize = 6;

/// An account at a server, or nobody's where the configuration has no credentials. Cloning is cheap.
#[derive(Clone)]
pub struct Gitea {
    /// The host as it stands in URLs.
    name: String,
    /// Address of the server for the portal.
    base: String,
    /// Address of the server for people.
    web: String,
    credentials: Option<Credentials>,
    host: Host,
    features: Arc<Known>,
}

/// Two ways to prove the same.
#[derive(Clone)]
struct Credentials {
    /// For the API.
    api: Secret,
    /// For Git itself, which takes a sign-in only.
    git: Secret,
}

impl Gitea {
    /// The account at a host of the configuration, for calls that change something. Fails for a host without integration or
    /// without credentials.
    pub fn of(section: &IntegrationsSection, calls: &OutsideCalls, host: &str) -> Result<Self, Fault> {
        let gitea = Self::reading(section, calls, host)?;
        gitea.git_authorization()?;
        Ok(gitea)
    }

    /// The account at a host of the configuration, for calls that only read. Without credentials the server shows public things.
    pub fn reading(section: &IntegrationsSection, calls: &OutsideCalls, host: &str) -> Result<Self, Fault> {
        let integration = section.gitea.iter().find(|one| one.host == host);
        let integration = integration.ok_or_else(|| {
            Fault::input(format!(
                "No matching integration configuration for host {host}, please check your integrations config"
            ))
        })?;
        let policy = HostPolicy {
            concurrency: MAX_CONCURRENT,
            queue_time: Duration::from_mins(1),
            ..HostPolicy::default()
        };
        // Files are read with other bounds, under the host's own name.
        let prepared = calls.host(&format!("{host} API"), &policy);
        Ok(Self {
            name: host.to_owned(),
            base: gitea_base(integration),
            web: gitea_web(integration),
            credentials: credentials(integration),
            host: prepared.map_err(|error| Fault::error(error.to_string()))?,
            features: Arc::default(),
        })
    }

    /// The same server with somebody's own token in place of the integration's account.
    #[must_use]
    pub fn acting_with(self, token: &str) -> Self {
        let credentials = Some(Credentials::of_token(&Secret::new(token)));
        Self { credentials, ..self }
    }

    /// The host as it stands in URLs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Address of the server for the portal, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Address of the server for people, without a slash at its end: links begin with it.
    pub fn web(&self) -> &str {
        &self.web
    }

    /// The page of a repository.
    pub fn page(&self, full_name: &str) -> String {
        format!("{}/{full_name}", self.web)
    }

    /// Owner and name of the repository that an address of this server is in; nothing for that of another page.
    pub fn repository_in(&self, url: &str) -> Option<(String, String)> {
        let address = address::Address::parse(url, &self.base)?;
        Some((address.owner, address.name))
    }

    /// A repository, for Git itself; `address` is its address below [`Self::base`]. Fails where the integration has no credentials.
    pub fn remote<'a>(&'a self, address: &'a str) -> Result<Remote<'a>, Fault> {
        Ok(Remote {
            host: &self.host,
            repository: address,
            authorization: Some(self.git_authorization()?),
        })
    }

    /// The `Authorization` header of Git itself. Fails where the integration has no credentials.
    pub fn git_authorization(&self) -> Result<&Secret, Fault> {
        let credentials = self.credentials.as_ref().ok_or_else(|| {
            Fault::input(format!(
                "The integration for {} has no token; set integrations.gitea[].password to a token with the scopes \
                 write:repository, write:organization and read:user",
                self.name
            ))
        })?;
        Ok(&credentials.git)
    }
}

fn credentials(integration: &GiteaIntegration) -> Option<Credentials> {
    let password = integration.password.as_ref()?;
    let both = |secret: Secret| Credentials {
        api: secret.clone(),
        git: secret,
    };
    Some(match &integration.username {
        Some(user) => both(basic(user, password)),
        None => Credentials::of_token(password),
    })
}

impl Credentials {
    fn of_token(token: &Secret) -> Self {
        Self {
            api: token.shaped(|token| format!("token {}", token.trim())),
            // Git's own sign-in takes a token as the password of any name.
            git: basic("token", token),
        }
    }
}
