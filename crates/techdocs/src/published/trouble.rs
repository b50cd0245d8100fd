//! Why a published file could not be read, with the key of the configuration that mends it.

use model::{Fault, FaultKind};

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// The storage answers, and has no such file.
    #[error("there is no such file")]
    Missing,
    /// The folder of the local publisher is not there.
    #[error(
        "the folder {0} does not exist; correct techdocs.publisher.local.publishDirectory, or mount it there"
    )]
    NoFolder(String),
    /// The bucket is not there.
    #[error(
        "the server has no bucket of this name; correct techdocs.publisher.awsS3.bucketName, and check techdocs.publisher.awsS3.region and techdocs.publisher.awsS3.endpoint"
    )]
    NoBucket,
    /// The server does not know the key.
    #[error(
        "the server does not know the access key; correct techdocs.publisher.awsS3.credentials.accessKeyId"
    )]
    UnknownKey,
    /// The key is known, its secret is another one.
    #[error(
        "the secret does not belong to the access key; correct techdocs.publisher.awsS3.credentials.secretAccessKey"
    )]
    WrongSecret,
    /// The key was good for a time.
    #[error(
        "the session of the access key has ended; renew the credentials that the environment of the portal names"
    )]
    Expired,
    /// No key is configured, and the environment has none.
    #[error(
        "there is no access key: set techdocs.publisher.awsS3.credentials.accessKeyId and secretAccessKey, or AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY in the environment of the portal ({0})"
    )]
    NoKey(String),
    /// The key may not read it. Amazon says the same of a missing file to a key that may not list the bucket.
    #[error(
        "the access key may not read it; allow s3:GetObject and s3:ListBucket to the key of techdocs.publisher.awsS3.credentials (one that may \
         not list is told the same of a file that does not exist)"
    )]
    Refused,
    /// The bucket lies elsewhere.
    #[error("the bucket is in another region; correct techdocs.publisher.awsS3.region{0}")]
    Region(String),
    /// The server refuses signatures of this moment.
    #[error("the clocks of the portal and of the server differ too much; set them")]
    Clock,
    /// The file is larger than is read.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// The server does not answer: what it is or does instead, such as `is away: nothing listens at its address`.
    #[error("the server {0}")]
    Away(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Trouble {
    /// As an error of the portal. `storage` is the storage as people name it.
    pub(crate) fn fault(&self, storage: &str) -> Fault {
        let kind = match self {
            Self::Missing => FaultKind::NotFound,
            Self::NoFolder(_) | Self::NoBucket | Self::Region(_) => FaultKind::Input,
            Self::UnknownKey | Self::WrongSecret | Self::Expired | Self::NoKey(_) => {
                FaultKind::Authentication
            }
            Self::Refused => FaultKind::NotAllowed,
            Self::Away(_) => FaultKind::Unavailable,
            Self::Clock | Self::TooLarge(_) | Self::Other(_) => FaultKind::Plain,
        };
        let message = match self {
            Self::Away(what) => format!("Published documentation cannot be read now: {storage} {what}"),
            other => format!("Published documentation cannot be read from {storage}: {other}"),
        };
        Fault::new(kind, message)
    }
}
