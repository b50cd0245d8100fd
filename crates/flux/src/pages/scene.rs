//! What the tab shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kubernetes::health::events::EventLine;
use scm::Commit;

use crate::engine::{Deliveries, Delivery, Link};

/// What is known of a commit; an error says why nothing is.
pub(crate) type Told = Result<Option<Commit>, String>;

/// What the tab shows.
pub(crate) struct Scene {
    pub found: Deliveries,
    /// By repository and commit.
    pub commits: BTreeMap<(String, String), Told>,
    pub events: Vec<EventLine>,
    pub now: Timestamp,
}

impl Scene {
    /// What applies the workloads; where nothing does, what carries the label.
    pub fn main(&self) -> Vec<&Delivery> {
        let of = |link| self.found.all.iter().filter(move |one| one.link == link);
        let applying: Vec<&Delivery> = of(Link::Applies).collect();
        if applying.is_empty() {
            of(Link::Labelled).collect()
        } else {
            applying
        }
    }

    pub fn commit(&self, repository: &str, sha: &str) -> Option<&Told> {
        self.commits.get(&(repository.to_owned(), sha.to_owned()))
    }
}

/// Repositories and commits that a page wants to know about.
pub(crate) fn wanted(found: &Deliveries) -> Vec<(String, String)> {
    let of = |one: &Delivery| {
        let repository = one.repository().unwrap_or_default().to_owned();
        let revisions = [&one.applied, &one.newest];
        let commits: Vec<String> = revisions
            .into_iter()
            .flatten()
            .filter_map(|one| one.commit.clone())
            .collect();
        commits.into_iter().map(move |sha| (repository.clone(), sha))
    };
    let mut all: Vec<(String, String)> = found
        .all
        .iter()
        .flat_map(of)
        .filter(|(repository, _)| !repository.is_empty())
        .collect();
    all.sort();
    all.dedup();
    all
}
