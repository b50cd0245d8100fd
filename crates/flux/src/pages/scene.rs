//! What the tab shows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kubernetes::engine::Object;
use kubernetes::health::events::EventLine;
use maud::Markup;
use model::EntityRef;
use scm::{Commit, Comparison};

use super::actions::links;
use super::dependencies::Drawing;
use crate::actions::Allowed;
use crate::engine::dependencies::Dependencies;
use crate::engine::failures::Failed;
use crate::engine::inventory::Inventory;
use crate::engine::{Deliveries, Delivery, Link, Pair, Pushed, Revision, Sync, rollouts};

/// What is known of a commit; an error says why nothing is.
pub(crate) type Told = Result<Option<Commit>, String>;

/// Pairs of commits that are compared.
const MOST_COMPARED: usize = 10;
/// Commits of the deploy log of one applier whose messages are asked for.
const MOST_BEFORE: usize = 5;

/// What the tab shows.
pub(crate) struct Scene {
    pub reference: EntityRef,
    /// What people may have Flux do.
    pub allowed: Allowed,
    pub found: Deliveries,
    /// By repository and commit.
    pub commits: BTreeMap<(String, String), Told>,
    /// What the newest commits have beyond those that run, as far as it is known.
    pub compared: BTreeMap<Pair, Comparison>,
    pub events: Vec<EventLine>,
    /// What failed lately, as objects and events say.
    pub failed: Vec<Failed>,
    /// What Flux told by its webhook.
    pub pushed: Vec<Pushed>,
    /// Changes of the entity's descriptor.
    pub changes: Vec<Change>,
    /// What the main appliers applied.
    pub applied: Vec<Applied>,
    pub dependencies: Dependencies,
    /// The dependencies as a picture, where there is something to see.
    pub drawing: Option<Drawing>,
    pub now: Timestamp,
}

/// A change of the entity's descriptor.
pub(crate) struct Change {
    pub at: Timestamp,
    /// Number of the version that it made.
    pub seq: i64,
    /// What happened, in one word.
    pub kind: &'static str,
}

/// What an applier applied.
pub(crate) struct Applied {
    /// The cluster's name for people.
    pub title: String,
    /// Namespace of the applier.
    pub namespace: String,
    /// Name of the applier.
    pub name: String,
    pub inventory: Inventory,
}

impl Scene {
    /// What applies the workloads; where nothing does, what carries the label.
    pub fn main(&self) -> Vec<&Delivery> {
        main(&self.found)
    }

    /// What people may have Flux do with an object of a cluster.
    pub fn links(&self, cluster: &str, object: &Object) -> Markup {
        links(&self.allowed, Some(&self.reference), cluster, object)
    }

    pub fn commit(&self, repository: &str, sha: &str) -> Option<&Told> {
        self.commits.get(&(repository.to_owned(), sha.to_owned()))
    }
}

/// What applies the workloads; where nothing does, what carries the label.
pub(crate) fn main(found: &Deliveries) -> Vec<&Delivery> {
    let of = |link| found.all.iter().filter(move |one| one.link == link);
    let applying: Vec<&Delivery> = of(Link::Applies).collect();
    if applying.is_empty() {
        of(Link::Labelled).collect()
    } else {
        applying
    }
}

/// Repositories and commits that a page wants to know about.
pub(crate) fn wanted(found: &Deliveries) -> Vec<(String, String)> {
    let of = |one: &Delivery| {
        let repository = one.repository().unwrap_or_default().to_owned();
        let now = [one.revisions.running().cloned(), one.revisions.coming().cloned()];
        let before = rollouts::of(&one.applier).into_iter().take(MOST_BEFORE);
        let before = before.map(|rollout| rollout.revision);
        let commits: Vec<String> = now
            .into_iter()
            .chain(before)
            .flatten()
            .filter_map(|one| one.commit)
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

/// The repository, the commit that runs and the newest one, where these are two.
pub(crate) fn pair(one: &Delivery) -> Option<Pair> {
    let sha = |revision: Option<&Revision>| revision?.commit.clone();
    let (running, coming) = (sha(one.revisions.running())?, sha(one.revisions.coming())?);
    (one.sync() == Sync::Behind && running != coming).then_some((
        one.repository()?.to_owned(),
        running,
        coming,
    ))
}

/// The commits that a page wants to have compared.
pub(crate) fn to_compare(found: &Deliveries) -> BTreeSet<Pair> {
    found.all.iter().filter_map(pair).take(MOST_COMPARED).collect()
}
