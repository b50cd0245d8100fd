//! Proposes an update: a commit on a new branch, and a request to merge it where the host of the project has such requests.

use std::fmt::Write;

use model::{Actor, Fault};
use plugin::{AuditEvent, AuditOutcome};
use scm::git::{CommitFile, CommitText, FileChanges, Objects, push, remove};
use store::Lane;

use super::desk::{Desk, Update};
use super::hosted::{Hosted, Request};
use super::merge::{FileChange, Outcome};
use super::record;
use super::tables::{self, Project, Proposal};

/// Branches of proposals begin with this; the newer template's commit follows.
const BRANCH: &str = "portal/template-";
/// Most branches that are tried.
const MAX_BRANCHES: usize = 9;
/// Letters of a commit in names.
const SHORT: usize = 10;
/// Most files that a pull request's text lists.
const MOST_LISTED: usize = 200;

/// An update that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposed {
    /// The page of the pull request, or of the branch where the host has no requests.
    pub page: String,
    /// The branch.
    pub branch: String,
    /// There is a pull request.
    pub has_request: bool,
}

impl Proposed {
    /// What the table keeps of it.
    fn noted(&self) -> Proposal {
        Proposal {
            page: self.page.clone(),
            branch: (!self.has_request).then(|| self.branch.clone()),
        }
    }
}

impl Desk {
    /// Pushes a branch with an update and opens a pull request for it. One that is open for the same commit is given again, and so is a
    /// branch with the same files where the host has no requests.
    pub(crate) async fn propose(
        &self,
        project: &Project,
        update: &Update,
        actor: &Actor,
    ) -> Result<Proposed, Fault> {
        let opened = self.open(project, update).await;
        let event = event("scaffolder.update.propose", project, actor, &opened);
        let proposed = match opened {
            Ok(proposed) => proposed,
            Err(fault) => {
                self.audit.record_attempt(event).await;
                return Err(fault);
            }
        };
        self.note(project, update, Some(&proposed.noted()), event).await?;
        Ok(proposed)
    }

    /// Notes that somebody puts an update into the repository by hand, so that its record is believed afterwards.
    pub(crate) async fn hand_out(
        &self,
        project: &Project,
        update: &Update,
        actor: &Actor,
    ) -> Result<(), Fault> {
        let event = event("scaffolder.update.hand-out", project, actor, &Ok(()));
        self.note(project, update, None, event).await
    }

    async fn note(
        &self,
        project: &Project,
        update: &Update,
        proposal: Option<&Proposal>,
        event: AuditEvent,
    ) -> Result<(), Fault> {
        let noted = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            tables::admit(&mut tx, project, &update.next.commit).await?;
            if let Some(proposal) = proposal {
                tables::note_proposal(&mut tx, project, proposal).await?;
            }
            self.audit.record(&mut tx, event).await?;
            tx.commit().await
        };
        noted.await.map_err(crate::tasks::fault)
    }

    async fn open(&self, project: &Project, update: &Update) -> Result<Proposed, Fault> {
        let hosted = Hosted::of(self, &project.repository).await?;
        hosted.check_archived()?;
        let remote = hosted.remote()?;
        let wanted = format!("{BRANCH}{}", short(&update.next.commit));
        let branches = hosted.branches().await?;
        let names: Vec<String> = (1..=MAX_BRANCHES)
            .map(|number| numbered(&wanted, number))
            .collect();
        let (known, free): (Vec<&str>, Vec<&str>) = names
            .iter()
            .map(String::as_str)
            .partition(|name| branches.heads.contains_key(*name));
        let has_request = hosted.has_requests();
        let title = title(update);
        let objects = self.commit(update, &title).await?;
        if let Some((page, branch)) = hosted.open_request(&branches, &known, &objects).await? {
            return Ok(Proposed {
                page,
                branch,
                has_request,
            });
        }
        // That of an earlier proposal may have commits of the team by now, and stays.
        let branch = free.first().ok_or_else(|| {
            Fault::conflict(format!(
                "{} has {MAX_BRANCHES} branches of earlier proposals; remove {wanted} and those with a number behind it",
                remote.repository
            ))
        })?;
        push(&remote, branch, None, &objects).await?;
        let request = Request {
            branch,
            onto: &update.ground.branch,
            title: &title,
            body: &body(update),
            is_draft: update.changes.iter().any(is_undecided),
        };
        match hosted.open(&request).await {
            Ok(page) => Ok(Proposed {
                page,
                branch: (*branch).to_owned(),
                has_request,
            }),
            Err(fault) => {
                if let Err(left) = remove(&remote, branch, &objects.commit()).await {
                    tracing::warn!(%left, "the branch of a proposal is left over");
                }
                Err(fault)
            }
        }
    }

    /// The commit of an update, on top of the one that was read.
    async fn commit(&self, update: &Update, title: &str) -> Result<Objects, Fault> {
        let mut changes = FileChanges::default();
        for change in update.changes.iter().filter(|change| change.changes()) {
            match &change.after {
                Some(file) => changes.written.push(CommitFile {
                    path: change.path.clone(),
                    bytes: file.bytes.to_vec(),
                    is_executable: file.is_executable,
                }),
                None => changes.removed.push(change.path.clone()),
            }
        }
        changes.written.push(CommitFile {
            path: record::PATH.to_owned(),
            bytes: update.next.text().into_bytes(),
            is_executable: false,
        });
        let text = CommitText {
            author: self.author.clone(),
            time: jiff::Timestamp::now().as_second(),
            message: title.to_owned(),
        };
        let base = update.ground.base.clone();
        let made = tokio::task::spawn_blocking(move || Objects::on_top_of(&base, changes, &text)).await;
        made.unwrap_or_else(|error| Err(Fault::error(format!("the work broke off: {error}"))))
    }
}

fn event<T>(action: &'static str, project: &Project, actor: &Actor, done: &Result<T, Fault>) -> AuditEvent {
    AuditEvent {
        actor: actor.clone(),
        action: action.into(),
        subject: project.repository.clone(),
        outcome: AuditOutcome::of(done),
    }
}

fn numbered(branch: &str, number: usize) -> String {
    if number == 1 {
        return branch.to_owned();
    }
    format!("{branch}-{number}")
}

pub(crate) fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

fn title(update: &Update) -> String {
    format!("Update to the newest template \"{}\"", update.template.title)
}

fn is_undecided(change: &FileChange) -> bool {
    change.outcome == Outcome::Conflict
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
