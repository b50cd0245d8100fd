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
    /// The bucket is not there: what it is, and what to correct.
    #[error("the server has no {0}")]
    NoBucket(&'static str),
    /// The server does not know who asks: by what, and what to correct.
    #[error("the server does not know {0}")]
    UnknownKey(&'static str),
    /// The key is known, its secret is another one: which belongs to which, and what to correct.
    #[error("{0}")]
    WrongSecret(&'static str),
    /// The key was good for a time: what has ended, and what to renew.
    #[error("{0}")]
    Expired(&'static str),
    /// No key is configured, and the environment gives none: what to set, and why there is none.
    #[error("{0} ({1})")]
    NoKey(&'static str, String),
    /// The key may not do it.
    #[error("{}", .0.to_read)]
    Refused(&'static Rights),
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

/// What a key needs that may not do something, in a sentence that begins with the key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rights {
    /// To read sites.
    pub(crate) to_read: &'static str,
    /// To publish them.
    pub(crate) to_write: &'static str,
}

impl Trouble {
    /// As an error of the portal. `storage` is the storage as people name it.
    pub(crate) fn fault(&self, storage: &str) -> Fault {
        let kind = match self {
            Self::Missing => FaultKind::NotFound,
            Self::NoFolder(_) | Self::NoBucket(_) | Self::Region(_) => FaultKind::Input,
            Self::UnknownKey(_) | Self::WrongSecret(_) | Self::Expired(_) | Self::NoKey(..) => {
                FaultKind::Authentication
            }
            Self::Refused(_) => FaultKind::NotAllowed,
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
