//! The seam to Git hosts and web servers, so that the loop can be simulated without any.

use async_trait::async_trait;
use model::Fault;
use scm::{Commit, Integrations, Read, Search, UrlReader};

/// Reads files by URL.
#[async_trait]
pub trait UrlSource: Send + Sync {
    /// Reads one file. With the `etag` of the last read, unchanged content is not sent again.
    async fn read(&self, url: &str, etag: Option<&str>) -> Result<Read, Fault>;
    /// Reads the files that a URL, possibly with a pattern, names.
    async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault>;
    /// The configured Git hosts.
    fn integrations(&self) -> &Integrations;
    /// Whether an address names a whole repository of one of them.
    fn names_repository(&self, _address: &str) -> bool {
        false
    }
    /// The address of the files on the default branch of a repository.
    async fn contents_of(&self, address: &str) -> Result<String, Fault> {
        Err(Fault::error(format!(
            "The default branch of {address} is not known here"
        )))
    }
    /// What a Git host says about the commit that brought a file; nothing where it is none that can be asked.
    async fn about_commit(&self, _address: &str, _sha: &str) -> Result<Option<Commit>, Fault> {
        Ok(None)
    }
}

#[async_trait]
impl UrlSource for UrlReader {
    async fn read(&self, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        self.read_url(url, etag).await
    }

    async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        UrlReader::search(self, url, etag).await
    }

    fn integrations(&self) -> &Integrations {
        UrlReader::integrations(self)
    }

    fn names_repository(&self, address: &str) -> bool {
        UrlReader::names_repository(self, address)
    }

    async fn contents_of(&self, address: &str) -> Result<String, Fault> {
        UrlReader::contents_of(self, address).await
    }
    async fn about_commit(&self, address: &str, sha: &str) -> Result<Option<Commit>, Fault> {
        UrlReader::about_commit(self, address, sha).await
    }
}
