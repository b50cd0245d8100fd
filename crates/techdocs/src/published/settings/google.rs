//! The section of a bucket of Google Cloud Storage.

use config::Secret;
use model::Fault;
use object_store::gcp::ServiceAccountKey;
use serde_json::{Value, json};

use super::text;

/// The kind of a key that stands in a file of a service account.
const KIND: &str = "service_account";

/// A bucket of Google Cloud Storage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GoogleSettings {
    pub(crate) bucket: String,
    /// The folder in it, as it is written.
    pub(crate) root: String,
    /// The address of the server; nothing for Google's.
    pub(crate) endpoint: Option<String>,
    /// Who asks; nothing where the environment says it.
    pub(crate) account: Option<ServiceAccount>,
}

/// A service account with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceAccount {
    email: String,
    key_id: String,
    private_key: Secret,
}

impl GoogleSettings {
    /// Reads `techdocs.publisher.googleGcs`.
    pub(super) fn read(section: &Value) -> Result<Self, Fault> {
        let bucket = text(section, "bucketName").ok_or_else(|| {
            Fault::input("'techdocs.publisher.googleGcs.bucketName' is missing: name the bucket into which the sites are published")
                .at("publisher")
        })?;
        let owned = |key: &str| text(section, key).map(str::to_owned);
        Ok(Self {
            bucket: bucket.to_owned(),
            root: owned("bucketRootPath").unwrap_or_default(),
            endpoint: owned("endpoint"),
            account: account(&section["credentials"])?,
        })
    }
}

/// The credentials: as the original reads them a text with JSON in it, or what the JSON says.
fn account(credentials: &Value) -> Result<Option<ServiceAccount>, Fault> {
    let fault = |what: &str| {
        let text = format!(
            "'techdocs.publisher.googleGcs.credentials' {what}: set the content of the key file of a service account, or nothing to \
             take the credentials of the environment"
        );
        Fault::input(text).at("publisher.googleGcs.credentials")
    };
    let read = match credentials {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        // What serde says of the text may quote it.
        Value::String(text) => match serde_json::from_str(text) {
            Ok(value) => ServiceAccount::read(&value),
            Err(_) => Err("is no JSON".to_owned()),
        },
        value => ServiceAccount::read(value),
    };
    read.map(Some).map_err(|what| fault(&what))
}

impl ServiceAccount {
    /// Reads the content of a key file. The error says in a part of a sentence what is wrong with it.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        match value["type"].as_str() {
            None | Some(KIND) => {}
            Some(kind) => return Err(format!("is of the kind '{kind}', which is not read")),
        }
        let needed = |key: &str| text(value, key).ok_or_else(|| format!("has no {key}"));
        let (email, private_key) = (needed("client_email")?, needed("private_key")?);
        if ServiceAccountKey::from_pem(private_key.as_bytes()).is_err() {
            return Err("has a private_key that is no RSA key in PEM".to_owned());
        }
        Ok(Self {
            email: email.to_owned(),
            key_id: text(value, "private_key_id").unwrap_or_default().to_owned(),
            private_key: Secret::new(private_key),
        })
    }

    /// The content of a key file that says nothing else.
    pub(crate) fn key_file(&self) -> Secret {
        let value = json!({
            "client_email": self.email,
            "private_key_id": self.key_id,
            "private_key": self.private_key.expose(),
        });
        Secret::new(value.to_string())
    }
}
