//! What is kept of a repository, whatever branch and folder of it entities name.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use model::Fault;
use moka::sync::Cache;
use scm::gitea::activity::{Branch, Ci, CommitLine, FirstPage, Issue, OpenRequest, Release, State};
use scm::gitea::{Gitea, Repository};

use super::Links;
use super::readme;
use super::slot::{LONGEST, Seen, Slot};

/// Most entries of each list.
const BRANCHES: usize = 30;
const REQUESTS: usize = 10;
const ISSUES: usize = 8;
const RELEASES: usize = 5;
const RUNS: usize = 20;
/// Branches whose CI is kept.
const CI_BRANCHES: u64 = 20;
/// Commits whose state is asked for one by one.
const ASKED_STATES: usize = 10;
/// States of commits that are remembered, and how long.
const STATES: u64 = 200;
const STATES_FOR: Duration = Duration::from_mins(10);

/// Open pull requests, with the CI of each one's newest commit.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// Those that changed last.
    pub(crate) page: FirstPage<OpenRequest>,
    /// States by commit.
    pub(crate) states: States,
}

/// Commits with the CI of each.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    /// The newest.
    pub(crate) page: FirstPage<CommitLine>,
    /// States by commit.
    pub(crate) states: States,
}

/// Releases with their notes as HTML that is safe to show.
#[derive(Debug, Default)]
pub(crate) struct Releases {
    /// The newest.
    pub(crate) items: Vec<(Release, Option<String>)>,
    /// All of them.
    pub(crate) total: usize,
}

impl Releases {
    /// The newest that is meant for everybody.
    pub(crate) fn latest(&self) -> Option<&Release> {
        let mut all = self.items.iter().map(|(release, _)| release);
        all.find(|release| !release.prerelease)
    }
}

/// How commits are, by name. Commits without CI are not in it.
pub(crate) type States = HashMap<String, State>;

/// A list that may be turned off in the repository.
type Listed<T> = Option<FirstPage<T>>;

/// A repository.
pub(crate) struct Repo {
    pub(super) gitea: Gitea,
    pub(super) owner: String,
    pub(super) name: String,
    changes: AtomicU64,
    repository: Arc<Slot<Repository>>,
    branches: Arc<Slot<FirstPage<Branch>>>,
    requests: Arc<Slot<Option<Requests>>>,
    issues: Arc<Slot<Listed<Issue>>>,
    releases: Arc<Slot<Option<Releases>>>,
    languages: Arc<Slot<Vec<(String, u64)>>>,
    ci: Cache<String, Arc<Slot<Ci>>>,
    states: Cache<String, State>,
}

impl Repo {
    pub(super) fn new(gitea: Gitea, owner: &str, name: &str) -> Self {
        Self {
            gitea,
            owner: owner.to_owned(),
            name: name.to_owned(),
            changes: AtomicU64::new(0),
            repository: Arc::default(),
            branches: Arc::default(),
            requests: Arc::default(),
            issues: Arc::default(),
            releases: Arc::default(),
            languages: Arc::default(),
            ci: Cache::new(CI_BRANCHES),
            states: Cache::builder()
                .max_capacity(STATES)
                .time_to_live(STATES_FOR)
                .build(),
        }
    }

    /// The server.
    pub(crate) fn gitea(&self) -> &Gitea {
        &self.gitea
    }

    /// Owner and name.
    pub(super) fn names(&self) -> (&str, &str) {
        (&self.owner, &self.name)
    }

    /// Its pages, under the name that annotations have for it.
    pub(crate) fn links(&self) -> Links {
        Links::new(self.gitea.web(), &format!("{}/{}", self.owner, self.name))
    }

    /// Something happened in it: what is known is not fresh any more.
    pub(super) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.states.invalidate_all();
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// What the server says about it.
    pub(crate) async fn repository(self: &Arc<Self>, until: Instant) -> Seen<Repository> {
        let repo = self.clone();
        let ask = async move || {
            let found = repo.gitea.repository(&repo.owner, &repo.name).await?;
            found.ok_or_else(|| repo.unknown())
        };
        self.repository.get(self.changes(), until, ask).await
    }

    fn unknown(&self) -> Fault {
        let (host, owner, name) = (self.gitea.name(), &self.owner, &self.name);
        Fault::not_found(format!(
            "{host} has no repository {owner}/{name}, or does not show it to the portal's token. Correct the annotation \
             backstage.io/source-location, or let the user of integrations.gitea[].password read the repository"
        ))
    }

    /// Its branches.
    pub(crate) async fn branches(self: &Arc<Self>, until: Instant) -> Seen<FirstPage<Branch>> {
        let repo = self.clone();
        let ask = async move || {
            let (owner, name) = repo.names();
            repo.gitea.first_branches(owner, name, BRANCHES).await
        };
        self.branches.get(self.changes(), until, ask).await
    }

    /// Its open pull requests; nothing where they are turned off.
    pub(crate) async fn requests(self: &Arc<Self>, until: Instant) -> Seen<Option<Requests>> {
        let repo = self.clone();
        let ask = async move || {
            let (owner, name) = repo.names();
            let Some(page) = repo.gitea.open_requests(owner, name, REQUESTS).await? else {
                return Ok(None);
            };
            let commits = page.items.iter().map(|request| request.head.sha.clone());
            let states = repo.states(commits, None).await;
            Ok(Some(Requests { page, states }))
        };
        self.requests.get(self.changes(), until, ask).await
    }

    /// Its open issues; nothing where they are turned off.
    pub(crate) async fn issues(self: &Arc<Self>, until: Instant) -> Seen<Listed<Issue>> {
        let repo = self.clone();
        let ask = async move || {
            let (owner, name) = repo.names();
            repo.gitea.open_issues(owner, name, ISSUES).await
        };
        self.issues.get(self.changes(), until, ask).await
    }

    /// Its releases; nothing where they are turned off.
    pub(crate) async fn releases(self: &Arc<Self>, until: Instant) -> Seen<Option<Releases>> {
        let repo = self.clone();
        let ask = async move || {
            let (owner, name) = repo.names();
            let found = repo.gitea.newest_releases(owner, name, RELEASES).await?;
            Ok(found.map(|found| repo.with_notes(found)))
        };
        self.releases.get(self.changes(), until, ask).await
    }

    fn with_notes(&self, found: FirstPage<Release>) -> Releases {
        let links = self.links();
        let with_notes = |release: Release| {
            let notes = readme::notes(&release.body, &links, &release.tag_name);
            (release, notes)
        };
        Releases {
            total: found.total,
            items: found.items.into_iter().map(with_notes).collect(),
        }
    }

    /// Its languages and their bytes.
    pub(crate) async fn languages(self: &Arc<Self>, until: Instant) -> Seen<Vec<(String, u64)>> {
        let repo = self.clone();
        let ask = async move || {
            let (owner, name) = repo.names();
            repo.gitea.languages(owner, name).await
        };
        self.languages.get(self.changes(), until, ask).await
    }

    /// The CI of a branch.
    pub(crate) async fn ci(self: &Arc<Self>, branch: &str, until: Instant) -> Seen<Ci> {
        let slot = self.ci.get_with(branch.to_owned(), Arc::default);
        let (repo, branch) = (self.clone(), branch.to_owned());
        let ask = async move || repo.gitea.ci(repo.names(), &branch, RUNS).await;
        slot.get(self.changes(), until, ask).await
    }

    /// How commits are: by the runs that are known, else asked for one by one, where there is any CI.
    pub(super) async fn states(&self, commits: impl Iterator<Item = String>, ci: Option<&Ci>) -> States {
        let mut states = States::new();
        let mut asked = Vec::new();
        for sha in commits {
            let by_run = ci.and_then(|ci| ci.state_of(&sha));
            match by_run.or_else(|| self.states.get(&sha)) {
                Some(state) => drop(states.insert(sha, state)),
                None if ci.is_some_and(|ci| ci.state().is_none()) => {}
                None => asked.push(sha),
            }
        }
        let asking = asked.into_iter().take(ASKED_STATES).map(async |sha| {
            // A commit without a mark is better than no commits.
            let state = self.gitea.commit_state(self.names(), &sha).await.ok()?.state()?;
            Some((sha, state))
        });
        for (sha, state) in join_all(asking).await.into_iter().flatten() {
            if state.is_final() {
                self.states.insert(sha.clone(), state);
            }
            states.insert(sha, state);
        }
        states
    }
}

/// The moment until which work waits that nobody sees.
pub(super) fn far() -> Instant {
    Instant::now() + LONGEST
}
