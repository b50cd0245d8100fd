//! Proposes an update as a pull request of Gitea.

use std::fmt::Write;

use model::{Actor, Fault};
use plugin::{AuditEvent, AuditOutcome};
use scm::gitea::{FileEdit, Gitea, NewCommit, NewPullRequest, PullRequest, Repository};
use store::Lane;
use url::Url;

use super::desk::{Desk, Update};
use super::record;
use super::tables::{self, Project};

/// Branches of proposals begin with this; the newer template's commit follows.
const BRANCH: &str = "portal/template-";
/// Most branches that are tried.
const MAX_BRANCHES: usize = 9;
/// Letters of a commit in names.
const SHORT: usize = 10;
/// Most files that a pull request's text lists.
const MOST_LISTED: usize = 200;

impl Desk {
    /// Opens a pull request with an update; the page of it. One that is open for the same commit is given again.
    pub(crate) async fn propose(
        &self,
        project: &Project,
        update: &Update,
        actor: &Actor,
    ) -> Result<String, Fault> {
        let opened = self.open(project, update).await;
        let event = AuditEvent {
            actor: actor.clone(),
            action: "scaffolder.update.propose".into(),
            subject: project.repository.clone(),
            outcome: AuditOutcome::of(&opened),
        };
        let page = match opened {
            Ok(page) => page,
            Err(fault) => {
                self.audit.record_attempt(event).await;
                return Err(fault);
            }
        };
        let kept = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            let commits = [&project.commits[..], std::slice::from_ref(&update.next.commit)].concat();
            tables::note_proposal(&mut tx, project.id, &page, &commits).await?;
            self.audit.record(&mut tx, event).await?;
            tx.commit().await
        };
        kept.await.map_err(crate::tasks::fault)?;
        Ok(page)
    }

    async fn open(&self, project: &Project, update: &Update) -> Result<String, Fault> {
        let (gitea, repository) = self.repository(project).await?;
        let branch = format!("{BRANCH}{}", short(&update.next.commit));
        let open = gitea.open_pull_requests(&repository).await?;
        let is_ours =
            |one: &&PullRequest| one.head.repo_id == repository.id && one.head.name.starts_with(&branch);
        if let Some(known) = open.iter().find(is_ours) {
            return Ok(gitea.pull_request_page(&repository, known.number));
        }
        let title = title(update);
        let text = update.next.text();
        let changed = update.changes.iter().filter(|change| change.changes());
        let mut edits: Vec<FileEdit<'_>> = changed
            .map(|change| FileEdit {
                path: &change.path,
                before: change.before.as_deref(),
                after: change.after.as_deref(),
            })
            .collect();
        edits.push(FileEdit {
            path: record::PATH,
            before: Some(&update.record_text),
            after: Some(text.as_bytes()),
        });
        let base = repository.default_branch.as_str();
        let branch = free_branch(&gitea, &repository, &branch).await?;
        let commit = NewCommit {
            base,
            branch: &branch,
            message: &title,
            edits: &edits,
        };
        gitea.commit(&repository, &commit).await?;
        let (title, body) = (marked(update, &title), body(update));
        let new = NewPullRequest {
            head: &branch,
            base,
            title: &title,
            body: &body,
            assignees: &[],
        };
        match gitea.propose(&repository, &new).await {
            Ok(pull) => Ok(gitea.pull_request_page(&repository, pull.number)),
            Err(fault) => {
                if let Err(left) = gitea.remove_branch(&repository, &branch).await {
                    tracing::warn!(%left, "the branch of a proposal is left over");
                }
                Err(fault)
            }
        }
    }

    async fn repository(&self, project: &Project) -> Result<(Gitea, Repository), Fault> {
        let address = &project.repository;
        let url = Url::parse(address).map_err(|_| Fault::type_error("Invalid URL"))?;
        let integration = self.reader.integrations().by_url(&url);
        let integration = integration.filter(|integration| integration.kind() == "gitea");
        let integration = integration.ok_or_else(|| {
            Fault::input(format!(
                "{address} is at no Gitea with an integration; updates are proposed as pull requests of Gitea alone. They are \
                 shown here and by `backstage template update`, to be taken over by hand"
            ))
        })?;
        let gitea = Gitea::of(&self.integrations, &self.calls, &integration.host)?;
        let missing = || Fault::not_found(format!("{address} names no repository that is there"));
        let (owner, name) = gitea.repository_in(address).ok_or_else(missing)?;
        let repository = gitea.repository(&owner, &name).await?.ok_or_else(missing)?;
        if repository.archived {
            let name = &repository.full_name;
            return Err(Fault::conflict(format!(
                "{name} is archived, so that nothing in it can be changed; take it out of the archive first"
            )));
        }
        Ok((gitea, repository))
    }
}

/// A branch that is not there yet. That of an earlier proposal may have commits of the team by now, and stays.
async fn free_branch(gitea: &Gitea, repository: &Repository, wanted: &str) -> Result<String, Fault> {
    for number in 1..=MAX_BRANCHES {
        let branch = if number == 1 {
            wanted.to_owned()
        } else {
            format!("{wanted}-{number}")
        };
        if gitea.branch(repository, &branch).await?.is_none() {
            return Ok(branch);
        }
    }
    Err(Fault::conflict(format!(
        "{} has {MAX_BRANCHES} branches of earlier proposals; remove {wanted} and those with a number behind it",
        repository.full_name
    )))
}

pub(crate) fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

fn title(update: &Update) -> String {
    format!("Update to the newest template \"{}\"", update.template.title)
}

/// The title, with the mark of a draft where a person has to decide something first.
fn marked(update: &Update, title: &str) -> String {
    let undecided = update
        .changes
        .iter()
        .any(|change| change.outcome == super::merge::Outcome::Conflict);
    if undecided {
        format!("WIP: {title}")
    } else {
        title.to_owned()
    }
}

fn body(update: &Update) -> String {
    let (record, next) = (&update.record, &update.next);
    let mut text = format!(
        "This repository was made from the software template `{}`, which has changed since.\n\n\
         - Template: {}\n- From commit `{}` to `{}`\n",
        record.template,
        record.source,
        short(&record.commit),
        short(&next.commit)
    );
    for (needs_a_look, heading) in [(true, "Please look at these"), (false, "Changed")] {
        let group = update.changes.iter();
        let group: Vec<_> = group
            .filter(|change| change.outcome.needs_a_look() == needs_a_look)
            .collect();
        if group.is_empty() {
            continue;
        }
        let _ = write!(text, "\n### {heading}\n\n");
        for change in group.iter().take(MOST_LISTED) {
            let _ = writeln!(text, "- `{}`: {}", change.path, change.outcome.meaning());
        }
        if group.len() > MOST_LISTED {
            let _ = writeln!(text, "- and {} more", group.len() - MOST_LISTED);
        }
    }
    text
}
