//! Opening the pull request, with the token of the integration, and keeping who did it.

use std::sync::Arc;

use model::{Actor, Fault, FaultKind};
use plugin::{AuditEvent, AuditLog, AuditOutcome};
use scm::gitea::{FileEdit, Gitea, NewCommit, NewPullRequest, PullRequest, Repository};
use store::{Lane, Store};

use crate::PROPOSE;

/// The branch of a proposal. Where it is left over from an earlier one, a number follows.
const BRANCH: &str = "portal/add-catalog-info";
/// Most branches that are tried.
const MAX_BRANCHES: usize = 9;

/// Opens pull requests, and keeps who did.
#[derive(Clone)]
pub(crate) struct Desk {
    store: Store,
    audit: Arc<dyn AuditLog>,
}

impl Desk {
    pub fn new(store: Store, audit: Arc<dyn AuditLog>) -> Self {
        Self { store, audit }
    }

    /// Proposes a descriptor. The pull request that is open already, where there is one.
    pub async fn open(
        &self,
        gitea: &Gitea,
        repository: &Repository,
        (path, text): (&str, &str),
        actor: &Actor,
    ) -> Result<PullRequest, Fault> {
        let opened = open(gitea, repository, path, text).await;
        let event = AuditEvent {
            actor: actor.clone(),
            action: PROPOSE.name.into(),
            subject: format!("{}:{path}", gitea.page(&repository.full_name)),
            outcome: AuditOutcome::of(&opened),
        };
        if opened.is_err() {
            self.audit.record_attempt(event).await;
            return opened;
        }
        let kept = self.keep(event).await;
        // The pull request is there whether the event can be kept or not.
        kept.map_err(|error| catalog::store_fault(&error))?;
        opened
    }

    async fn keep(&self, event: AuditEvent) -> Result<(), store::StoreError> {
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        self.audit.record(&mut tx, event).await?;
        tx.commit().await
    }
}

/// The open pull request of an earlier proposal.
pub(crate) async fn proposed(gitea: &Gitea, repository: &Repository) -> Result<Option<PullRequest>, Fault> {
    let open = gitea.open_pull_requests(repository).await?;
    let is_ours = |one: &PullRequest| {
        let rest = one.head.name.strip_prefix(BRANCH);
        let is_numbered = |rest: &str| rest.is_empty() || rest.starts_with('-');
        one.head.repo_id == repository.id && rest.is_some_and(is_numbered)
    };
    Ok(open.into_iter().find(is_ours))
}

/// Why nothing can be proposed, if that is so.
fn refuse(gitea: &Gitea, repository: &Repository) -> Result<(), Fault> {
    gitea.git_authorization()?;
    let name = &repository.full_name;
    if repository.archived {
        return Err(Fault::conflict(format!(
            "{name} is archived, so that nothing in it can be changed; take it out of the archive first"
        )));
    }
    if repository.mirror {
        return Err(Fault::conflict(format!(
            "{name} follows another repository; propose the descriptor there"
        )));
    }
    if repository.empty {
        return Err(Fault::conflict(format!(
            "{name} has no commits yet; push something to it first"
        )));
    }
    if !repository.permissions.push {
        return Err(Fault::not_allowed(format!(
            "The token's user may not write to {name}; give the user write access, and the token the scope write:repository"
        )));
    }
    Ok(())
}

async fn open(gitea: &Gitea, repository: &Repository, path: &str, text: &str) -> Result<PullRequest, Fault> {
    refuse(gitea, repository)?;
    if let Some(known) = proposed(gitea, repository).await? {
        return Ok(known);
    }
    let base = repository.default_branch.as_str();
    let (owner, name) = repository.owner_and_name();
    if gitea.file(owner, name, base, path).await?.is_some() {
        return Err(Fault::conflict(format!(
            "{} has a file {path} already; it is read with the next look through the repository",
            repository.full_name
        )));
    }
    let branch = free_branch(gitea, repository).await?;
    let title = format!("Add {path} for the developer portal");
    gitea
        .commit(
            repository,
            &NewCommit {
                base,
                branch: &branch,
                message: &title,
                edits: &[FileEdit {
                    path,
                    before: None,
                    after: Some(text.as_bytes()),
                }],
            },
        )
        .await?;
    let new = NewPullRequest {
        head: &branch,
        base,
        assignees: &[],
        title: &title,
        body: "Makes this repository known to the developer portal. Once it is merged, the portal shows it within a few minutes, \
               or at once where its webhook is set up.\n\nPlease check owner, type and lifecycle.",
    };
    match gitea.propose(repository, &new).await {
        Ok(pull) => Ok(pull),
        // Somebody was quicker.
        Err(fault) if fault.is(&FaultKind::Conflict) => proposed(gitea, repository).await?.ok_or(fault),
        Err(fault) => {
            if let Err(left) = gitea.remove_branch(repository, &branch).await {
                tracing::warn!(%left, "the branch of a proposal is left over");
            }
            Err(fault)
        }
    }
}

async fn free_branch(gitea: &Gitea, repository: &Repository) -> Result<String, Fault> {
    for number in 1..=MAX_BRANCHES {
        let branch = if number == 1 {
            BRANCH.to_owned()
        } else {
            format!("{BRANCH}-{number}")
        };
        if gitea.branch(repository, &branch).await?.is_none() {
            return Ok(branch);
        }
    }
    Err(Fault::conflict(format!(
        "{} has {MAX_BRANCHES} branches of earlier proposals; remove {BRANCH} and those with a number behind it",
        repository.full_name
    )))
}
