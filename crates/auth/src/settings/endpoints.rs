//! Where a provider's endpoints are: it says so itself (OpenID Connect Discovery), or is a GitHub, whose addresses are known.

use url::{Position, Url};

use super::web_address;
use crate::resolver::Resolver;

/// Scopes that every sign-in with OpenID Connect asks for.
const OPENID_SCOPES: [&str; 3] = ["openid", "profile", "email"];
/// The scope that every sign-in with GitHub asks for (`@backstage/plugin-auth-backend-module-github-provider`).
const GITHUB_PERSON: &str = "read:user";
/// The scope by which GitHub tells which of a person's addresses are verified.
const GITHUB_ADDRESSES: &str = "user:email";

/// Where a provider's endpoints are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoints {
    /// The address of the document in which it says so.
    Discovered(Url),
    GitHub(GitHub),
}

/// A GitHub: its pages, and its API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GitHub {
    pages: Url,
    api: Url,
}

impl Endpoints {
    /// The server's host and port.
    pub fn host(&self) -> &str {
        let url = match self {
            Self::Discovered(url) => url,
            Self::GitHub(github) => &github.pages,
        };
        &url[Position::BeforeHost..Position::AfterPort]
    }

    /// How the portal proves who it is, where that is not as usual.
    pub(super) fn authentication(&self) -> Option<&'static str> {
        match self {
            Self::Discovered(_) => None,
            Self::GitHub(_) => Some("client_secret_post"),
        }
    }

    /// The scopes that a sign-in needs at least.
    pub(super) fn scopes(&self, resolvers: &[Resolver]) -> Vec<&'static str> {
        match self {
            Self::Discovered(_) => OPENID_SCOPES.to_vec(),
            Self::GitHub(_) if resolvers.iter().any(Resolver::needs_address) => {
                vec![GITHUB_PERSON, GITHUB_ADDRESSES]
            }
            Self::GitHub(_) => vec![GITHUB_PERSON],
        }
    }
}

impl GitHub {
    /// The GitHub at an address, or the one of everybody.
    pub(super) fn at(instance: Option<&str>) -> Result<Self, String> {
        let Some(instance) = instance else {
            return Ok(Self {
                pages: web_address("https://github.com/")?,
                api: web_address("https://api.github.com/")?,
            });
        };
        let pages = web_address(&format!("{}/", instance.trim().trim_end_matches('/')))?;
        let api = pages
            .join("api/v3/")
            .map_err(|_| "it is no web address".to_owned())?;
        Ok(Self { pages, api })
    }

    /// Where people sign in.
    pub fn authorization(&self) -> Url {
        below(&self.pages, "login/oauth/authorize")
    }

    /// Where codes become tokens.
    pub fn tokens(&self) -> Url {
        below(&self.pages, "login/oauth/access_token")
    }

    /// Who a token is of.
    pub fn user(&self) -> Url {
        below(&self.api, "user")
    }

    /// The addresses of that person.
    pub fn emails(&self) -> Url {
        below(&self.api, "user/emails")
    }
}

fn below(base: &Url, path: &str) -> Url {
    base.join(path).unwrap_or_else(|_| base.clone())
}
