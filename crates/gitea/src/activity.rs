//! What goes on in the repositories of entities: asked for when somebody looks, kept for a minute for all who look, and asked
//! for again after the server has said that something happened.
//!
//! Nothing is kept on disk, and nothing is asked for before a page shows it. Who may see an entity is decided elsewhere; here all
//! is seen with the portal's own token.

mod changes;
mod followers;
mod links;
mod readme;
mod repository;
mod slot;
mod source;
mod spot;

pub(crate) use changes::{Changed, KIND, follow};
pub(crate) use followers::{TOPIC, topic};
pub(crate) use links::Links;
pub(crate) use readme::Readme;
pub(crate) use repository::{Commits, Releases, Repo, Requests};
pub(crate) use slot::Seen;
pub(crate) use source::{Hosts, Lies, Place, Source};
pub(crate) use spot::{Head, Reference, Spot};

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use store::Store;

use crate::ownership::Owners;

use followers::Followers;

/// Repositories, and folders of them, that are kept at most.
const MOST: u64 = 500;
/// How long one is kept that nobody looks at.
const IDLE: Duration = Duration::from_mins(15);

/// What is known of repositories. Clones share it.
#[derive(Clone)]
pub(crate) struct Activity(Arc<Inner>);

struct Inner {
    hosts: Hosts,
    repositories: Cache<String, Arc<Repo>>,
    spots: Cache<Source, Arc<Spot>>,
    followers: Followers,
    owners: Owners,
}

impl Activity {
    /// Nothing is known yet.
    pub(crate) fn new(hosts: Hosts, store: &Store, owners: Owners) -> Self {
        Self(Arc::new(Inner {
            hosts,
            repositories: Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build(),
            spots: Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build(),
            followers: Followers::new(store.clone()),
            owners,
        }))
    }

    /// The servers.
    pub(crate) fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// What is known of a source; nothing where its server is none of the configuration.
    pub(crate) fn spot(&self, source: &Source) -> Option<Arc<Spot>> {
        let gitea = self.0.hosts.find(&source.host)?;
        let repo = self.0.repositories.get_with(source.repository(), || {
            Arc::new(Repo::new(gitea.clone(), &source.owner, &source.name))
        });
        let known = self.0.spots.get(source);
        // A spot of a repository that was forgotten meanwhile would not hear of changes.
        if let Some(known) = known.filter(|known| Arc::ptr_eq(known.repo(), &repo)) {
            return Some(known);
        }
        let spot = Arc::new(Spot::new(repo, source.place.clone(), self.0.owners.clone()));
        self.0.spots.insert(source.clone(), spot.clone());
        Some(spot)
    }

    /// A page shows a source: its topic is announced when something happens there.
    pub(crate) fn follow(&self, topic: String, source: &Source) {
        self.0.followers.follow(topic, source.repository());
    }

    /// Something happened in a repository, which its page names.
    fn changed(&self, page: &str) {
        if let Some(source) = self.0.hosts.source(page) {
            let repository = source.repository();
            if let Some(repo) = self.0.repositories.get(&repository) {
                repo.changed();
            }
            self.0.followers.announce(&repository);
        }
    }

    /// Anything may have happened.
    fn all_changed(&self) {
        for (_, repo) in &self.0.repositories {
            repo.changed();
        }
        self.0.followers.announce_all();
    }
}
