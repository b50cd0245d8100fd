//! The account of the pod that the portal runs in.

use std::path::{Path, PathBuf};

use url::Url;

use super::access::{Access, Pem, Trust};
use crate::engine::Token;

/// Where a pod finds its account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The account of the pod that the portal runs in.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    pub(super) url: Url,
    folder: PathBuf,
}

impl OwnAccount {
    /// The account, if the portal runs in a cluster.
    pub fn find() -> Option<Self> {
        let host = std::env::var("KUBERNETES_SERVICE_HOST").ok()?;
        let port = std::env::var("KUBERNETES_SERVICE_PORT").unwrap_or_else(|_| "443".to_owned());
        Self::at(Path::new(ACCOUNT), &host, &port)
    }

    /// The account whose files are in a folder.
    pub fn at(folder: &Path, host: &str, port: &str) -> Option<Self> {
        let has_files = ["token", "ca.crt"].iter().all(|name| folder.join(name).exists());
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let url = Url::parse(&format!("https://{host}:{port}")).ok()?;
        has_files.then(|| Self {
            url,
            folder: folder.to_owned(),
        })
    }

    /// How the cluster around the portal is called.
    pub(super) fn access(&self) -> Access {
        Access {
            url: self.url.clone(),
            token: Token::File(self.folder.join("token")),
            trust: Trust {
                authority: Some(Pem::File(self.folder.join("ca.crt"))),
                ..Trust::default()
            },
        }
    }
}
