//! Looks now and then which projects are behind their templates.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::{Fault, FaultKind};
use store::Lane;
use tokio::sync::Semaphore;
use work::{Job, JobFailure, JobHandler, JobPolicy, Schedule};

use super::desk::Desk;
use super::tables::{self, Found, Project, Standing};

/// The kind of the job, and the name of its schedule.
pub(crate) const KIND: &str = "scaffolder.updates";
const PERIOD: Duration = Duration::from_hours(1);
/// Longest time of one look at all projects.
const LONGEST: Duration = Duration::from_mins(30);

/// The job.
pub(crate) struct Checks(Desk);

impl Checks {
    /// The job has a turn of its own at the desk: it neither waits for people nor keeps them waiting.
    pub(crate) fn new(desk: &Desk) -> Self {
        Self(Desk {
            turns: Arc::new(Semaphore::new(1)),
            ..desk.clone()
        })
    }
}

pub(crate) fn schedule() -> Schedule {
    Schedule::every(KIND, PERIOD, KIND)
}

/// The last changes of templates' folders that one look has asked for already, by their addresses.
type Known = HashMap<String, Result<String, Fault>>;

#[async_trait]
impl JobHandler for Checks {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            time: LONGEST,
            ..JobPolicy::default()
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let mut known = Known::new();
        let projects = self.0.list(&crate::Authors::default()).await?;
        let mut behind = 0;
        for project in &projects {
            if job.stop.is_cancelled() {
                return Err(JobFailure::Retry(Fault::error("the process stops")));
            }
            let found = self.0.look(project, &mut known).await;
            behind += usize::from(found.standing == Standing::Behind);
            self.0.keep(project, &found).await?;
        }
        if !projects.is_empty() {
            job.log.info(format!(
                "{behind} of {} projects are behind their templates",
                projects.len()
            ));
        }
        Ok(())
    }
}

impl Desk {
    /// Looks at one project now.
    pub(crate) async fn check(&self, project: &Project) -> Result<Found, Fault> {
        let found = self.look(project, &mut Known::new()).await;
        self.keep(project, &found).await?;
        Ok(found)
    }

    async fn keep(&self, project: &Project, found: &Found) -> Result<(), Fault> {
        let kept = async {
            let mut tx = self.store.write_unordered(Lane::Bulk).await?;
            tables::note(&mut tx, project, found).await?;
            tx.commit().await
        };
        kept.await.map_err(crate::tasks::fault)
    }

    async fn look(&self, project: &Project, known: &mut Known) -> Found {
        let found = self.compare(project, known).await;
        found.unwrap_or_else(|fault| Found {
            standing: Standing::Unknown,
            problem: Some(fault.message),
            head: None,
            ..project.found.clone()
        })
    }

    async fn compare(&self, project: &Project, known: &mut Known) -> Result<Found, Fault> {
        let recorded = self.recorded(project).await?;
        let (commit, source) = (&recorded.commit, &recorded.source);
        let pinned = self.reader.pinned(source, Some(commit)).await?;
        let [then, newest] = [&pinned.url, source];
        let then = self.last_change(then, known).await?;
        let newest = self.last_change(newest, known).await?;
        let standing = if then == newest {
            Standing::Current
        } else {
            Standing::Behind
        };
        Ok(Found {
            standing,
            recorded: Some(recorded.commit),
            newest: Some(newest),
            problem: None,
            head: recorded.head,
        })
    }

    /// The commit that last changed the folder of a template's file.
    async fn last_change(&self, file: &str, known: &mut Known) -> Result<String, Fault> {
        let folder = self.reader.integrations().resolve_url(file, "./")?;
        if let Some(told) = known.get(&folder) {
            return told.clone();
        }
        let told = self.reader.last_change(&folder).await.map_err(|fault| {
            let gone = fault.is(&FaultKind::NotFound);
            let hint = if gone {
                "; the template may have moved since"
            } else {
                ""
            };
            Fault {
                message: format!("{}{hint}", fault.message),
                ..fault
            }
        });
        known.insert(folder, told.clone());
        told
    }
}
