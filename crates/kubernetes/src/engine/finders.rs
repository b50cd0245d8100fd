//! Clusters that come and go while the portal runs: entities of the catalog, and contexts of kubeconfig files.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{Cluster, Kubernetes};
use crate::settings::ClusterSettings;

/// Where clusters are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finder {
    /// Contexts of kubeconfig files.
    Files,
    /// Entities of the catalog.
    Catalog,
}

/// What was found last, and what was said of it.
#[derive(Default)]
pub(super) struct FoundClusters(Mutex<Found>);

#[derive(Default)]
struct Found {
    in_files: Vec<ClusterSettings>,
    in_catalog: Vec<ClusterSettings>,
    /// Names of which it was told that two clusters have them.
    told: HashSet<String>,
}

impl FoundClusters {
    /// The clusters whose name none before them has. Each name that two have is told once.
    pub fn unique(&self, taken: &[Arc<Cluster>], all: Vec<ClusterSettings>) -> Vec<ClusterSettings> {
        self.0.lock().unique(taken, all)
    }

    /// What is found by all finders now that one found these; files go before the catalog.
    fn now(
        &self,
        finder: Finder,
        found: Vec<ClusterSettings>,
        configured: &[Arc<Cluster>],
    ) -> Vec<ClusterSettings> {
        let mut known = self.0.lock();
        match finder {
            Finder::Files => known.in_files = found,
            Finder::Catalog => known.in_catalog = found,
        }
        let all = [known.in_files.as_slice(), known.in_catalog.as_slice()].concat();
        known.unique(configured, all)
    }
}

impl Found {
    fn unique(&mut self, taken: &[Arc<Cluster>], all: Vec<ClusterSettings>) -> Vec<ClusterSettings> {
        let mut names: HashSet<String> = taken.iter().map(|one| one.name().to_owned()).collect();
        let (first, doubled): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|one| names.insert(one.name.clone()));
        for one in doubled {
            if self.told.insert(one.name.clone()) {
                tracing::warn!(
                    "two clusters are named {}: the one that clusterLocatorMethods names first is shown, the other is not; give each a name of its own",
                    one.name
                );
            }
        }
        first
    }
}

impl Kubernetes {
    /// Takes the clusters of a finder, in place of those that it had before. Watches of a cluster that is gone, or described
    /// otherwise, end. A name that the configuration has stays with the configuration.
    pub(crate) fn replace_found(&self, finder: Finder, found: Vec<ClusterSettings>) {
        let mut clusters = self.inner.clusters.write();
        let (configured, before) = clusters.split_at(self.inner.configured);
        let now: Vec<Arc<Cluster>> = self
            .inner
            .found
            .now(finder, found, configured)
            .into_iter()
            .map(|new| {
                let same = before.iter().find(|known| known.settings.is_same(&new));
                let fresh = || Cluster::new(new.clone(), &self.inner.outside, self.inner.stop.child_token());
                same.cloned().unwrap_or_else(|| Arc::new(fresh()))
            })
            .collect();
        let is_gone = |known: &&Arc<Cluster>| !now.iter().any(|one| Arc::ptr_eq(one, known));
        before.iter().filter(is_gone).for_each(|gone| gone.leave());
        *clusters = configured.iter().cloned().chain(now).collect();
        drop(clusters);
        self.touched().watches_changed();
    }
}
