//! Providers that people sign in with: any of OpenID Connect by its metadata, those of which it is known where that is, and GitHub.

use serde_json::Value;

use super::{Endpoints, GitHub, web_address};

/// The provider that is known by its metadata alone.
pub(crate) const OIDC: &str = "oidc";
/// GitHub, of which there may be one of one's own.
pub(crate) const GITHUB: &str = "github";
/// Where metadata is below an issuer (OpenID Connect Discovery §4).
const METADATA: &str = "/.well-known/openid-configuration";

/// A provider that people may sign in with.
pub(crate) struct KnownProvider {
    /// Its name in addresses and in the configuration.
    pub id: &'static str,
    /// What people call it.
    pub title: Option<&'static str>,
    issuer: Issuer,
}

/// Where a provider is.
enum Issuer {
    /// The configuration names its metadata.
    Named,
    /// It is always there.
    At(&'static str),
    /// A key of the configuration says where; nothing else does.
    In(&'static str),
    /// A key of the configuration may say where.
    InOrAt(&'static str, &'static str),
    /// GitHub, which has its own protocol; a key of the configuration may say where it is.
    GitHub(&'static str),
}

/// All of them.
pub(crate) static KNOWN: [KnownProvider; 5] = [
    KnownProvider {
        id: OIDC,
        title: None,
        issuer: Issuer::Named,
    },
    KnownProvider {
        id: "google",
        title: Some("Google"),
        issuer: Issuer::At("https://accounts.google.com"),
    },
    KnownProvider {
        id: "gitlab",
        title: Some("GitLab"),
        issuer: Issuer::InOrAt("audience", "https://gitlab.com"),
    },
    KnownProvider {
        id: "gitea",
        title: Some("Gitea"),
        issuer: Issuer::In("baseUrl"),
    },
    KnownProvider {
        id: GITHUB,
        title: Some("GitHub"),
        issuer: Issuer::GitHub("enterpriseInstanceUrl"),
    },
];

impl KnownProvider {
    /// Where the provider is; nothing where the configuration has to name its metadata. An error says which key is wrong, and why.
    pub fn endpoints(&self, section: &Value) -> Option<Result<Endpoints, (&'static str, String)>> {
        let (key, usual) = match self.issuer {
            Issuer::Named => return None,
            Issuer::At(issuer) => return Some(below(issuer).map_err(|reason| ("", reason))),
            Issuer::In(key) => (key, None),
            Issuer::InOrAt(key, usual) => (key, Some(usual)),
            Issuer::GitHub(key) => {
                let github = GitHub::at(text(section, key));
                let wrong = |reason: String| (key, format!("{key}: {reason}"));
                return Some(github.map(Endpoints::GitHub).map_err(wrong));
            }
        };
        let issuer = text(section, key)
            .or(usual)
            .ok_or_else(|| (key, format!("{key} is missing")));
        Some(issuer.and_then(|issuer| below(issuer).map_err(|reason| (key, reason))))
    }
}

fn text<'a>(section: &'a Value, key: &str) -> Option<&'a str> {
    section[key].as_str().filter(|text| !text.trim().is_empty())
}

fn below(issuer: &str) -> Result<Endpoints, String> {
    let url = web_address(&format!("{}{METADATA}", issuer.trim().trim_end_matches('/')));
    url.map(Endpoints::Discovered)
}
