//! How one host proves who it is, where that is not what the configuration says for all hosts, and how the portal proves
//! to the host who it is.

use std::sync::Arc;

use reqwest::{Certificate, ClientBuilder, Identity};

use crate::error::innermost;
use crate::trust::certificates;

/// The trust between the portal and one host, a part of its [`crate::HostPolicy`]. Clones are the same trust, so that hosts
/// share their connections.
#[derive(Clone, Default)]
pub struct HostTrust(Arc<Inner>);

#[derive(Clone, Default)]
struct Inner {
    only: Option<Vec<Certificate>>,
    is_unverified: bool,
    identity: Option<Identity>,
}

/// Certificates or a key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot be used: {0}")]
pub struct UnusablePem(pub String);

impl HostTrust {
    /// Trusts only what these authorities signed, certificates in PEM form.
    pub fn only(self, pem: &[u8]) -> Result<Self, UnusablePem> {
        let only = Some(certificates(pem).map_err(UnusablePem)?);
        Ok(self.with(|inner| inner.only = only))
    }

    /// Takes any certificate: whoever is on the way can read and change everything.
    pub fn unverified(self) -> Self {
        self.with(|inner| inner.is_unverified = true)
    }

    /// Shows the host a certificate, followed by its key, both in PEM form.
    pub fn identity(self, pem: &[u8]) -> Result<Self, UnusablePem> {
        let identity = Identity::from_pem(pem).map_err(|error| UnusablePem(innermost(&error)))?;
        Ok(self.with(|inner| inner.identity = Some(identity)))
    }

    fn with(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Inner::clone(&self.0);
        change(&mut inner);
        Self(Arc::new(inner))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether nobody else has it, so that no new call can be made with it.
    pub(crate) fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    pub(crate) fn apply(&self, mut client: ClientBuilder) -> ClientBuilder {
        if let Some(only) = &self.0.only {
            client = client.tls_certs_only(only.iter().cloned());
        }
        if self.0.is_unverified {
            client = client.tls_danger_accept_invalid_certs(true);
        }
        match &self.0.identity {
            Some(identity) => client.identity(identity.clone()),
            None => client,
        }
    }
}
