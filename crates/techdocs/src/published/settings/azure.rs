//! The section of a container of Azure Blob Storage.

use config::Secret;
use model::Fault;
use object_store::azure::{AzureAccessKey, split_sas};
use serde_json::Value;
use url::Url;

use super::text;

/// Where accounts lie, unless the connection string says otherwise.
const SUFFIX: &str = "core.windows.net";
/// What `UseDevelopmentStorage=true` stands for: the emulator on this machine, whose key everybody knows.
const DEVELOPMENT: &str = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;\
    AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;\
    BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1";

/// A container of Azure Blob Storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AzureSettings {
    pub(crate) container: String,
    /// The storage account.
    pub(crate) account: String,
    /// The address of the account.
    pub(crate) endpoint: Url,
    pub(crate) key: AzureKey,
}

/// With what the portal shows that it may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AzureKey {
    /// A key of the account.
    Account(Secret),
    /// A shared access signature.
    Signature(Secret),
    /// What the environment says.
    Environment,
}

impl AzureSettings {
    /// Reads `techdocs.publisher.azureBlobStorage`. As with the original a connection string counts before credentials.
    pub(super) fn read(section: &Value) -> Result<Self, Fault> {
        let container = text(section, "containerName").ok_or_else(|| {
            Fault::input(
                "'techdocs.publisher.azureBlobStorage.containerName' is missing: name the container into which the sites are published",
            )
            .at("publisher")
        })?;
        let (key, read) = match text(section, "connectionString") {
            Some(connection) => ("connectionString", of_connection(container, connection)),
            None => ("credentials", of_credentials(container, &section["credentials"])),
        };
        read.map_err(|what| {
            let text = format!("'techdocs.publisher.azureBlobStorage.{key}' {what}");
            Fault::input(text).at(format!("publisher.azureBlobStorage.{key}"))
        })
    }
}

/// The error says in a part of a sentence what is wrong.
fn of_credentials(container: &str, credentials: &Value) -> Result<AzureSettings, String> {
    let account = text(credentials, "accountName")
        .ok_or("has no accountName: name the storage account, or set connectionString instead")?;
    let key = match text(credentials, "accountKey") {
        Some(key) => AzureKey::Account(account_key(key, "accountKey")?),
        None => AzureKey::Environment,
    };
    Ok(AzureSettings {
        container: container.to_owned(),
        account: account.to_owned(),
        endpoint: of_account("https", account, SUFFIX)?,
        key,
    })
}

/// What Azure's portal calls *connection string*: `AccountName=a;AccountKey=b;…`.
fn of_connection(container: &str, connection: &str) -> Result<AzureSettings, String> {
    let part = |connection: &str, name: &str| {
        let mut parts = connection.split(';').filter_map(|part| part.split_once('='));
        let found = parts.find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        let value = found.map(|(_, value)| value.trim().to_owned());
        value.filter(|value| !value.is_empty())
    };
    let is_emulator = part(connection, "UseDevelopmentStorage").is_some_and(|is| is == "true");
    let connection = if is_emulator { DEVELOPMENT } else { connection };
    let part = |name: &str| part(connection, name);
    let endpoint = match part("BlobEndpoint") {
        Some(endpoint) => Some(
            Url::parse(&endpoint)
                .ok()
                .filter(Url::has_host)
                .ok_or("has a BlobEndpoint that is no address: copy the string anew from Azure's portal")?,
        ),
        None => None,
    };
    let of_host = |url: &Url| url.host_str()?.split('.').next().map(str::to_owned);
    let account = part("AccountName").or_else(|| endpoint.as_ref().and_then(of_host));
    let account = account.ok_or("has no AccountName: copy it anew from Azure's portal")?;
    let endpoint = match endpoint {
        Some(endpoint) => endpoint,
        None => of_account(
            part("DefaultEndpointsProtocol").as_deref().unwrap_or("https"),
            &account,
            part("EndpointSuffix").as_deref().unwrap_or(SUFFIX),
        )?,
    };
    let key = match (part("AccountKey"), part("SharedAccessSignature")) {
        (Some(key), _) => AzureKey::Account(account_key(&key, "AccountKey")?),
        (None, Some(signature)) => AzureKey::Signature(checked_signature(signature)?),
        (None, None) => {
            return Err(
                "has neither an AccountKey nor a SharedAccessSignature: copy it anew from Azure's portal"
                    .to_owned(),
            );
        }
    };
    Ok(AzureSettings {
        container: container.to_owned(),
        account,
        endpoint,
        key,
    })
}

/// The address of an account, which is a part of the host.
fn of_account(protocol: &str, account: &str, suffix: &str) -> Result<Url, String> {
    let is_name = account
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let address = Url::parse(&format!("{protocol}://{account}.blob.{suffix}"));
    address
        .ok()
        .filter(|url| is_name && url.has_host())
        .ok_or_else(|| "names no storage account: its name is letters and digits".to_owned())
}

fn account_key(key: &str, name: &str) -> Result<Secret, String> {
    // What the library says of a wrong key quotes a part of it.
    match AzureAccessKey::try_new(key) {
        Ok(_) => Ok(Secret::new(key)),
        Err(_) => Err(format!(
            "has an {name} that is no key of a storage account, which is in base64: copy it anew from Azure's portal"
        )),
    }
}

fn checked_signature(signature: String) -> Result<Secret, String> {
    let pairs = split_sas(&signature).unwrap_or_default();
    if pairs.iter().any(|(key, _)| key == "sig") {
        return Ok(Secret::new(signature));
    }
    Err("has a SharedAccessSignature without sig: copy it anew from Azure's portal".to_owned())
}
