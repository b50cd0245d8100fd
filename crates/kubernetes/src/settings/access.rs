//! How a cluster is called: its address, what proves to it who calls, and what proves to the portal that it is the cluster.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine as _;
use config::Secret;
use outside::HostTrust;
use serde_json::Value;
use url::Url;

use super::OwnAccount;
use crate::engine::Token;

/// Largest file of certificates or of a key, in bytes.
const MAX_PEM_BYTES: u64 = 1 << 20;

/// How a cluster is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The address of its API server.
    pub url: Url,
    /// The token.
    pub token: Token,
    /// What both sides prove who they are by.
    pub trust: Trust,
}

/// What both sides prove who they are by. Files are read when they are needed, and again when they changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trust {
    /// The cluster's authority; nothing: those that are trusted everywhere.
    pub authority: Option<Pem>,
    /// The portal's certificate there, and its key.
    pub identity: Option<(Pem, Pem)>,
    /// Any certificate of the cluster is taken.
    pub is_unverified: bool,
}

/// Certificates or a key in PEM form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pem {
    /// From the configuration, under this key.
    Text(&'static str, Secret),
    /// From a file.
    File(PathBuf),
}

/// By what a changed file is seen.
pub(crate) type Stamp = Vec<Option<(SystemTime, u64)>>;

/// When a file was changed last, and its size; nothing for one that is not there.
pub(crate) fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let known = std::fs::metadata(file).ok()?;
    Some((known.modified().ok()?, known.len()))
}

impl Trust {
    /// The trust as the files are now.
    ///
    /// # Errors
    ///
    /// Which file or key cannot be used, and why.
    pub fn read(&self) -> Result<HostTrust, String> {
        let mut trust = HostTrust::default();
        if let Some(authority) = &self.authority {
            let only = trust.only(&authority.read()?);
            trust = only.map_err(|error| format!("{} {error}", authority.words()))?;
        }
        if let Some((certificate, key)) = &self.identity {
            let pem = [certificate.read()?, b"\n".to_vec(), key.read()?].concat();
            let identity = trust.identity(&pem);
            trust = identity.map_err(|error| format!("{} with its key {error}", certificate.words()))?;
        }
        Ok(if self.is_unverified {
            trust.unverified()
        } else {
            trust
        })
    }

    /// Changes when one of the files does.
    pub(crate) fn stamp(&self) -> Stamp {
        let identity = self
            .identity
            .iter()
            .flat_map(|(certificate, key)| [certificate, key]);
        let files = self.authority.iter().chain(identity).filter_map(Pem::file);
        files.map(stamp).collect()
    }

    /// Whether a file is needed that may not be there yet.
    pub(crate) fn has_files(&self) -> bool {
        !self.stamp().is_empty()
    }
}

impl Pem {
    fn file(&self) -> Option<&Path> {
        match self {
            Self::Text(..) => None,
            Self::File(file) => Some(file),
        }
    }

    /// What it is called in sentences.
    fn words(&self) -> String {
        match self {
            Self::Text(key, _) => format!("its {key}"),
            Self::File(file) => format!("the certificate in {}", file.display()),
        }
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(key, text) => {
                let compact: String = text.expose().split_whitespace().collect();
                let decoded = base64::engine::general_purpose::STANDARD.decode(compact);
                decoded.map_err(|error| format!("its {key} is no base64: {error}"))
            }
            Self::File(file) => {
                let named = |reason: String| format!("{} cannot be read: {reason}", file.display());
                let size = std::fs::metadata(file)
                    .map_err(|error| named(error.to_string()))?
                    .len();
                if size > MAX_PEM_BYTES {
                    return Err(named(format!("it has more than {MAX_PEM_BYTES} bytes")));
                }
                std::fs::read(file).map_err(|error| named(error.to_string()))
            }
        }
    }
}

/// How the portal signs in at a cluster of the section.
pub(crate) fn auth_provider(one: &Value) -> Option<&str> {
    let in_metadata = one["authMetadata"]["kubernetes.io/auth-provider"].as_str();
    one["authProvider"].as_str().or(in_metadata)
}

/// Whose tokens a cluster with the provider `oidc` takes.
pub(crate) fn oidc_token_provider(one: &Value) -> Option<&str> {
    let in_metadata = one["authMetadata"]["kubernetes.io/oidc-token-provider"].as_str();
    one["oidcTokenProvider"].as_str().or(in_metadata)
}

/// How a cluster of the section is called, or why it cannot be called.
pub(crate) fn access(one: &Value, folder: &Path, own: Option<&OwnAccount>) -> Result<Access, String> {
    let trust = Trust {
        authority: pem(one, "caData", "caFile", folder),
        identity: identity(one, folder)?,
        is_unverified: one["skipTLSVerify"].as_bool() == Some(true),
    };
    let token = match auth_provider(one).unwrap_or("serviceAccount") {
        "serviceAccount" => match token(one, folder) {
            None if trust.identity.is_some() => Token::Nobody,
            Some(token) => token,
            None => {
                let missing = "it has no serviceAccountToken and no clientCertFile, and the portal does not run in a cluster";
                return own.map(OwnAccount::access).ok_or_else(|| missing.to_owned());
            }
        },
        "localKubectlProxy" => Token::Nobody,
        "oidc" => {
            let missing = "it has no oidcTokenProvider, which says whose tokens it takes";
            let provider = oidc_token_provider(one).ok_or(missing)?;
            Token::OfViewer(provider.to_owned())
        }
        other => return Err(not_spoken(other)),
    };
    if !trust.has_files() {
        trust.read()?;
    }
    Ok(Access {
        url: address(one["url"].as_str().unwrap_or_default())?,
        token,
        trust,
    })
}

/// Why a provider is refused, and what to do instead.
pub(crate) fn not_spoken(provider: &str) -> String {
    let known = matches!(
        provider,
        "google" | "googleServiceAccount" | "aws" | "azure" | "aks"
    );
    let why = if known {
        "needs a cloud's own sign-in, which the portal does not speak; give it the token of an account in the cluster (serviceAccount), or let people sign in with oidc"
    } else {
        "is not known; there are serviceAccount, oidc and localKubectlProxy"
    };
    format!("its authProvider \"{provider}\" {why}")
}

/// The address of an API server.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("its url \"{text}\" is no address: {error}"))?;
    if matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(format!("its url {url} is no web address"))
    }
}

fn filled<'a>(one: &'a Value, key: &str) -> Option<&'a str> {
    one[key].as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn token(one: &Value, folder: &Path) -> Option<Token> {
    let file = filled(one, "serviceAccountTokenFile").map(|file| Token::File(folder.join(file)));
    file.or_else(|| filled(one, "serviceAccountToken").map(|token| Token::Text(Secret::new(token))))
}

fn pem(one: &Value, data: &'static str, file: &str, folder: &Path) -> Option<Pem> {
    let text = filled(one, data).map(|text| Pem::Text(data, Secret::new(text)));
    text.or_else(|| filled(one, file).map(|file| Pem::File(folder.join(file))))
}

fn identity(one: &Value, folder: &Path) -> Result<Option<(Pem, Pem)>, String> {
    let certificate = pem(one, "clientCertData", "clientCertFile", folder);
    let key = pem(one, "clientKeyData", "clientKeyFile", folder);
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err("its client certificate has no key; set clientKeyFile or clientKeyData".to_owned())
        }
        (None, Some(_)) => {
            Err("its client key has no certificate; set clientCertFile or clientCertData".to_owned())
        }
    }
}
