//! A bucket of Google Cloud Storage.

use http::StatusCode;
use object_store::gcp::{GoogleCloudStorage, GoogleCloudStorageBuilder};
use outside::OutsideCalls;
use serde_json::Value;
use url::Url;

use super::calls::{Calls, Verdicts, retry, shown, variable};
use super::objects::Objects;
use super::refusal::{element, other};
use super::settings::{GoogleSettings, ServiceAccount};
use super::trouble::{Rights, Trouble};

/// Google's server.
const SERVER: &str = "https://storage.googleapis.com";
/// The variable with the address of an emulator, as Google's own libraries read it.
const EMULATOR: &str = "STORAGE_EMULATOR_HOST";
/// The variable with the file of the credentials.
const FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";
/// The kind of credentials that `gcloud` keeps for a person.
const PERSON: &str = "authorized_user";

/// What errors say of this server.
const VERDICTS: Verdicts = Verdicts {
    refusal: judge,
    no_key: "there is no key: set techdocs.publisher.googleGcs.credentials, or GOOGLE_APPLICATION_CREDENTIALS in the environment of the \
             portal, or run it with a service account of Google",
};
const NO_BUCKET: &str = "bucket of this name; correct techdocs.publisher.googleGcs.bucketName";
const UNKNOWN_KEY: &str = "the key of the service account; correct techdocs.publisher.googleGcs.credentials, or the file that \
    GOOGLE_APPLICATION_CREDENTIALS of the environment names, and check the clock of the portal";
/// Google says to an account that may not list the bucket the same of a missing file.
static RIGHTS: Rights = Rights {
    to_read: "the service account may not read it; give it the role Storage Object Viewer (storage.objects.get and storage.objects.list) for \
              the bucket of techdocs.publisher.googleGcs (one that may not list is told the same of a file that does not exist)",
    to_write: "the service account may not write there; give it the role Storage Object User (storage.objects.create, \
               storage.objects.delete and storage.objects.list) for the bucket",
};

/// Opens the bucket. Nothing is asked of it yet.
pub(crate) fn open(
    settings: &GoogleSettings,
    outside: &OutsideCalls,
) -> Result<Objects<GoogleCloudStorage>, Trouble> {
    let emulator = variable(EMULATOR).filter(|_| settings.endpoint.is_none());
    let address = address(settings.endpoint.as_deref(), emulator.as_deref())?;
    let builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(&settings.bucket)
        .with_base_url(address.as_str().trim_end_matches('/'))
        .with_retry(retry())
        .with_http_connector(Calls::new(outside, address.clone(), VERDICTS)?);
    let builder = match (&settings.account, variable(FILE)) {
        // Google's libraries show an emulator no key either.
        _ if emulator.is_some() => builder.with_bearer_token(""),
        (Some(account), _) => with_account(builder, account),
        (None, Some(file)) => with_file(builder, &file)?,
        // What `gcloud` keeps in the home folder, else the service of the machine.
        (None, None) => builder,
    };
    let store = builder
        .build()
        .map_err(|error| Trouble::Other(error.to_string()))?;
    let name = format!("the bucket '{}' at {}", settings.bucket, shown(&address));
    Ok(Objects::new(store, &settings.root, name))
}

fn with_account(builder: GoogleCloudStorageBuilder, account: &ServiceAccount) -> GoogleCloudStorageBuilder {
    builder.with_service_account_key(account.key_file().expose())
}

/// Takes the credentials of a file. The library reads those of a person only by itself.
fn with_file(builder: GoogleCloudStorageBuilder, file: &str) -> Result<GoogleCloudStorageBuilder, Trouble> {
    let bad = |what: &str| Trouble::Other(format!("the file {file}, which {FILE} names, {what}"));
    let text = std::fs::read(file).map_err(|error| bad(&format!("cannot be read: {error}")))?;
    let value: Value = serde_json::from_slice(&text).map_err(|_| bad("is no JSON"))?;
    if value["type"] == PERSON {
        return Ok(builder.with_application_credentials(file));
    }
    let account = ServiceAccount::read(&value).map_err(|what| bad(&what))?;
    Ok(with_account(builder, &account))
}

/// The address of the server. Below it stands the bucket.
fn address(endpoint: Option<&str>, emulator: Option<&str>) -> Result<Url, Trouble> {
    let (key, server) = match (endpoint, emulator) {
        (Some(endpoint), _) => ("techdocs.publisher.googleGcs.endpoint", endpoint.to_owned()),
        (None, Some(host)) if !host.contains("://") => (EMULATOR, format!("http://{host}")),
        (None, Some(address)) => (EMULATOR, address.to_owned()),
        (None, None) => (EMULATOR, SERVER.to_owned()),
    };
    let url = Url::parse(&server).ok().filter(Url::has_host);
    url.ok_or_else(|| Trouble::Other(format!("'{server}' is no address; correct {key}")))
}

/// What the server's refusal means.
fn judge(status: StatusCode, body: &str) -> Trouble {
    let code = element(body, "Code").unwrap_or_default();
    match (code, status) {
        ("NoSuchKey", _) | ("", StatusCode::NOT_FOUND) => Trouble::Missing,
        ("NoSuchBucket" | "InvalidBucketName", _) => Trouble::NoBucket(NO_BUCKET),
        ("ExpiredToken" | "InvalidToken", _) | (_, StatusCode::UNAUTHORIZED) => {
            Trouble::UnknownKey(UNKNOWN_KEY)
        }
        // What they say about bills helps more than a role.
        ("AccountProblem" | "UserAccountProblem" | "UserProjectAccountProblem", _) => other(status, body),
        (_, StatusCode::FORBIDDEN) => Trouble::Refused(&RIGHTS),
        _ => other(status, body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_googles_unless_something_else_is_named() {
        let address = |endpoint, emulator| address(endpoint, emulator).map(String::from);
        for (endpoint, emulator, expected) in [
            (None, None, "https://storage.googleapis.com/"),
            (None, Some("localhost:4443"), "http://localhost:4443/"),
            (None, Some("https://emulator:4443"), "https://emulator:4443/"),
            (Some("https://storage.example"), None, "https://storage.example/"),
        ] {
            assert_eq!(address(endpoint, emulator).as_deref(), Ok(expected));
        }
        for (endpoint, emulator, key) in [
            (Some("storage"), None, "googleGcs.endpoint"),
            (None, Some("://x"), EMULATOR),
        ] {
            let trouble = address(endpoint, emulator).unwrap_err();
            assert!(trouble.to_string().ends_with(key), "{trouble}");
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        for (status, code, expected) in [
            (404, "NoSuchKey", Trouble::Missing),
            (404, "", Trouble::Missing),
            (404, "NoSuchBucket", Trouble::NoBucket(NO_BUCKET)),
            (400, "InvalidBucketName", Trouble::NoBucket(NO_BUCKET)),
            (401, "AuthenticationRequired", Trouble::UnknownKey(UNKNOWN_KEY)),
            (400, "ExpiredToken", Trouble::UnknownKey(UNKNOWN_KEY)),
            (403, "AccessDenied", Trouble::Refused(&RIGHTS)),
            (
                403,
                "UserProjectAccountProblem",
                Trouble::Other("the server answers 403 Forbidden UserProjectAccountProblem Pay.".to_owned()),
            ),
            (
                503,
                "SlowDown",
                Trouble::Away("answers 503 Service Unavailable".to_owned()),
            ),
        ] {
            let body = format!("<Error><Code>{code}</Code><Message>Pay.</Message></Error>");
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(judge(status, &body), expected, "{status} {code}");
        }
    }

    #[test]
    fn files_of_credentials_are_judged_in_the_portals_own_words() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        for (content, expected) in [
            (r#""geheim""#, "has no client_email"),
            ("geheim", "is no JSON"),
            (
                r#"{"type": "external_account", "token_url": "geheim"}"#,
                "is of the kind 'external_account', which is not read",
            ),
            (
                r#"{"type": "service_account", "client_email": "a@b", "private_key": "geheim"}"#,
                "has a private_key that is no RSA key in PEM",
            ),
        ] {
            std::fs::write(path, content).unwrap();
            let trouble = with_file(GoogleCloudStorageBuilder::new(), path).unwrap_err();
            let expected = format!("the file {path}, which GOOGLE_APPLICATION_CREDENTIALS names, {expected}");
            assert_eq!(trouble, Trouble::Other(expected));
        }
        let person =
            r#"{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}"#;
        std::fs::write(path, person).unwrap();
        let builder = with_file(GoogleCloudStorageBuilder::new().with_bucket_name("docs"), path);
        assert!(builder.is_ok_and(|builder| {
            let key = object_store::gcp::GoogleConfigKey::ApplicationCredentials;
            builder.get_config_value(&key).as_deref() == Some(path)
        }));
        let trouble = with_file(GoogleCloudStorageBuilder::new(), "/nowhere").unwrap_err();
        assert!(trouble.to_string().contains("cannot be read"), "{trouble}");
    }
}
