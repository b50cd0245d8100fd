//! Refusals, the environment, and tokens that a server gives.

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
