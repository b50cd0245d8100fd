//! What is known of a repository.

use jiff::{SignedDuration, Timestamp};
use scm::gitea::Repository;
use serde::{Deserialize, Serialize};

use super::filters::LeftOut;
use super::settings::ProviderSettings;

/// After this time a repository is looked through again, whatever its list says: not every change moves its date.
const CHECKED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// A repository that was changed so shortly before it was looked through may have been changed again within the same second.
const UNSETTLED: SignedDuration = SignedDuration::from_secs(5);

/// A repository as a provider knows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    /// What the server says of it.
    pub repository: Repository,
    /// Its descriptors.
    pub descriptors: Vec<Descriptor>,
    /// Why it is left out.
    pub left_out: Option<LeftOut>,
    /// When it was looked through, and what it was then.
    pub checked: Option<Checked>,
    /// When it was listed for the first time.
    pub first_seen: Timestamp,
    /// When it was listed last.
    pub last_seen: Timestamp,
    /// Why it could not be looked through.
    pub problem: Option<String>,
}

/// A descriptor in a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Descriptor {
    /// The branch.
    pub branch: String,
    /// The path.
    pub path: String,
    /// The name of its location in the catalog. It stays when the repository is renamed, so that its entities stay the same.
    pub name: String,
}

/// A look through a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checked {
    /// When.
    pub at: Timestamp,
    /// What was looked through, and what for.
    pub state: String,
}

impl Known {
    /// A repository that was listed for the first time.
    pub fn new(repository: Repository, now: Timestamp) -> Self {
        Self {
            repository,
            descriptors: Vec::new(),
            left_out: None,
            checked: None,
            first_seen: now,
            last_seen: now,
            problem: None,
        }
    }

    /// Takes note of what the server says now.
    pub fn listed(&mut self, repository: Repository, settings: &ProviderSettings, now: Timestamp) {
        self.left_out = settings.filters.leave_out(&repository);
        self.last_seen = now;
        if self.left_out.is_some() || repository.empty {
            self.descriptors.clear();
            self.checked = None;
            self.problem = None;
        }
        self.repository = repository;
    }

    /// Whether it has to be looked through.
    pub fn is_due(&self, settings: &ProviderSettings, now: Timestamp) -> bool {
        if self.left_out.is_some() || self.repository.empty {
            return false;
        }
        let Some(checked) = &self.checked else { return true };
        let changed = self.repository.updated_at.parse::<Timestamp>();
        let is_settled = changed.is_ok_and(|changed| checked.at.duration_since(changed) > UNSETTLED);
        checked.state != state(&self.repository, settings)
            || !is_settled
            || now.duration_since(checked.at) > CHECKED_FOR
    }

    /// Takes note of the descriptors that were found. `name` makes the names of locations.
    pub fn looked_through(
        &mut self,
        found: Vec<(String, String)>,
        settings: &ProviderSettings,
        now: Timestamp,
        mut name: impl FnMut(&Repository, &str, &str) -> String,
    ) {
        let before = std::mem::take(&mut self.descriptors);
        let descriptors = found.into_iter().map(|(branch, path)| {
            let kept = before.iter().find(|one| one.path == path);
            let name = kept.map_or_else(|| name(&self.repository, &branch, &path), |one| one.name.clone());
            Descriptor { branch, path, name }
        });
        self.descriptors = descriptors.collect();
        self.problem = None;
        self.checked = Some(Checked {
            at: now,
            state: state(&self.repository, settings),
        });
    }
}

/// What a look depends on.
fn state(repository: &Repository, settings: &ProviderSettings) -> String {
    format!(
        "{} {} {} {}",
        repository.default_branch,
        repository.updated_at,
        settings.branch.as_deref().unwrap_or_default(),
        settings.path.text()
    )
}
