//! Any repository at an HTTP(S) address, for Git itself: whether the portal may go there, and as whom.
//!
//! The rule is that of reading: the host has an integration, or `backend.reading.allow` names it.

use config::Secret;
use model::Fault;
use outside::{Host, HostPolicy, OutsideCalls};
use url::Url;

use crate::UrlReader;
use crate::git::Remote;
use crate::integrations::basic;

/// Pushes to one host at the same time.
const MAX_CONCURRENT: usize = 4;
/// The name under which a token is sent to a host without integration, where the caller gives none.
const USER: &str = "git";

/// A repository at an address.
pub struct GitRemote {
    /// Its address for people, without credentials.
    pub address: String,
    host: Host,
    inner: String,
    authorization: Option<Secret>,
    reader: UrlReader,
    url: Url,
}

/// Somebody's own sign-in, in place of the integration's.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// The name; without one what the host expects beside a token.
    pub user: Option<String>,
    /// The token or password.
    pub token: Option<Secret>,
}

impl UrlReader {
    /// A repository that Git may go to. Fails for an address that is none, or whose host is not allowed.
    pub fn git_remote(
        &self,
        calls: &OutsideCalls,
        address: &str,
        sign_in: &SignIn,
    ) -> Result<GitRemote, Fault> {
        let url = self.git_address(address)?;
        let integration = self.integrations().by_url(&url);
        let address = url.as_str().trim_end_matches('/').to_owned();
        let inner = match integration {
            Some(one) => one.inner_address(&address).ok_or_else(|| {
                Fault::input(format!(
                    "The address {address} is not below that of its integration, or not https://, and the integration's \
                     credentials are not sent there"
                ))
            })?,
            None => address.clone(),
        };
        let user = sign_in.user.as_deref();
        let authorization = match (&sign_in.token, integration) {
            (Some(token), Some(one)) => Some(one.git_authorization_with(user, token)),
            (Some(token), None) => Some(basic(user.unwrap_or(USER), token)),
            (None, one) => one.and_then(crate::Integration::git_authorization),
        };
        let policy = HostPolicy {
            concurrency: MAX_CONCURRENT,
            ..HostPolicy::default()
        };
        let name = crate::integrations::authority(&url).unwrap_or_default();
        let host = calls.host(&format!("{name} Git"), &policy);
        Ok(GitRemote {
            address,
            host: host.map_err(|error| Fault::error(error.to_string()))?,
            inner,
            authorization,
            reader: self.clone(),
            url,
        })
    }

    /// Checks the address of a repository without asking its host.
    pub fn git_address(&self, address: &str) -> Result<Url, Fault> {
        let wrong = |reason: &str| Fault::input(format!("The address of the repository {reason}"));
        let url = Url::parse(address).map_err(|_| {
            wrong("is no URL; write it as git clone takes it, such as https://git.example.com/team/name.git")
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not have credentials in it; use the input token"));
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("must begin with https:// or http://; SSH is not supported"));
        }
        if url.query().is_some() || url.fragment().is_some() || url.path().len() < 2 {
            return Err(wrong("names no repository; write it as git clone takes it"));
        }
        self.permit(&url, address).map_err(|_| {
            let host = crate::integrations::authority(&url).unwrap_or_default();
            Fault::not_allowed(format!(
                "The portal may not go to {address}: add {host} under 'integrations', or to the allowed hosts at \
                 'backend.reading.allow'"
            ))
        })?;
        Ok(url)
    }
}

impl GitRemote {
    /// The repository, for pushing and fetching.
    pub fn remote(&self) -> Remote<'_> {
        Remote {
            host: &self.host,
            repository: &self.inner,
            authorization: self.authorization.as_ref(),
        }
    }

    /// The address of the files of a branch; nothing for a host without integration.
    pub fn contents_address(&self, branch: &str) -> Option<String> {
        let integration = self.reader.integrations().by_url(&self.url)?;
        let page = self.address.strip_suffix(".git").unwrap_or(&self.address);
        Some(integration.contents_address(page, branch))
    }
}
