//! A container of Azure Blob Storage.

use http::StatusCode;
use object_store::azure::{AzureConfigKey, MicrosoftAzure, MicrosoftAzureBuilder};
use outside::OutsideCalls;

use super::calls::{Calls, Verdicts, retry, shown, variable};
use super::objects::Objects;
use super::refusal::{element, other};
use super::settings::{AzureKey, AzureSettings};
use super::trouble::{Rights, Trouble};

/// The variable with the file of a service account's token.
const TOKEN: &str = "AZURE_FEDERATED_TOKEN_FILE";
/// What the environment may say about credentials, as Azure's own libraries read it.
const ENVIRONMENT: [(&str, AzureConfigKey); 6] = [
    ("AZURE_TENANT_ID", AzureConfigKey::AuthorityId),
    ("AZURE_CLIENT_ID", AzureConfigKey::ClientId),
    ("AZURE_CLIENT_SECRET", AzureConfigKey::ClientSecret),
    (TOKEN, AzureConfigKey::FederatedTokenFile),
    ("AZURE_AUTHORITY_HOST", AzureConfigKey::AuthorityHost),
    ("IDENTITY_ENDPOINT", AzureConfigKey::MsiEndpoint),
];

/// What errors say of this server.
const VERDICTS: Verdicts = Verdicts {
    refusal: judge,
    no_key: "there is no key: set techdocs.publisher.azureBlobStorage.credentials.accountKey or connectionString, or AZURE_TENANT_ID, \
             AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE in the environment of the portal, or run it with a \
             managed identity",
};
const NO_CONTAINER: &str =
    "container of this name; correct techdocs.publisher.azureBlobStorage.containerName";
const UNKNOWN_IDENTITY: &str =
    "the identity of the token; correct AZURE_TENANT_ID and AZURE_CLIENT_ID in the environment of the portal";
const WRONG_KEY: &str = "the key does not belong to the storage account; correct \
    techdocs.publisher.azureBlobStorage.credentials.accountKey, or connectionString";
const EXPIRED: &str = "the shared access signature has ended; renew that of techdocs.publisher.azureBlobStorage.connectionString";
const NO_KEYS: &str = "the storage account takes no account keys; leave techdocs.publisher.azureBlobStorage.credentials.accountKey out, and \
    give the portal an identity by its environment";
/// What a refusal says of a wrong signature.
const NOT_AUTHENTIC: &str = "failed to authenticate the request";
static RIGHTS: Rights = Rights {
    to_read: "the key may not read it; give the identity the role Storage Blob Data Reader, or the shared access signature the rights r and \
              l, and check the network rules of the storage account",
    to_write: "the key may not write there; give the identity the role Storage Blob Data Contributor, or the shared access signature the \
               rights r, w, d and l, and check the network rules of the storage account",
};

/// Opens the container. Nothing is asked of it yet.
pub(crate) fn open(
    settings: &AzureSettings,
    outside: &OutsideCalls,
) -> Result<Objects<MicrosoftAzure>, Trouble> {
    open_in(settings, outside, variable)
}

/// Opens it in an environment with these variables.
fn open_in(
    settings: &AzureSettings,
    outside: &OutsideCalls,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Objects<MicrosoftAzure>, Trouble> {
    let address = &settings.endpoint;
    let builder = MicrosoftAzureBuilder::new()
        .with_account(&settings.account)
        .with_container_name(&settings.container)
        .with_endpoint(address.as_str().trim_end_matches('/').to_owned())
        .with_retry(retry())
        .with_http_connector(Calls::new(outside, address.clone(), VERDICTS)?);
    let builder = match &settings.key {
        AzureKey::Account(key) => builder.with_access_key(key.expose()),
        AzureKey::Signature(signature) => builder.with_config(AzureConfigKey::SasKey, signature.expose()),
        AzureKey::Environment => of_environment(builder, variable)?,
    };
    let store = builder
        .build()
        .map_err(|error| Trouble::Other(error.to_string()))?;
    let name = format!("the container '{}' at {}", settings.container, shown(address));
    Ok(Objects::new(store, "", name))
}

/// Takes what the environment says: a secret before the token of a service account, as Azure's libraries do, else
/// the library asks for the managed identity.
fn of_environment(
    builder: MicrosoftAzureBuilder,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<MicrosoftAzureBuilder, Trouble> {
    let token = variable(TOKEN).filter(|_| variable("AZURE_CLIENT_SECRET").is_none());
    if let Some(file) = &token {
        // Of a file that is missing the library does not tell the name.
        std::fs::File::open(file).map_err(|error| {
            Trouble::Other(format!(
                "the file {file}, which {TOKEN} names, cannot be read: {error}"
            ))
        })?;
    }
    let taken = ENVIRONMENT
        .iter()
        .filter(|(name, _)| *name != TOKEN || token.is_some());
    Ok(taken.fold(builder, |builder, (name, key)| match variable(name) {
        // The address of the authority ends with a slash in clusters, and is put before another one.
        Some(value) => builder.with_config(*key, value.trim_end_matches('/')),
        None => builder,
    }))
}

/// What the server's refusal means.
fn judge(status: StatusCode, body: &str) -> Trouble {
    let code = element(body, "Code").unwrap_or_default();
    match (code, status) {
        ("ContainerNotFound" | "ContainerBeingDeleted" | "ContainerDisabled" | "InvalidResourceName", _) => {
            Trouble::NoBucket(NO_CONTAINER)
        }
        (_, StatusCode::NOT_FOUND) => Trouble::Missing,
        ("AuthenticationFailed", StatusCode::FORBIDDEN) => not_authentic(body),
        // The emulator's code is one that stands for rights elsewhere.
        (_, StatusCode::FORBIDDEN) if body.contains(NOT_AUTHENTIC) => not_authentic(body),
        ("KeyBasedAuthenticationNotPermitted", _) => Trouble::Other(NO_KEYS.to_owned()),
        ("AccountIsDisabled", _) => other(status, body),
        (_, StatusCode::UNAUTHORIZED) => Trouble::UnknownKey(UNKNOWN_IDENTITY),
        (_, StatusCode::FORBIDDEN) => Trouble::Refused(&RIGHTS),
        _ => other(status, body),
    }
}

/// Why a signature is not taken, which only the detail tells.
fn not_authentic(body: &str) -> Trouble {
    if body.contains("Request date header") {
        Trouble::Clock
    } else if body.contains("not valid in the specified time frame") {
        Trouble::Expired(EXPIRED)
    } else {
        Trouble::WrongSecret(WRONG_KEY)
    }
}

#[cfg(test)]
mod tests;
