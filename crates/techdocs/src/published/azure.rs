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
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::http::HeaderMap;
    use axum::response::{IntoResponse, Response};
    use model::SystemClock;
    use outside::Settings;
    use url::Url;

    use super::*;
    use crate::published::storage::{Read, Storage as _};

    /// The address of a server that answers like this.
    async fn served(answer: fn(&HeaderMap, &str) -> Response) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new()
            .fallback(move |headers: HeaderMap, body: String| async move { answer(&headers, &body) });
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn tokens_are_asked_for_in_the_same_way_as_files() {
        let storage = served(|headers, _| {
            let is_known = headers
                .get("authorization")
                .is_some_and(|value| value == "Bearer given");
            if !is_known {
                return (StatusCode::UNAUTHORIZED, "<Code>InvalidAuthenticationInfo</Code>").into_response();
            }
            let head = [
                ("etag", "\"1\""),
                ("last-modified", "Sun, 29 Nov 2026 08:00:00 GMT"),
            ];
            (head, "a page").into_response()
        });
        let login = served(|_, body| {
            if body.contains("client_secret=right") {
                r#"{"access_token": "given", "expires_in": 3600}"#.into_response()
            } else {
                (StatusCode::UNAUTHORIZED, r#"{"error": "invalid_client"}"#).into_response()
            }
        });
        let (storage, login) = (storage.await, login.await);
        let settings = AzureSettings {
            container: "docs".to_owned(),
            account: "acme".to_owned(),
            endpoint: Url::parse(&storage).unwrap(),
            key: AzureKey::Environment,
        };
        let read = async |secret: &str| {
            let variable = |name: &str| match name {
                "AZURE_TENANT_ID" | "AZURE_CLIENT_ID" => Some("known".to_owned()),
                "AZURE_CLIENT_SECRET" => Some(secret.to_owned()),
                "AZURE_AUTHORITY_HOST" => Some(format!("{login}/")),
                _ => None,
            };
            let outside = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
            let container = open_in(&settings, &outside, variable).unwrap();
            let read = container.read("a/b/c/index.html", None, 100).await;
            // Connections counts both, as those of one storage.
            (read, outside.status().len())
        };
        let (found, hosts) = read("right").await;
        assert!(matches!(found, Ok(Read::New(file)) if &file.bytes[..] == b"a page"));
        assert_eq!(hosts, 1);
        let (refused, _) = read("geheim").await;
        let why = "the service for credentials answers 401 Unauthorized: invalid_client";
        assert_eq!(
            refused.unwrap_err(),
            Trouble::NoKey(VERDICTS.no_key, why.to_owned())
        );
    }

    #[test]
    fn refusals_are_told_apart() {
        for (status, code, detail, expected) in [
            (404, "BlobNotFound", "", Trouble::Missing),
            (404, "", "", Trouble::Missing),
            (404, "ContainerNotFound", "", Trouble::NoBucket(NO_CONTAINER)),
            (400, "InvalidResourceName", "", Trouble::NoBucket(NO_CONTAINER)),
            (
                403,
                "AuthenticationFailed",
                "The MAC signature found in the HTTP request 'x' is not the same as any computed signature.",
                Trouble::WrongSecret(WRONG_KEY),
            ),
            (
                403,
                "AuthenticationFailed",
                "Request date header too old: 'Mon, 30 Nov 2026 08:00:00 GMT'",
                Trouble::Clock,
            ),
            (
                403,
                "AuthenticationFailed",
                "Signature not valid in the specified time frame: Start [a] - Expiry [b] - Current [c]",
                Trouble::Expired(EXPIRED),
            ),
            (
                401,
                "InvalidAuthenticationInfo",
                "",
                Trouble::UnknownKey(UNKNOWN_IDENTITY),
            ),
            (
                403,
                "AuthorizationPermissionMismatch",
                "",
                Trouble::Refused(&RIGHTS),
            ),
            (403, "AuthorizationFailure", "", Trouble::Refused(&RIGHTS)),
            (
                403,
                "KeyBasedAuthenticationNotPermitted",
                "",
                Trouble::Other(NO_KEYS.to_owned()),
            ),
            (
                503,
                "ServerBusy",
                "",
                Trouble::Away("answers 503 Service Unavailable".to_owned()),
            ),
        ] {
            let detail = format!("<AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail>");
            let body =
                format!("\u{feff}<Error><Code>{code}</Code><Message>No.\nTime:x</Message>{detail}</Error>");
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(judge(status, &body), expected, "{status} {code}");
        }
    }

    #[test]
    fn the_emulator_has_a_code_of_its_own_for_wrong_signatures() {
        let body = "<Error><Code>AuthorizationFailure</Code><Message>Server failed to authenticate the request. Make sure";
        assert_eq!(
            judge(StatusCode::FORBIDDEN, body),
            Trouble::WrongSecret(WRONG_KEY)
        );
    }

    #[test]
    fn the_environment_says_who_asks() {
        let taken = |variables: &[(&str, &str)]| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            let builder = of_environment(MicrosoftAzureBuilder::new(), variable)?;
            Ok([
                AzureConfigKey::AuthorityId,
                AzureConfigKey::ClientId,
                AzureConfigKey::ClientSecret,
                AzureConfigKey::FederatedTokenFile,
                AzureConfigKey::AuthorityHost,
            ]
            .map(|key| builder.get_config_value(&key).unwrap_or_default()))
        };
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        let cluster = [
            ("AZURE_TENANT_ID", "tenant"),
            ("AZURE_CLIENT_ID", "client"),
            (TOKEN, path),
            ("AZURE_AUTHORITY_HOST", "https://login.example/"),
        ];
        let login = "https://login.example";
        let texts = |texts: [&str; 5]| Ok(texts.map(str::to_owned));
        assert_eq!(taken(&cluster), texts(["tenant", "client", "", path, login]));
        let mut both = Vec::from(cluster);
        both.push(("AZURE_CLIENT_SECRET", "s"));
        assert_eq!(taken(&both), texts(["tenant", "client", "s", "", login]));
        assert_eq!(taken(&[]), texts([""; 5]));
        let missing: Result<[String; 5], Trouble> = taken(&[(TOKEN, "/nowhere/token")]);
        assert!(matches!(missing, Err(Trouble::Other(text)) if text.contains("/nowhere/token")));
    }
}
