//! Works out what a newer template changes in a project.

use std::collections::BTreeMap;

use catalog::Catalog;
use config::IntegrationsSection;
use model::{Actor, Fault, FaultKind};
use outside::OutsideCalls;
use plugin::AuditLog;
use scm::UrlReader;
use scm::git::Author;
use serde_json::Value;
use store::Store;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::hosted::{Ground, Hosted, has_requests};
use super::merge::{FileChange, Outcome, merge};
use super::record::{self, Record};
use super::rendering::{self, render, template_at};
use super::tables::{self, Project};
use crate::dry_run::DryRunner;
use crate::template::Template;
use crate::validation::{self, Violation};

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
    pub(crate) audit: std::sync::Arc<dyn AuditLog>,
    pub(crate) stop: CancellationToken,
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
    /// The projects of these authors, the newest first; of everybody where there are none.
    pub(crate) async fn list(&self, authors: &[String]) -> Result<Vec<Project>, Fault> {
        let mut session = self.store.read().await.map_err(crate::tasks::fault)?;
        let projects = tables::list(&mut session, authors).await;
        projects.map_err(crate::tasks::fault)
    }

    /// A project, if there is one.
    pub(crate) async fn show(&self, id: Uuid) -> Result<Option<Project>, Fault> {
        let mut session = self.store.read().await.map_err(crate::tasks::fault)?;
        tables::show(&mut session, id).await.map_err(crate::tasks::fault)
    }

    /// The record in a project's repository, and where its template is.
    pub(crate) async fn record(&self, project: &Project) -> Result<(Record, String), Fault> {
        let place = record_place(project);
        let read = if has_requests(self.reader.integrations(), &project.repository) {
            let read = self.reader.read_url(&place, None).await;
            read.map(|read| read.bytes)
        } else {
            let mut ground = Hosted::of(self, &project.repository).await?.read().await?;
            let record = ground.files.remove(record::PATH).map(|file| file.bytes);
            record.ok_or_else(|| Fault::not_found("there is no such file"))
        };
        let bytes = read.map_err(|fault| missing(&place, fault))?;
        self.trusted(project, Record::read(&bytes, &place)?).await
    }

    /// The record, where the portal has written what it names.
    async fn trusted(&self, project: &Project, record: Record) -> Result<(Record, String), Fault> {
        let source = rendering::source_of(&self.catalog, &project.template).await?;
        let is_ours = record.template == project.template && project.commits.contains(&record.commit);
        if is_ours {
            return Ok((record, source));
        }
        Err(Fault::input(format!(
            "The record of {} names {} at commit {}, which the portal has not written there; put back what it said before",
            project.repository, record.template, record.commit
        )))
    }

    /// What the newest template changes in a project. `more` are values of fields that the newest template has and the record
    /// has not.
    pub(crate) async fn work_out(
        &self,
        project: &Project,
        more: &Value,
        actor: &Actor,
    ) -> Result<Update, Fault> {
        let ground = Hosted::of(self, &project.repository).await?.read().await?;
        let place = record_place(project);
        let text = ground.files.get(record::PATH);
        let text = text.ok_or_else(|| missing(&place, Fault::not_found("there is no such file")))?;
        let (record, source) = self.trusted(project, Record::read(&text.bytes, &place)?).await?;
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
            changes = merge(&old, &new, &ground.files);
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

/// The address of the record in a project's repository.
fn record_place(project: &Project) -> String {
    let repository = project.repository.trim_end_matches('/');
    let place = format!("{repository}/{}", record::PATH);
    // GitLab has another word for files than for folders.
    place.replacen("/-/tree/", "/-/blob/", 1)
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
