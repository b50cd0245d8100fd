//! A bucket of Amazon's S3 or of a server that speaks like it.

use http::StatusCode;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use outside::OutsideCalls;
use url::{Host, Url};

use super::calls::{Calls, Verdicts, retry, shown, variable};
use super::objects::Objects;
use super::refusal::{element, other};
use super::settings::S3Settings;
use super::trouble::{Rights, Trouble};

/// What errors say of this server.
const VERDICTS: Verdicts = Verdicts {
    refusal: judge,
    no_key: "there is no access key: set techdocs.publisher.awsS3.credentials.accessKeyId and secretAccessKey, or AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY in the environment of the portal",
};
const NO_BUCKET: &str = "bucket of this name; correct techdocs.publisher.awsS3.bucketName, and check techdocs.publisher.awsS3.region and \
    techdocs.publisher.awsS3.endpoint";
const UNKNOWN_KEY: &str = "the access key; correct techdocs.publisher.awsS3.credentials.accessKeyId";
const WRONG_SECRET: &str = "the secret does not belong to the access key; correct techdocs.publisher.awsS3.credentials.secretAccessKey";
const EXPIRED: &str =
    "the session of the access key has ended; renew the credentials that the environment of the portal names";
/// Amazon says to a key that may not list the bucket the same of a missing file.
static RIGHTS: Rights = Rights {
    to_read: "the access key may not read it; allow s3:GetObject and s3:ListBucket to the key of techdocs.publisher.awsS3.credentials (one \
              that may not list is told the same of a file that does not exist)",
    to_write: "the access key may not write there; allow it s3:PutObject, s3:DeleteObject and s3:ListBucket",
};
/// What the library calls the way in which files are encrypted.
const ENCRYPTION: &str = "aws_server_side_encryption";
/// The region where neither the configuration nor the environment names one.
const REGION: &str = "us-east-1";
/// What the environment may say about credentials, as Amazon's own programs read it.
const ENVIRONMENT: [(&str, AmazonS3ConfigKey); 8] = [
    ("AWS_ACCESS_KEY_ID", AmazonS3ConfigKey::AccessKeyId),
    ("AWS_SECRET_ACCESS_KEY", AmazonS3ConfigKey::SecretAccessKey),
    ("AWS_SESSION_TOKEN", AmazonS3ConfigKey::Token),
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        AmazonS3ConfigKey::WebIdentityTokenFile,
    ),
    ("AWS_ROLE_ARN", AmazonS3ConfigKey::RoleArn),
    (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        AmazonS3ConfigKey::ContainerCredentialsRelativeUri,
    ),
    (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        AmazonS3ConfigKey::ContainerCredentialsFullUri,
    ),
    (
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        AmazonS3ConfigKey::ContainerAuthorizationTokenFile,
    ),
];

/// Opens the bucket. Nothing is asked of it yet.
pub(crate) fn open(settings: &S3Settings, outside: &OutsideCalls) -> Result<Objects<AmazonS3>, Trouble> {
    let unusable = |error: object_store::Error| Trouble::Other(error.to_string());
    let region = settings.region.clone();
    let region = region
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .unwrap_or_else(|| REGION.to_owned());
    let address = address(settings, &region)?;
    let calls = Calls::new(outside, address.clone(), VERDICTS)?;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        .with_region(&region)
        .with_allow_http(true)
        .with_endpoint(address.as_str().trim_end_matches('/'))
        // The address has the bucket in it already.
        .with_virtual_hosted_style_request(true)
        .with_retry(retry())
        .with_http_connector(calls);
    // Not every server knows the question that removes several files at once.
    builder = builder.with_config(AmazonS3ConfigKey::DisableBulkDelete, "true");
    if let Some(encryption) = &settings.encryption {
        let key: AmazonS3ConfigKey = ENCRYPTION.parse().map_err(unusable)?;
        builder = builder.with_config(key, encryption);
    }
    builder = match &settings.key {
        Some((id, secret)) => builder
            .with_access_key_id(id)
            .with_secret_access_key(secret.expose()),
        None => ENVIRONMENT
            .iter()
            .fold(builder, |builder, (name, key)| match variable(name) {
                Some(value) => builder.with_config(*key, value),
                None => builder,
            }),
    };
    let store = builder.build().map_err(unusable)?;
    let name = format!("the bucket '{}' at {}", settings.bucket, shown(&address));
    Ok(Objects::new(store, &settings.root, name))
}

/// The address of the bucket: below the server's path, or as a host of its own, as Amazon's library chooses it.
fn address(settings: &S3Settings, region: &str) -> Result<Url, Trouble> {
    let server = match &settings.endpoint {
        Some(endpoint) => endpoint.clone(),
        None => format!("https://s3.{region}.amazonaws.com"),
    };
    let bad = || {
        Trouble::Other(format!(
            "'{server}' is no address; correct techdocs.publisher.awsS3.endpoint"
        ))
    };
    let mut url = Url::parse(&server).map_err(|_| bad())?;
    let host = match url.host().ok_or_else(bad)? {
        Host::Domain(host) if !settings.force_path_style && can_be_host(&settings.bucket) => {
            Some(format!("{}.{host}", settings.bucket))
        }
        _ => None,
    };
    if let Some(host) = host {
        url.set_host(Some(&host)).map_err(|_| bad())?;
    } else {
        let path = format!("{}/{}", url.path().trim_end_matches('/'), settings.bucket);
        url.set_path(&path);
    }
    Ok(url)
}

/// Whether a bucket's name may begin the name of a host for which there is a certificate.
fn can_be_host(bucket: &str) -> bool {
    bucket
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// What the server's refusal means.
fn judge(status: StatusCode, body: &str) -> Trouble {
    let code = element(body, "Code").unwrap_or_default();
    match (code, status) {
        ("NoSuchKey", _) | ("", StatusCode::NOT_FOUND) => Trouble::Missing,
        ("NoSuchBucket" | "InvalidBucketName", _) => Trouble::NoBucket(NO_BUCKET),
        // The second is what a versitygw says.
        ("InvalidAccessKeyId" | "XAdminUserNotFound", _) => Trouble::UnknownKey(UNKNOWN_KEY),
        ("SignatureDoesNotMatch", _) => Trouble::WrongSecret(WRONG_SECRET),
        ("ExpiredToken" | "InvalidToken", _) => Trouble::Expired(EXPIRED),
        ("RequestTimeTooSkewed", _) => Trouble::Clock,
        (
            "AuthorizationHeaderMalformed"
            | "PermanentRedirect"
            | "TemporaryRedirect"
            | "IllegalLocationConstraintException",
            _,
        ) => {
            let region = element(body, "Region");
            Trouble::Region(
                region
                    .map(|region| format!(": it is '{region}'"))
                    .unwrap_or_default(),
            )
        }
        (_, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => Trouble::Refused(&RIGHTS),
        (_, status) if status.is_redirection() => Trouble::Region(String::new()),
        (_, status) => other(status, body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(endpoint: Option<&str>, bucket: &str, force_path_style: bool) -> S3Settings {
        S3Settings {
            bucket: bucket.to_owned(),
            endpoint: endpoint.map(str::to_owned),
            force_path_style,
            ..S3Settings::default()
        }
    }

    #[test]
    fn the_bucket_is_a_host_or_a_path() {
        for (endpoint, bucket, force, expected) in [
            (None, "docs", false, "https://docs.s3.eu-west-1.amazonaws.com/"),
            (None, "docs", true, "https://s3.eu-west-1.amazonaws.com/docs"),
            (
                None,
                "docs.example",
                false,
                "https://s3.eu-west-1.amazonaws.com/docs.example",
            ),
            (
                Some("https://minio.example:9000"),
                "docs",
                false,
                "https://docs.minio.example:9000/",
            ),
            (
                Some("https://minio.example:9000/"),
                "docs",
                true,
                "https://minio.example:9000/docs",
            ),
            (
                Some("http://127.0.0.1:9000"),
                "docs",
                false,
                "http://127.0.0.1:9000/docs",
            ),
            (
                Some("https://example.org/s3/"),
                "docs",
                true,
                "https://example.org/s3/docs",
            ),
        ] {
            let address = address(&settings(endpoint, bucket, force), "eu-west-1").unwrap();
            assert_eq!(address.as_str(), expected);
        }
        assert!(address(&settings(Some("minio"), "docs", true), "x").is_err());
    }

    #[test]
    fn refusals_are_told_apart() {
        let body = |code: &str| {
            format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Region>eu-west-1</Region></Error>")
        };
        for (status, code, expected) in [
            (404, "NoSuchKey", Trouble::Missing),
            (404, "NoSuchBucket", Trouble::NoBucket(NO_BUCKET)),
            (403, "InvalidAccessKeyId", Trouble::UnknownKey(UNKNOWN_KEY)),
            (403, "SignatureDoesNotMatch", Trouble::WrongSecret(WRONG_SECRET)),
            (403, "AccessDenied", Trouble::Refused(&RIGHTS)),
            (
                301,
                "PermanentRedirect",
                Trouble::Region(": it is 'eu-west-1'".to_owned()),
            ),
            (404, "XAdminUserNotFound", Trouble::UnknownKey(UNKNOWN_KEY)),
            (
                503,
                "SlowDown",
                Trouble::Away("answers 503 Service Unavailable".to_owned()),
            ),
            (
                500,
                "InternalError",
                Trouble::Away("answers 500 Internal Server Error".to_owned()),
            ),
            (
                418,
                "Teapot",
                Trouble::Other("the server answers 418 I'm a teapot Teapot".to_owned()),
            ),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(judge(status, &body(code)), expected, "{status} {code}");
        }
        assert_eq!(judge(StatusCode::NOT_FOUND, ""), Trouble::Missing);
    }
}
