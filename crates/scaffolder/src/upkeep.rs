//! Clears up after tasks: folders that nobody needs any more, and tasks whose job is gone.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use store::Lane;
use work::{Job, JobFailure, JobHandler, Jobs, Schedule};

use crate::settings::Settings;
use crate::tables;
use crate::tasks::{self, TaskFilter, TaskId, TaskState, Tasks};

/// The kind of the job, and the name of its schedule.
pub(crate) const KIND: &str = "scaffolder.upkeep";
const PERIOD: Duration = Duration::from_mins(10);
/// How long the folder of a task that failed is kept for another try.
const KEPT: Duration = Duration::from_hours(72);
/// Open tasks that are looked at in one go.
const LOOKED_AT: usize = 200;

pub(crate) struct Upkeep {
    pub(crate) tasks: Tasks,
    pub(crate) jobs: Jobs,
    pub(crate) settings: Arc<Settings>,
}

pub(crate) fn schedule() -> Schedule {
    Schedule::every(KIND, PERIOD, KIND)
}

#[async_trait]
impl JobHandler for Upkeep {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let closed = self.close_abandoned().await?;
        let removed = self.remove_folders().await?;
        if closed + removed > 0 {
            job.log
                .info(format!("{closed} tasks closed, {removed} folders removed"));
        }
        Ok(())
    }
}

impl Upkeep {
    /// Ends tasks that are open although their job has ended: nobody would.
    async fn close_abandoned(&self) -> Result<usize, JobFailure> {
        let filter = TaskFilter {
            states: [TaskState::Open, TaskState::Processing]
                .map(|state| state.as_str().to_owned())
                .to_vec(),
            limit: LOOKED_AT,
            ..TaskFilter::default()
        };
        let mut closed = 0;
        for task in self.tasks.list(&filter).await?.tasks {
            let job = self.jobs.show(task.job).await?;
            if job.is_some_and(|job| job.state.is_open()) {
                continue;
            }
            let reason = if task.is_cancelled {
                "The task has been cancelled"
            } else {
                "The task's job has ended without it"
            };
            let mut tx = self.tasks.store().write_unordered(Lane::Bulk).await?;
            tables::end(&mut tx, task.id, &Err(Fault::error(reason))).await?;
            tasks::announce(&mut tx, task.id);
            tx.commit().await?;
            closed += 1;
        }
        Ok(closed)
    }

    /// Removes folders of tasks that ended well or long ago.
    async fn remove_folders(&self) -> Result<usize, JobFailure> {
        let mut removed = 0;
        for (folder, id) in folders(&self.settings.workspaces) {
            let task = self.tasks.show(id).await?;
            let is_needed = task.is_some_and(|task| task.state.is_open());
            if !is_needed && is_older(&folder, KEPT) && tokio::fs::remove_dir_all(&folder).await.is_ok() {
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn folders(workspaces: &Path) -> Vec<(PathBuf, TaskId)> {
    let entries = std::fs::read_dir(workspaces).into_iter().flatten().flatten();
    let folder = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_str()?;
        Some((entry.path(), name.parse::<TaskId>().ok()?))
    };
    entries.filter_map(folder).collect()
}

fn is_older(folder: &Path, age: Duration) -> bool {
    let changed = std::fs::metadata(folder).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|passed| passed > age))
}
