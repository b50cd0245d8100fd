//! Which certificate authorities are trusted: those of the system, more of them everywhere, or others for one host.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use reqwest::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use crate::error::innermost;

/// Most bytes of a file of certificates.
const MAX_BYTES: u64 = 4 << 20;

/// The certificate authorities that are trusted. Without more, those of the system.
#[derive(Clone, Default)]
pub struct Trust {
    everywhere: Vec<Certificate>,
    hosts: BTreeMap<String, Vec<Certificate>>,
}

/// A file of certificates that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the certificates in {} cannot be used: {reason}", file.display())]
pub struct UnusableCertificates {
    /// The file.
    pub file: PathBuf,
    /// Why.
    pub reason: String,
}

impl Trust {
    /// Trusts the certificates of a PEM file too, whichever host is called.
    pub fn everywhere(mut self, file: &Path) -> Result<Self, UnusableCertificates> {
        self.everywhere.extend(read(file)?);
        Ok(self)
    }

    /// Trusts only the certificates of a PEM file when this host is called. A host without a port stands for all its
    /// ports.
    pub fn only(mut self, host: &str, file: &Path) -> Result<Self, UnusableCertificates> {
        let certificates = read(file)?;
        self.hosts
            .entry(host.to_ascii_lowercase())
            .or_default()
            .extend(certificates);
        Ok(self)
    }

    /// The configured host that an address belongs to. Nothing for a host without certificates of its own.
    pub(crate) fn host_of(&self, url: &Url) -> Option<&str> {
        let name = url.host_str()?;
        let port = url.port_or_known_default()?;
        let found = self.hosts.get_key_value(&format!("{name}:{port}"));
        found
            .or_else(|| self.hosts.get_key_value(name))
            .map(|(host, _)| host.as_str())
    }

    /// Adds the certificates of a configured host to a client, or those for all other hosts.
    pub(crate) fn apply(&self, host: Option<&str>, client: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        match host.and_then(|host| self.hosts.get(host)) {
            Some(only) => client.tls_certs_only(only.iter().cloned()),
            None if self.everywhere.is_empty() => client,
            None => client.tls_certs_merge(self.everywhere.iter().cloned()),
        }
    }
}

fn read(file: &Path) -> Result<Vec<Certificate>, UnusableCertificates> {
    let unusable = |reason: String| UnusableCertificates {
        file: file.to_owned(),
        reason,
    };
    let size = std::fs::metadata(file)
        .map_err(|error| unusable(error.to_string()))?
        .len();
    if size > MAX_BYTES {
        return Err(unusable(format!("the file is larger than {MAX_BYTES} bytes")));
    }
    let pem = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    certificates(&pem).map_err(unusable)
}

/// The certificates of a text in PEM form, at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let (mut found, mut usable) = (Vec::new(), RootCertStore::empty());
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        found.push(Certificate::from_der(&certificate).map_err(|error| innermost(&error))?);
        usable.add(certificate).map_err(|error| error.to_string())?;
    }
    if found.is_empty() {
        let reason = "it has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----";
        return Err(reason.to_owned());
    }
    Ok(found)
}
