//! All repositories of a provider, as the server lists them, and which lists can be relied on.

use std::collections::BTreeMap;

use model::Fault;
use scm::gitea::{Gitea, Repository, RepositoryQuery};

use super::settings::ProviderSettings;

/// What the server lists.
#[derive(Default)]
pub(super) struct Listed {
    /// The repositories by their numbers.
    pub repositories: BTreeMap<i64, Repository>,
    /// Why some are missing.
    pub problems: Vec<Fault>,
    /// The lists of single owners; none where everything is one list.
    parts: Vec<Part>,
    /// The one list of everything has all its pages.
    is_complete: bool,
}

/// The list of one owner.
struct Part {
    name: String,
    id: Option<i64>,
    is_complete: bool,
}

/// What it means that a known repository is not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// A page is missing: nothing.
    Unknown,
    /// It is gone, transferred or no longer shown, or it slipped from one page to another while the pages were read.
    Likely,
    /// Its owner is not asked for any more.
    Certain,
}

impl Listed {
    /// What it means that a repository of this owner is not in the list.
    pub fn missing(&self, repository: &Repository) -> Missing {
        let of_lists = |is_complete: bool| {
            if is_complete {
                Missing::Likely
            } else {
                Missing::Unknown
            }
        };
        if self.parts.is_empty() {
            return of_lists(self.is_complete);
        }
        let owner = &repository.owner;
        let part = self
            .parts
            .iter()
            .find(|part| part.id == Some(owner.id) || part.name.eq_ignore_ascii_case(&owner.login));
        part.map_or(Missing::Certain, |part| of_lists(part.is_complete))
    }

    /// Whether a repository is in the scope of the lists.
    pub fn includes(&self, repository: &Repository) -> bool {
        let owner = &repository.owner;
        let is_of = |part: &Part| part.id == Some(owner.id) || part.name.eq_ignore_ascii_case(&owner.login);
        self.parts.is_empty() || self.parts.iter().any(is_of)
    }

    fn take(&mut self, list: Result<scm::gitea::Listing<Repository>, Fault>) -> bool {
        match list {
            Ok(list) => {
                let is_complete = list.is_complete();
                self.problems.extend(list.failed);
                let items = list.items.into_iter();
                self.repositories.extend(items.map(|one| (one.id, one)));
                is_complete
            }
            Err(fault) => {
                self.problems.push(fault);
                false
            }
        }
    }
}

/// Lists the repositories of a provider. Fails where nothing can be listed at all.
pub(super) async fn list(gitea: &Gitea, settings: &ProviderSettings) -> Result<Listed, Fault> {
    let mut listed = Listed::default();
    if settings.owners.is_empty() {
        let all = gitea.repositories(&RepositoryQuery::default()).await?;
        listed.is_complete = listed.take(Ok(all));
        return Ok(listed);
    }
    for name in &settings.owners {
        let part = list_of(gitea, name, &mut listed).await;
        listed.parts.push(part);
    }
    if listed.repositories.is_empty()
        && listed.parts.iter().all(|part| !part.is_complete)
        && let Some(fault) = listed.problems.pop()
    {
        return Err(fault);
    }
    Ok(listed)
}

async fn list_of(gitea: &Gitea, name: &str, listed: &mut Listed) -> Part {
    let mut part = Part {
        name: name.to_owned(),
        id: None,
        is_complete: false,
    };
    match gitea.owner(name).await {
        Ok(Some(owner)) => {
            part.id = Some(owner.id);
            let query = RepositoryQuery {
                owner: Some(owner.id),
                ..RepositoryQuery::default()
            };
            part.is_complete = listed.take(gitea.repositories(&query).await);
        }
        // Its repositories are asked for one by one before they are given up.
        Ok(None) => {
            part.is_complete = true;
            listed.problems.push(Fault::not_found(format!(
                "{} has no organisation or user {name} that the token sees; correct the name in \
                 catalog.providers.gitea, or give the token's user access",
                gitea.name()
            )));
        }
        Err(fault) => listed.problems.push(fault),
    }
    part
}
