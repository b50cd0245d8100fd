//! Where published sites lie, as a schema.

use serde_json::{Value, json};

/// The schema of `techdocs.publisher`.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "description": "Where sites are published: read with builder external only, written by `docs publish`.",
        "properties": {
            "type": text("local (a folder), awsS3, googleGcs (a bucket) or azureBlobStorage (a container)."),
            "local": {
                "type": "object",
                "properties": {"publishDirectory": text("The folder; relative to the configuration file.")},
            },
            "awsS3": amazon(),
            "googleGcs": google(),
            "azureBlobStorage": azure(),
            "openStackSwift": {"type": "object", "description": "Not read.", "additionalProperties": true},
        },
    })
}

fn text(words: &str) -> Value {
    json!({"type": "string", "description": words})
}

fn secret(words: &str) -> Value {
    json!({"type": "string", "visibility": "secret", "description": words})
}

fn amazon() -> Value {
    json!({
        "type": "object",
        "properties": {
            "bucketName": text("The bucket."),
            "bucketRootPath": text("The folder in the bucket below which the sites lie."),
            "region": text("The region of the bucket; AWS_REGION of the environment, else us-east-1."),
            "endpoint": text("The address of the server, if it is not Amazon's."),
            "s3ForcePathStyle": {"type": "boolean", "description": "The bucket stands in the path of addresses, not in the host."},
            "credentials": {
                "type": "object",
                "properties": {
                    "accessKeyId": text("The access key; without it the credentials of the environment."),
                    "secretAccessKey": secret("Its secret."),
                    "roleArn": text("Of the original; has no effect."),
                },
            },
            "accountId": text("Of the original; has no effect."),
            "sse": text("How the server encrypts files that `docs publish` writes: AES256 or aws:kms. Reading them needs no setting."),
            "httpsProxy": text("Of the original; has no effect."),
            "maxAttempts": {"type": "integer", "description": "Of the original; has no effect."},
        },
    })
}

fn google() -> Value {
    json!({
        "type": "object",
        "properties": {
            "bucketName": text("The bucket."),
            "bucketRootPath": text("The folder in the bucket below which the sites lie."),
            "credentials": {
                "type": ["string", "object"],
                "visibility": "secret",
                "description": "The content of the key file of a service account, as JSON in a text or as settings; without it the \
                                credentials of the environment.",
            },
            "projectId": text("The project of the bucket; not needed, a bucket is known by its name."),
            "endpoint": text("The address of the server, if it is not Google's; not of the original."),
        },
    })
}

fn azure() -> Value {
    json!({
        "type": "object",
        "properties": {
            "containerName": text("The container."),
            "connectionString": secret("What Azure's portal calls so: account, key or shared access signature, and address."),
            "credentials": {
                "type": "object",
                "properties": {
                    "accountName": text("The storage account, without connectionString."),
                    "accountKey": secret("A key of it; without one the credentials of the environment."),
                },
            },
        },
    })
}
