//! The section of the configuration.

use plugin::ConfigSection;
use serde_json::{Value, json};
use techdocs::Section;

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
fn what_cannot_be_read_is_refused_in_a_sentence() {
    for kind in ["googleGcs", "azureBlobStorage", "openStackSwift"] {
        let section = json!({"builder": "external", "publisher": {"type": kind, kind: {"bucketName": "x"}}});
        check(
            &section,
            &["which is not read yet: sites are read from 'local' and 'awsS3' at publisher.type"],
        );
    }
    check(
        &json!({"builder": "external", "publisher": {"type": "ftp"}}),
        &["which is no publisher"],
    );
    check(&json!({"builder": "docker"}), &["neither local nor external"]);
    check(&json!({}), &[]);
    check(&json!({"builder": "local", "publisher": {"type": "local"}}), &[]);
    check(
        &json!({"publisher": {"type": "awsS3", "awsS3": {"bucketName": "docs"}}}),
        &["builder 'local' renders documentation from the repositories"],
    );
    check(
        &json!({"cache": {"ttl": 1}, "legacyUseCaseSensitiveTripletPaths": true}),
        &[
            "'techdocs.cache' has no effect",
            "has an effect with builder external only",
        ],
    );
}
