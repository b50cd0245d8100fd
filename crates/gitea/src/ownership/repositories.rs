//! Which repositories are known: those that a provider found, and those in which descriptors of the catalog lie.

use std::collections::BTreeMap;

use catalog::Sight;
use model::Fault;
use scm::gitea::Repository;

use super::Owners;
use super::described::described;
use crate::discovery;

/// Most repositories that are gone through.
const MOST: usize = 20_000;

/// Owners are looked for in all repositories, whoever will see them.
static ALL: Sight = Sight::system("owners of all repositories are read once for everybody");

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KnownRepository {
    /// Its host.
    pub host: String,
    /// Owner and name.
    pub full_name: String,
    /// What the server's list says of it, where it was listed.
    pub listed: Option<Repository>,
}

impl KnownRepository {
    /// The key by which repositories are told apart: case makes no difference.
    pub fn key(&self) -> (String, String) {
        key(&self.host, &self.full_name)
    }
}

/// The key of a repository of this name.
pub(crate) fn key(host: &str, full_name: &str) -> (String, String) {
    (host.to_owned(), full_name.to_lowercase())
}

impl Owners {
    /// All repositories that are known. Archived ones and others that a provider leaves out are not among those that it found.
    pub(crate) async fn repositories(&self) -> Result<Vec<KnownRepository>, Fault> {
        let mut found = BTreeMap::new();
        for (provider, host) in self.providers.iter() {
            for repository in self.found_by(provider).await? {
                let known = KnownRepository {
                    host: host.clone(),
                    full_name: repository.full_name.clone(),
                    listed: Some(repository),
                };
                found.insert(known.key(), known);
            }
        }
        for place in described(&self.catalog.seen_by(&ALL), &self.hosts) {
            let known = KnownRepository {
                host: place.host,
                full_name: place.full_name,
                listed: None,
            };
            found.entry(known.key()).or_insert(known);
        }
        Ok(found.into_values().take(MOST).collect())
    }

    /// The repositories that a provider found and does not leave out.
    async fn found_by(&self, provider: &str) -> Result<Vec<Repository>, Fault> {
        let known = async { discovery::tables::known(&mut self.store.read().await?, provider).await };
        let known = known.await.map_err(|error| catalog::store_fault(&error))?;
        let known = known.into_values().filter(|known| known.left_out.is_none());
        Ok(known.map(|known| known.repository).collect())
    }
}
