//! The section of the configuration.

use plugin::ConfigSection;
use serde_json::{Value, json};
use techdocs::Section;

use crate::fake_google::key_file;

fn check(section: &Value, problems: &[&str]) {
    let found = Section.check(section);
    let found: Vec<String> = found
        .iter()
        .map(|one| {
            format!(
                "{} at {}",
                one.fault.message,
                one.fault.path.as_deref().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(found.len(), problems.len(), "{section}: {found:?}");
    let quoted = found
        .iter()
        .find(|one| one.contains("geheim") || one.contains("Z2VoZWlt"));
    assert_eq!(quoted, None, "a secret is quoted");
    for (found, part) in found.iter().zip(problems) {
        assert!(found.contains(part), "{part} in {found}");
    }
}

#[test]
fn settings_of_published_sites() {
    let bucket =
        |bucket: Value| json!({"builder": "external", "publisher": {"type": "awsS3", "awsS3": bucket}});
    check(
        &bucket(json!({
            "bucketName": "docs", "bucketRootPath": "a", "region": "eu-west-1", "endpoint": "http://minio:9000", "sse": "AES256",
            "s3ForcePathStyle": "true", "credentials": {"accessKeyId": "a", "secretAccessKey": "b"},
        })),
        &[],
    );
    check(&bucket(json!({"bucketName": "docs"})), &[]);
    check(&bucket(json!({})), &["bucketName' is missing"]);
    check(
        &bucket(json!({"bucketName": 7})),
        &["bucketName' must be a text, not a number at publisher.awsS3.bucketName"],
    );
    check(
        &bucket(json!({"bucketName": "docs", "s3ForcePathStyle": "perhaps"})),
        &["s3ForcePathStyle' must be true or false"],
    );
    check(
        &bucket(json!({"bucketName": "docs", "buketRootPath": "a"})),
        &["'techdocs.publisher.awsS3.buketRootPath' has no effect"],
    );
    check(
        &bucket(json!({"bucketName": "docs", "credentials": {"accessKeyId": "a"}})),
        &["no secretAccessKey"],
    );
    check(
        &bucket(json!({"bucketName": "docs", "accountId": "1234", "credentials": {"roleArn": "arn"}})),
        &["accountId' has no effect", "roleArn' has no effect"],
    );
    let folder =
        |folder: Value| json!({"builder": "external", "publisher": {"type": "local", "local": folder}});
    check(&folder(json!({"publishDirectory": "/srv/docs"})), &[]);
    check(&folder(json!({})), &["publishDirectory' is missing"]);
}

#[test]
fn settings_of_a_bucket_of_google() {
    let bucket = |bucket: Value| json!({"builder": "external", "publisher": {"type": "googleGcs", "googleGcs": bucket}});
    let with_key = |credentials: Value| bucket(json!({"bucketName": "docs", "credentials": credentials}));
    check(
        &bucket(json!({
            "bucketName": "docs", "bucketRootPath": "a", "projectId": "p", "endpoint": "https://storage.example",
            "credentials": key_file().to_string(),
        })),
        &[],
    );
    check(&with_key(key_file()), &[]);
    check(&with_key(json!("")), &[]);
    check(&bucket(json!({"bucketName": "docs"})), &[]);
    check(&bucket(json!({})), &["googleGcs.bucketName' is missing"]);
    let but = |key: &str, value: Value| {
        let mut file = key_file();
        file[key] = value;
        with_key(json!(file.to_string()))
    };
    for (section, problem) in [
        (
            with_key(json!("/etc/key.json")),
            "credentials' is no JSON: set the content of the key file",
        ),
        (
            with_key(json!(7)),
            "credentials' must be a text or a group of settings, not a number",
        ),
        (with_key(json!("\"geheim\"")), "credentials' has no client_email"),
        (
            but("client_email", Value::Null),
            "credentials' has no client_email",
        ),
        (but("private_key", Value::Null), "credentials' has no private_key"),
        (
            but("private_key", json!("geheim")),
            "credentials' has a private_key that is no RSA key in PEM",
        ),
        (
            but("type", json!("external_account")),
            "credentials' is of the kind 'external_account', which is not read",
        ),
        (
            bucket(json!({"bucketName": "docs", "buckets": "x"})),
            "googleGcs.buckets' has no effect",
        ),
    ] {
        check(&section, &[problem]);
    }
}

#[test]
fn settings_of_a_container_of_azure() {
    let container = |mut more: Value| {
        more["containerName"] = json!("docs");
        json!({"builder": "external", "publisher": {"type": "azureBlobStorage", "azureBlobStorage": more}})
    };
    let with = |account: Value| container(json!({ "credentials": account }));
    let connected = |text: &str| container(json!({ "connectionString": text }));
    for good in [
        with(json!({"accountName": "acme", "accountKey": "Z2VoZWlt"})),
        with(json!({"accountName": "acme"})),
        connected("UseDevelopmentStorage=true"),
        connected(
            "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=Z2VoZWlt;EndpointSuffix=core.windows.net",
        ),
        connected(
            "BlobEndpoint=https://acme.blob.core.windows.net/;SharedAccessSignature=sv=2023-11-03&sig=Z2VoZWlt%3D",
        ),
    ] {
        check(&good, &[]);
    }
    let missing = json!({"builder": "external", "publisher": {"type": "azureBlobStorage"}});
    check(&missing, &["azureBlobStorage.containerName' is missing"]);
    for (section, problem) in [
        (container(json!({})), "credentials' has no accountName"),
        (
            with(json!({"accountKey": "Z2VoZWlt"})),
            "credentials' has no accountName",
        ),
        (
            with(json!({"accountName": "acme", "accountKey": "geheim!"})),
            "credentials' has an accountKey that is no key of a storage account",
        ),
        (
            with(json!({"accountName": "https://acme"})),
            "credentials' names no storage account",
        ),
        (connected("geheim"), "connectionString' has no AccountName"),
        (
            connected("AccountName=acme"),
            "connectionString' has neither an AccountKey nor a SharedAccessSignature",
        ),
        (
            connected("AccountName=acme;AccountKey=geheim!"),
            "connectionString' has an AccountKey that is no key",
        ),
        (
            connected("AccountName=acme;AccountKey=Z2VoZWlt;BlobEndpoint=here"),
            "connectionString' has a BlobEndpoint that is no address",
        ),
        (
            connected("AccountName=acme;SharedAccessSignature=geheim"),
            "connectionString' has a SharedAccessSignature without sig",
        ),
        (
            container(json!({
                "connectionString": "UseDevelopmentStorage=true", "credentials": {"accountName": "acme"},
            })),
            "credentials' has no effect: connectionString is set",
        ),
        (
            container(json!({"connectionString": "UseDevelopmentStorage=true", "bucketRootPath": "a"})),
            "bucketRootPath' has no effect",
        ),
    ] {
        check(&section, &[problem]);
    }
}

#[test]
fn what_cannot_be_read_is_refused_in_a_sentence() {
    check(
        &json!({"builder": "external", "publisher": {"type": "openStackSwift", "openStackSwift": {"containerName": "x"}}}),
        &[
            "which is not read: sites are read from 'local', 'awsS3', 'googleGcs' and 'azureBlobStorage' at publisher.type",
        ],
    );
    check(
        &json!({"builder": "external", "publisher": {"type": "ftp"}}),
        &["which is no publisher"],
    );
    check(&json!({"builder": "docker"}), &["neither local nor external"]);
    check(&json!({}), &[]);
    check(&json!({"builder": "local", "publisher": {"type": "local"}}), &[]);
    for kind in ["awsS3", "googleGcs", "azureBlobStorage"] {
        check(
            &json!({"publisher": {"type": kind, kind: {}}}),
            &["builder 'local' renders documentation from the repositories"],
        );
    }
    check(
        &json!({"cache": {"ttl": 1}, "legacyUseCaseSensitiveTripletPaths": true}),
        &[
            "'techdocs.cache' has no effect",
            "has an effect with builder external only",
        ],
    );
}
