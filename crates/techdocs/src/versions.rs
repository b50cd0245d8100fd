//! Other versions of documentation: the same folder at a branch, a tag or a proposed change of its repository.
//!
//! A version stands in the address behind `-/`, as in `/docs/default/component/shop/-/v1.2/guides/deploy`. It is read like the
//! current one and kept beside it; the search does not know it.

use std::sync::Arc;
use std::time::Duration;

use model::Fault;
use moka::sync::Cache;
use outside::OutsideCalls;
use scm::{UrlReader, Versions};

use crate::source::Source;

/// How long a list of versions is taken as it is.
const FRESH: Duration = Duration::from_secs(10);
/// Lists that are kept.
const KEPT: u64 = 200;
/// What stands before a version in an address.
pub(crate) const MARK: &str = "-/";

/// A version that an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// Its name, as Git has it; a proposed change is `pull/12`.
    pub name: String,
    /// Where its documentation lies.
    pub source: Source,
    /// The rest of the address.
    pub path: String,
}

impl Version {
    /// The number of the proposed change that it is.
    pub(crate) fn proposal(name: &str) -> Option<&str> {
        name.strip_prefix("pull/")
    }
}

/// Lists of versions.
pub(crate) struct Shelf {
    reader: UrlReader,
    calls: OutsideCalls,
    lists: Cache<String, Arc<Versions>>,
}

impl Shelf {
    pub(crate) fn new(reader: UrlReader, calls: OutsideCalls) -> Self {
        let lists = Cache::builder().max_capacity(KEPT).time_to_live(FRESH).build();
        Self { reader, calls, lists }
    }

    /// Whether documentation that lies there can have versions.
    pub(crate) fn is_kept(&self, source: &Source) -> bool {
        matches!(source, Source::Url(url) if self.reader.integrations().clone_address(url).is_some())
    }

    /// All versions of a source. Fails for one that is no folder of a repository.
    pub(crate) async fn list(&self, source: &Source) -> Result<Arc<Versions>, Fault> {
        let Source::Url(url) = source else {
            return Err(Fault::not_found(
                "This documentation has no versions: it is not read from a repository",
            ));
        };
        if let Some(listed) = self.lists.get(url) {
            return Ok(listed);
        }
        let listed = Arc::new(self.reader.versions(&self.calls, url).await?);
        self.lists.insert(url.clone(), listed.clone());
        Ok(listed)
    }

    /// The version that an address names behind [`MARK`].
    pub(crate) async fn find(&self, source: &Source, address: &str) -> Result<Version, Fault> {
        let versions = self.list(source).await?;
        let found = versions.beginning(address);
        let at_commit = |commit: &str| match source {
            Source::Url(url) => self.reader.integrations().at_commit(url, commit),
            Source::Folder(_) | Source::Published(_) => None,
        };
        let version = found.and_then(|(name, commit, path)| {
            Some(Version {
                name,
                source: Source::Url(at_commit(commit)?),
                path: path.to_owned(),
            })
        });
        version.ok_or_else(|| {
            Fault::not_found(format!(
                "The repository of this documentation has no branch, tag or pull request '{address}'; the list of versions has those that there are"
            ))
        })
    }
}
