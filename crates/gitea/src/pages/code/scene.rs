//! All that the tab shows, as plain data.

use jiff::Timestamp;
use scm::gitea::Repository;
use scm::gitea::activity::{Branch, Ci, FirstPage, Issue};

use crate::activity::{Commits, Head, Links, Readme, Releases, Requests, Seen};
use crate::ownership::PathOwners;

/// What is known of the repository of an entity.
pub(crate) struct Scene {
    /// The surroundings.
    pub(super) frame: Frame,
    pub(super) repository: Seen<Repository>,
    pub(super) ci: Seen<Ci>,
    pub(super) commits: Seen<Commits>,
    pub(super) requests: Seen<Option<Requests>>,
    pub(super) issues: Seen<Option<FirstPage<Issue>>>,
    pub(super) releases: Seen<Option<Releases>>,
    pub(super) branches: Seen<FirstPage<Branch>>,
    pub(super) languages: Seen<Vec<(String, u64)>>,
    pub(super) readme: Seen<Option<Readme>>,
    pub(super) owners: Seen<PathOwners>,
}

/// What all parts of the tab have in common.
pub(crate) struct Frame {
    /// The server, as the configuration names it.
    pub(super) host: String,
    /// The pages of the repository.
    pub(super) links: Links,
    /// Where the entity's code lies; nothing as long as the server has not said.
    pub(super) head: Option<Head>,
    /// The address of the tab.
    pub(super) path: String,
    /// Parts that are late may be fetched after the page.
    pub(super) may_follow: bool,
    /// Now.
    pub(super) now: Timestamp,
}
