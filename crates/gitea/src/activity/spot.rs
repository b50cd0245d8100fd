//! A branch and a folder of a repository, and what is kept of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::Fault;
use scm::gitea::activity::{Ci, CommitQuery};

use super::repository::far;
use super::slot::{Seen, Slot};
use super::{Commits, Place, Readme, Repo, readme};
use crate::ownership::{Owners, PathOwners};

/// Most commits.
const COMMITS: usize = 8;
/// Longest that commits wait for the runs on them.
const FOR_RUNS: Duration = Duration::from_secs(3);

/// A branch, tag or commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// A branch.
    Branch(String),
    /// A tag.
    Tag(String),
    /// A commit.
    Commit(String),
}

impl Reference {
    /// The word of addresses, and the name.
    pub(crate) fn kind_and_name(&self) -> (&'static str, &str) {
        match self {
            Self::Branch(name) => ("branch", name),
            Self::Tag(name) => ("tag", name),
            Self::Commit(name) => ("commit", name),
        }
    }

    /// The name.
    pub(crate) fn name(&self) -> &str {
        self.kind_and_name().1
    }
}

/// Where an entity's code lies in its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The branch, tag or commit.
    pub(crate) reference: Reference,
    /// The branch whose CI is shown: that of the entity, else the default one.
    pub(crate) branch: String,
    /// The folder without slashes around it; empty for the root.
    pub(crate) folder: String,
}

/// What is kept of a place.
pub(crate) struct Spot {
    repo: Arc<Repo>,
    place: Place,
    commits: Arc<Slot<Commits>>,
    readme: Arc<Slot<Option<Readme>>>,
    code_owners: Arc<Slot<PathOwners>>,
    owners: Owners,
}

impl Spot {
    pub(super) fn new(repo: Arc<Repo>, place: Place, owners: Owners) -> Self {
        Self {
            repo,
            place,
            commits: Arc::default(),
            readme: Arc::default(),
            code_owners: Arc::default(),
            owners,
        }
    }

    /// Its repository.
    pub(crate) fn repo(&self) -> &Arc<Repo> {
        &self.repo
    }

    /// Where it is, as the server knows.
    pub(crate) async fn head(&self) -> Result<Head, Fault> {
        let repository = self.repo.repository(far()).await.into_value()?;
        let default = repository.default_branch.clone();
        let (reference, folder) = match &self.place {
            Place::Root => (Reference::Branch(default.clone()), String::new()),
            Place::Branch(parts) => {
                let (name, folder) = self.branch(parts, &default).await;
                (Reference::Branch(name), folder)
            }
            Place::Tag(parts) => {
                let (name, folder) = self.tag(parts).await;
                (Reference::Tag(name), folder)
            }
            Place::Commit(parts) => (Reference::Commit(parts[0].clone()), parts[1..].join("/")),
        };
        let branch = match &reference {
            Reference::Branch(name) => name.clone(),
            _ => default,
        };
        Ok(Head {
            reference,
            branch,
            folder,
        })
    }

    /// Name of the branch and folder: the longest branch with which the address goes on.
    async fn branch(&self, parts: &[String], default: &str) -> (String, String) {
        if parts.len() == 1 {
            return (parts[0].clone(), String::new());
        }
        if let Some(found) = longest(parts, [default]) {
            return found;
        }
        let branches = self.repo.branches(far()).await;
        let names = branches.value().map(|page| page.items.as_slice());
        let names = names
            .unwrap_or_default()
            .iter()
            .map(|branch| branch.name.as_str());
        longest(parts, names).unwrap_or_else(|| first(parts))
    }

    /// Like [`Spot::branch`]; of tags, those of the newest releases are known.
    async fn tag(&self, parts: &[String]) -> (String, String) {
        if parts.len() == 1 {
            return first(parts);
        }
        let releases = self.repo.releases(far()).await;
        let names = releases.value().and_then(Option::as_ref);
        let names = names
            .map(|releases| releases.items.as_slice())
            .unwrap_or_default();
        let names = names.iter().map(|(release, _)| release.tag_name.as_str());
        longest(parts, names).unwrap_or_else(|| first(parts))
    }

    /// The CI of its branch.
    pub(crate) async fn ci(&self, until: Instant) -> Seen<Ci> {
        match tokio::time::timeout_at(until.into(), self.head()).await {
            Ok(Ok(head)) => self.repo.ci(&head.branch, until).await,
            Ok(Err(fault)) => Seen::failed(fault),
            Err(_) => Seen::late(),
        }
    }

    /// Its newest commits.
    pub(crate) async fn commits(self: &Arc<Self>, until: Instant) -> Seen<Commits> {
        let spot = self.clone();
        let ask = async move || {
            let head = spot.head().await?;
            let repo = &spot.repo;
            let query = CommitQuery {
                reference: head.reference.name(),
                folder: &head.folder,
                limit: COMMITS,
            };
            let runs = async {
                let ci = repo.ci(&head.branch, Instant::now() + FOR_RUNS).await;
                ci.known.map(|(ci, _)| ci)
            };
            let (page, ci) = tokio::join!(repo.gitea.newest_commits(repo.names(), query), runs);
            let page = page?;
            let commits = page.items.iter().map(|commit| commit.sha.clone());
            let states = repo.states(commits, ci.as_deref()).await;
            Ok(Commits { page, states })
        };
        self.commits.get(self.repo.changes(), until, ask).await
    }

    /// The README of its folder, else that of the root.
    pub(crate) async fn readme(self: &Arc<Self>, until: Instant) -> Seen<Option<Readme>> {
        let spot = self.clone();
        let ask = async move || {
            let head = spot.head().await?;
            let last = spot.readme.last();
            let last = last.as_deref().and_then(Option::as_ref);
            readme::read(&spot.repo, &spot.repo.links(), &head, last).await
        };
        self.readme.get(self.repo.changes(), until, ask).await
    }

    /// Who owns its folder by `CODEOWNERS`.
    pub(crate) async fn code_owners(self: &Arc<Self>, until: Instant) -> Seen<PathOwners> {
        let spot = self.clone();
        let ask = async move || {
            let head = spot.head().await?;
            let (owner, name) = spot.repo.names();
            let folder = if head.folder.is_empty() {
                String::new()
            } else {
                format!("{}/", head.folder)
            };
            let host = spot.repo.gitea.name();
            spot.owners
                .owners_of(host, &format!("{owner}/{name}"), &folder)
                .await
        };
        self.code_owners.get(self.repo.changes(), until, ask).await
    }
}

/// The longest name with which the parts begin, and what is behind it.
fn longest<'a>(parts: &[String], names: impl IntoIterator<Item = &'a str>) -> Option<(String, String)> {
    let begins = |name: &&str| {
        let mut own = parts.iter();
        name.split('/')
            .all(|part| own.next().is_some_and(|own| own == part))
    };
    let found = names.into_iter().filter(begins).max_by_key(|name| name.len())?;
    let taken = found.split('/').count();
    Some((found.to_owned(), parts[taken..].join("/")))
}

fn first(parts: &[String]) -> (String, String) {
    (parts[0].clone(), parts[1..].join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_branch_is_meant() {
        let parts = ["release", "1.2", "apps", "api"].map(str::to_owned);
        let found = longest(&parts, ["main", "release", "release/1.2", "release/1.2/apps/web"]);
        assert_eq!(found, Some(("release/1.2".to_owned(), "apps/api".to_owned())));
        assert_eq!(longest(&parts, ["main"]), None);
    }
}
