//! The token with which a cluster is called. One in a file is read anew for every call, because it is renewed there.

use std::path::PathBuf;

use config::Secret;

/// Where the token of a cluster comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// None is sent.
    Nobody,
    /// From the configuration.
    Text(Secret),
    /// From a file.
    File(PathBuf),
    /// That of the viewer, from this provider of `oidc`. It comes with a request and is kept nowhere.
    OfViewer(String),
}

impl Token {
    /// The token as it is now.
    ///
    /// # Errors
    ///
    /// Which file cannot be read, or whose token has to come with the request.
    pub async fn now(&self) -> Result<Option<String>, String> {
        match self {
            Self::Nobody => Ok(None),
            Self::OfViewer(provider) => Err(missing(provider)),
            Self::Text(secret) => Ok(Some(secret.expose().to_owned())),
            Self::File(file) => match tokio::fs::read_to_string(file).await {
                Ok(text) => Ok(Some(text.trim().to_owned())),
                Err(error) => Err(format!("the token in {} cannot be read: {error}", file.display())),
            },
        }
    }
}

/// Says that the viewer's token is missing, in the words of the wire contract.
pub(crate) fn missing(provider: &str) -> String {
    format!("Auth token not found under oidc.{provider} in request body")
}
