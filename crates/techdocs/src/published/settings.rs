//! What the configuration says about published sites.

mod azure;
mod google;

use std::path::{Path, PathBuf};

use config::Secret;
use model::Fault;
use serde_json::Value;

pub(crate) use azure::{AzureKey, AzureSettings};
pub(crate) use google::{GoogleSettings, ServiceAccount};

/// Publishers with which sites lie on other servers.
pub(crate) const ELSEWHERE: [&str; 3] = ["awsS3", "googleGcs", "azureBlobStorage"];
/// The publisher of the original that is not read.
const NOT_READ: &str = "openStackSwift";

/// Sites that another program publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) place: PlaceSettings,
    /// Folders keep the case of kind, namespace and name.
    pub(crate) keeps_case: bool,
}

/// Where they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlaceSettings {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of S3.
    S3(S3Settings),
    /// A bucket of Google Cloud Storage.
    Google(GoogleSettings),
    /// A container of Azure Blob Storage.
    Azure(AzureSettings),
}

/// A bucket of S3.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct S3Settings {
    pub(crate) bucket: String,
    /// The folder in it, as it is written.
    pub(crate) root: String,
    pub(crate) region: Option<String>,
    /// The address of the server; nothing for Amazon's.
    pub(crate) endpoint: Option<String>,
    pub(crate) force_path_style: bool,
    /// Id and secret of the access key; nothing where the environment has one.
    pub(crate) key: Option<(String, Secret)>,
    /// How the server encrypts files that are written: `aws:kms` or `AES256`.
    pub(crate) encryption: Option<String>,
}

impl Settings {
    /// Reads the section `techdocs`. Nothing unless another program builds the sites.
    pub(crate) fn read(section: &Value, directory: &Path) -> Option<Result<Self, Fault>> {
        let is_external = section["builder"].as_str() == Some("external");
        is_external.then(|| Self::of_publisher(section, directory))
    }

    /// The same whoever builds the sites, for the one who publishes them.
    pub(crate) fn of_publisher(section: &Value, directory: &Path) -> Result<Self, Fault> {
        let publisher = &section["publisher"];
        let place = match publisher["type"].as_str().unwrap_or("local") {
            "local" => folder(publisher, directory),
            "awsS3" => bucket(&publisher["awsS3"]).map(PlaceSettings::S3),
            "googleGcs" => GoogleSettings::read(&publisher["googleGcs"]).map(PlaceSettings::Google),
            "azureBlobStorage" => {
                AzureSettings::read(&publisher["azureBlobStorage"]).map(PlaceSettings::Azure)
            }
            other => Err(not_read(other)),
        };
        place.map(|place| Self {
            place,
            keeps_case: switch(&section["legacyUseCaseSensitiveTripletPaths"]) == Some(true),
        })
    }
}

/// A switch, also as a text, which a variable of the environment always is.
pub(crate) fn switch(value: &Value) -> Option<bool> {
    match value.as_str() {
        Some("true" | "yes" | "y" | "on" | "1") => Some(true),
        Some("false" | "no" | "n" | "off" | "0") => Some(false),
        _ => value.as_bool(),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn folder(publisher: &Value, directory: &Path) -> Result<PlaceSettings, Fault> {
    let folder = text(&publisher["local"], "publishDirectory");
    let folder = folder.ok_or_else(|| {
        Fault::input(
            "'techdocs.publisher.local.publishDirectory' is missing: name the folder into which the sites are published",
        )
        .at("publisher")
    })?;
    Ok(PlaceSettings::Folder(directory.join(folder)))
}

fn bucket(section: &Value) -> Result<S3Settings, Fault> {
    let bucket = text(section, "bucketName").ok_or_else(|| {
        Fault::input("'techdocs.publisher.awsS3.bucketName' is missing: name the bucket into which the sites are published")
            .at("publisher")
    })?;
    let credentials = &section["credentials"];
    let key = match (
        text(credentials, "accessKeyId"),
        text(credentials, "secretAccessKey"),
    ) {
        (Some(id), Some(secret)) => Some((id.to_owned(), Secret::new(secret))),
        (None, None) => None,
        (id, _) => {
            let (has, lacks) = if id.is_some() {
                ("accessKeyId", "secretAccessKey")
            } else {
                ("secretAccessKey", "accessKeyId")
            };
            return Err(Fault::input(format!(
                "'techdocs.publisher.awsS3.credentials' has {has} but no {lacks}: set both, or none to take the credentials \
                 of the environment"
            ))
            .at("publisher.awsS3.credentials"));
        }
    };
    let owned = |key: &str| text(section, key).map(str::to_owned);
    Ok(S3Settings {
        bucket: bucket.to_owned(),
        root: owned("bucketRootPath").unwrap_or_default(),
        region: owned("region"),
        endpoint: owned("endpoint"),
        force_path_style: switch(&section["s3ForcePathStyle"]) == Some(true),
        key,
        encryption: owned("sse"),
    })
}

/// A publisher whose sites cannot be read.
pub(crate) fn not_read(kind: &str) -> Fault {
    let why = if kind == NOT_READ {
        "is not read"
    } else {
        "is no publisher"
    };
    Fault::input(format!(
        "'techdocs.publisher.type' is '{kind}', which {why}: sites are read from 'local', 'awsS3', 'googleGcs' and 'azureBlobStorage'"
    ))
    .at("publisher.type")
}
