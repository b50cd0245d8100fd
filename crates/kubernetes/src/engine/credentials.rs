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
}

impl Token {
    /// The token as it is now; an error names the file that cannot be read.
    pub async fn now(&self) -> Result<Option<String>, String> {
        match self {
            Self::Nobody => Ok(None),
            Self::Text(secret) => Ok(Some(secret.expose().to_owned())),
            Self::File(file) => match tokio::fs::read_to_string(file).await {
                Ok(text) => Ok(Some(text.trim().to_owned())),
                Err(error) => Err(format!("the token in {} cannot be read: {error}", file.display())),
            },
        }
    }
}
