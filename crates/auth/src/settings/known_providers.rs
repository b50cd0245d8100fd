//! Providers of OpenID Connect: any by its metadata, and those of which it is known where that is.

use serde_json::Value;
use url::Url;

use super::web_address;

/// The provider that is known by its metadata alone.
pub(crate) const OIDC: &str = "oidc";
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
}

/// All of them.
pub(crate) static KNOWN: [KnownProvider; 4] = [
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
];

impl KnownProvider {
    /// The address of the provider's metadata; nothing where the configuration has to name it. An error says which key is wrong,
    /// and why.
    pub fn metadata(&self, section: &Value) -> Option<Result<Url, (&'static str, String)>> {
        let (key, usual) = match self.issuer {
            Issuer::Named => return None,
            Issuer::At(issuer) => return Some(below(issuer).map_err(|reason| ("", reason))),
            Issuer::In(key) => (key, None),
            Issuer::InOrAt(key, usual) => (key, Some(usual)),
        };
        let written = section[key].as_str().filter(|text| !text.trim().is_empty());
        let issuer = written
            .or(usual)
            .ok_or_else(|| (key, format!("{key} is missing")));
        Some(issuer.and_then(|issuer| below(issuer).map_err(|reason| (key, reason))))
    }
}

fn below(issuer: &str) -> Result<Url, String> {
    web_address(&format!("{}{METADATA}", issuer.trim().trim_end_matches('/')))
}
