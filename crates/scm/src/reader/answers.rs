//! What reading and searching gives.

use bytes::Bytes;
use http::StatusCode;
use model::Fault;

use crate::fetch::Answer;

/// A file that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The content; empty when not modified.
    pub bytes: Bytes,
    /// Version to pass to the next read.
    pub etag: Option<String>,
    /// The version at hand is still the current one.
    pub not_modified: bool,
    /// Commit that last changed the file, where the host says so.
    pub commit: Option<String>,
}

/// One file that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its URL.
    pub url: String,
    /// Its content.
    pub bytes: Bytes,
    /// Commit that last changed it, where the host says so.
    pub commit: Option<String>,
}

/// The result of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The files; none when nothing matches or nothing is modified.
    pub files: Vec<Found>,
    /// Version to pass to the next search.
    pub etag: Option<String>,
    /// The version at hand is still the current one.
    pub not_modified: bool,
}

impl Read {
    /// The read as a search that found one file.
    pub(super) fn found(self, url: &str) -> Search {
        let found = Found {
            url: url.to_owned(),
            bytes: self.bytes,
            commit: self.commit,
        };
        Search {
            files: if self.not_modified {
                Vec::new()
            } else {
                vec![found]
            },
            etag: self.etag,
            not_modified: self.not_modified,
        }
    }

    /// The version at hand is still the current one.
    pub(super) fn unchanged(etag: Option<String>) -> Self {
        Self {
            etag,
            not_modified: true,
            ..Self::default()
        }
    }
}

/// What an answer of any host means; `failure` says what it means if it is none.
pub(super) fn read(answer: Answer, etag: Option<&str>, failure: String) -> Result<Read, Fault> {
    let Answer {
        status,
        etag: new_etag,
        commit,
        bytes,
        ..
    } = answer;
    match status {
        StatusCode::NOT_MODIFIED => Ok(Read::unchanged(new_etag.or_else(|| etag.map(str::to_owned)))),
        status if status.is_success() => Ok(Read {
            bytes,
            etag: new_etag,
            not_modified: false,
            commit,
        }),
        StatusCode::NOT_FOUND => Err(Fault::not_found(failure)),
        _ => Err(Fault::error(failure)),
    }
}
