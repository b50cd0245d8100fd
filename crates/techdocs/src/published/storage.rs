//! Where published sites lie.

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use super::trouble::Trouble;

/// A place with files, each under a key with slashes.
#[async_trait]
pub(crate) trait Storage: Send + Sync + 'static {
    /// The place as people name it, for example `the bucket 'docs'`.
    fn name(&self) -> &str;

    /// Reads a file of at most `most` bytes, unless it still is the version `known` that an earlier answer named.
    async fn read(&self, key: &str, known: Option<&str>, most: u64) -> Result<Read, Trouble>;

    /// The paths of the files in a folder and below, relative to it, at most `most`.
    async fn list(&self, folder: &str, most: usize) -> Result<Vec<String>, Trouble>;

    /// Writes a file of a type anew.
    async fn write(&self, key: &str, bytes: Bytes, kind: &'static str) -> Result<(), Trouble>;

    /// Removes a file; says whether it did. One that is not there is as good.
    async fn remove(&self, key: &str) -> Result<bool, Trouble>;
}

/// The answer to a question for a file.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    /// It still is the known version.
    Same,
    /// Another version.
    New(StoredFile),
}

/// A file as it was read.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) bytes: Bytes,
    /// Its version, where the storage names one.
    pub(crate) etag: Option<String>,
    /// When it was written.
    pub(crate) modified: Option<Timestamp>,
}

/// Whether a key names a file below the place, in every kind of storage.
pub(crate) fn is_plain(key: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    key.split('/').all(is_part) && !key.contains('\\') && !key.contains(char::is_control)
}
