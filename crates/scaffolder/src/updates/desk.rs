//! Works out what a newer template changes in a project.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use config::IntegrationsSection;
use model::{Actor, Fault, FaultKind};
use outside::OutsideCalls;
use plugin::AuditLog;
use scm::UrlReader;
use scm::git::{Author, Branches};
use serde_json::Value;
use store::Store;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::hosted::{Ground, Hosted, Tip};
use super::merge::{FileChange, Folder, Outcome, merge};
use super::record::{self, Record};
use super::rendering::{self, render, template_at};
use super::tables::{self, Project, Standing};
use crate::conditions::Authors;
use crate::dry_run::DryRunner;
use crate::template::Template;
use crate::validation::{self, Violation};

/// Most repositories that are held in memory at the same time, each with all its files.
const MOST_AT_ONCE: usize = 3;
/// Longest wait for one of these places.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Works out updates and proposes them. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) reader: UrlReader,
    pub(crate) dry_runs: DryRunner,
    pub(crate) integrations: IntegrationsSection,
    pub(crate) calls: OutsideCalls,
    /// Who makes the commits of updates.
    pub(crate) author: Author,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) stop: CancellationToken,
    /// Places for those who hold the files of a repository.
    pub(crate) turns: Arc<Semaphore>,
}

/// What a repository says about its beginning, as far as the portal has written it there.
pub(crate) struct Recorded {
    /// The commit of the template.
    pub commit: String,
    /// Where the template is.
    pub source: String,
    /// The commit of the repository that says so; nothing where the record is in another branch than the default one.
    pub head: Option<String>,
}

/// What a newer template changes in a project.
#[derive(Debug)]
pub(crate) struct Update {
    /// The record that the repository has.
    pub record: Record,
    /// The record that it gets.
    pub next: Record,
    /// The branch that the update goes into.
    pub ground: Ground,
    /// The newer template.
    pub template: Template,
    /// Values that do not fit the newer template; nothing is worked out while there are any.
    pub wrong: Vec<Violation>,
    /// The files that become others, or would.
    pub changes: Vec<FileChange>,
}

impl Update {
    /// The repository was made from the newest commit, and nothing is missing.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.record.commit == self.next.commit
    }
}

impl Desk {
    /// The projects of these authors, the newest first.
    pub(crate) async fn list(&self, authors: &Authors) -> Result<Vec<Project>, Fault> {
        let mut session = self.store.read().await.map_err(crate::tasks::fault)?;
        let projects = tables::list(&mut session, authors).await;
        projects.map_err(crate::tasks::fault)
    }

    /// A project, if there is one.
    pub(crate) async fn show(&self, id: Uuid) -> Result<Option<Project>, Fault> {
        let mut session = self.store.read().await.map_err(crate::tasks::fault)?;
        tables::show(&mut session, id).await.map_err(crate::tasks::fault)
    }

    /// The places of a new desk.
    pub(crate) fn turns() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(MOST_AT_ONCE))
    }

    /// A place among those who hold the files of a repository.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, Fault> {
        let waiting = self.turns.clone().acquire_owned();
        let busy = || {
            Fault::new(
                FaultKind::Unavailable,
                format!(
                    "{MOST_AT_ONCE} other updates are being worked out at the moment; try again in a minute"
                ),
            )
        };
        let turn = tokio::time::timeout(LONGEST_WAIT, waiting).await;
        turn.map_err(|_| busy())?.map_err(|_| busy())
    }

    /// What a project's repository says about its beginning. It is not read again while it has not moved since the last look.
    pub(crate) async fn recorded(&self, project: &Project) -> Result<Recorded, Fault> {
        let hosted = Hosted::of(self, &project.repository).await?;
        let branches = hosted.branches().await?;
        let tip = hosted.tip(&branches, None)?;
        if let Some(commit) = known_at(project, &tip)
            && project.commits.iter().any(|ours| ours == commit)
        {
            return Ok(Recorded {
                commit: commit.to_owned(),
                source: rendering::source_of(&self.catalog, &project.template).await?,
                head: Some(tip.commit.to_owned()),
            });
        }
        let mut record = self.record_at(&hosted, &branches, &tip).await?;
        let mut head = Some(tip.commit.to_owned());
        if let Some(named) = other_branch(&record, &tip) {
            let tip = hosted.tip(&branches, Some(&named))?;
            record = self.record_at(&hosted, &branches, &tip).await?;
            head = None;
        }
        Ok(Recorded {
            source: self.trusted(project, &record).await?,
            commit: record.commit,
            head,
        })
    }

    async fn record_at(&self, hosted: &Hosted, branches: &Branches, tip: &Tip<'_>) -> Result<Record, Fault> {
        let place = hosted.place(tip, record::PATH);
        let read = hosted.file(self, branches, tip, record::PATH).await;
        Record::read(&read.map_err(|fault| missing(&place, fault))?, &place)
    }

    /// Where the template of a record is, which must be one that the portal has written.
    async fn trusted(&self, project: &Project, record: &Record) -> Result<String, Fault> {
        let source = rendering::source_of(&self.catalog, &project.template).await?;
        let is_ours = record.template == project.template && project.commits.contains(&record.commit);
        if is_ours {
            return Ok(source);
        }
        Err(Fault::input(format!(
            "The record of {} names {} at commit {}, which the portal has not written there; put back what it said before",
            project.repository, record.template, record.commit
        )))
    }

    /// The branch that updates go into, with its files and the record in it.
    async fn ground(&self, project: &Project) -> Result<(Record, Ground, Folder), Fault> {
        let hosted = Hosted::of(self, &project.repository).await?;
        hosted.check_archived()?;
        let branches = hosted.branches().await?;
        let tip = hosted.tip(&branches, None)?;
        let (ground, files) = hosted.read(&branches, &tip).await?;
        let record = record_in(&hosted, &tip, &files)?;
        let Some(named) = other_branch(&record, &tip) else {
            return Ok((record, ground, files));
        };
        drop(files);
        let tip = hosted.tip(&branches, Some(&named))?;
        let (ground, files) = hosted.read(&branches, &tip).await?;
        Ok((record_in(&hosted, &tip, &files)?, ground, files))
    }

    /// What the newest template changes in a project. `more` are values of fields that the newest template has and the record
    /// has not.
    pub(crate) async fn work_out(
        &self,
        project: &Project,
        more: &Value,
        actor: &Actor,
    ) -> Result<Update, Fault> {
        let _turn = self.turn().await?;
        let (record, ground, files) = self.ground(project).await?;
        let source = self.trusted(project, &record).await?;
        let newest = template_at(&self.reader, &source, &record, None).await?;
        let values = rendering::values(&newest.template, &record, more);
        let wrong = validation::check(&newest.template, &values, &BTreeMap::new());
        let next = Record {
            commit: newest.pinned.commit.clone(),
            parameters: values.clone(),
            hidden: Vec::new(),
            source: source.clone(),
            ..record.clone()
        };
        let next = next.hide(&newest.template, &BTreeMap::new());
        let mut changes = Vec::new();
        if wrong.is_empty() {
            let user = rendering::person(&self.catalog, project.created_by.as_deref()).await?;
            let first = template_at(&self.reader, &source, &record, Some(&record.commit)).await?;
            let parts = (&self.dry_runs, user.clone());
            let old = render(parts, &first, &record, &record.parameters, actor, &self.stop).await?;
            let new = render(
                (&self.dry_runs, user),
                &newest,
                &record,
                &values,
                actor,
                &self.stop,
            )
            .await?;
            changes = merge(&old, &new, &files);
            for change in &mut changes {
                keep_other(change, &ground);
            }
        }
        Ok(Update {
            record,
            next,
            ground,
            template: newest.template,
            wrong,
            changes,
        })
    }
}

/// The commit that the record named at the last look, where the repository has not moved since.
fn known_at<'a>(project: &'a Project, tip: &Tip<'_>) -> Option<&'a str> {
    let found = &project.found;
    let is_known = matches!(found.standing, Standing::Behind | Standing::Current);
    let is_here = is_known && found.head.as_deref() == Some(tip.commit);
    found.recorded.as_deref().filter(|_| is_here)
}

/// The branch that a record wants updates to go into, where it is another one than that in which it was read.
fn other_branch(record: &Record, tip: &Tip<'_>) -> Option<String> {
    record.branch.clone().filter(|named| named != tip.branch)
}

fn record_in(hosted: &Hosted, tip: &Tip<'_>, files: &Folder) -> Result<Record, Fault> {
    let place = hosted.place(tip, record::PATH);
    let file = files.get(record::PATH);
    let file = file.ok_or_else(|| missing(&place, Fault::not_found("there is no such file")))?;
    Record::read(&file.bytes, &place)
}

/// A link, a folder or a repository within the repository stays, whatever the template has at its path.
fn keep_other(change: &mut FileChange, ground: &Ground) {
    if change.before.is_none() && ground.base.blocks(&change.path) {
        change.outcome = Outcome::KeptWhole;
        change.after = None;
    }
}

/// Why there is no record, with the way out.
fn missing(place: &str, fault: Fault) -> Fault {
    if !fault.is(&FaultKind::NotFound) {
        return fault;
    }
    Fault::not_found(format!(
        "There is no record of the template at {place}: the repository is gone, or the file was removed. With the file that the \
         first commit brought, updates can be proposed again"
    ))
}
