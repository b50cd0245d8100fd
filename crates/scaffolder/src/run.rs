//! Runs tasks, as durable jobs: a step at a time, each recorded when it is finished, so that any process can go on where
//! another one was ended.

mod progress;
mod set_aside;
mod stage;
mod step;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use nunjucks::Extensions;
use plugin::{ActionRegistry, Slot};
use serde_json::{Map, Value};
use store::{Lane, StoreError, Tx};
use work::{BackOff, Job, JobFailure, JobHandler, JobPolicy, LogLevel, WorkError};
use workspace::Workspace;

use crate::conditions::ActionLimit;
use crate::kept::{Kept, Scanner};
use crate::settings::Settings;
use crate::tables;
use crate::tasks::{self, EventKind, StepState, TaskEvent, TaskId, TaskReport, Tasks};
use crate::template::Step;
use crate::updates::origin::Origins;
use progress::Progress;
pub(crate) use set_aside::EARLIER;
use set_aside::set_aside;
pub(crate) use stage::{Stage, joined, shown};

/// Longest time of one task.
const LONGEST: Duration = Duration::from_hours(24);
/// The part of the job's checkpoint that is the engine's own.
const OWN_PART: &str = "engine";

/// Runs the jobs of tasks.
pub(crate) struct TaskRunner {
    pub(crate) tasks: Tasks,
    pub(crate) actions: Slot<ActionRegistry>,
    pub(crate) filters: Extensions,
    pub(crate) settings: Arc<Settings>,
    pub(crate) origins: Origins,
}

/// A task that is being run.
struct Run<'a> {
    runner: &'a TaskRunner,
    job: &'a Job,
    task: TaskReport,
    steps: Vec<Step>,
    stage: Stage,
    /// The folder that the task has on this machine.
    kept: Kept,
    workspace: Workspace,
    scanner: Scanner,
}

/// Why a run does not go on.
enum Halt {
    /// A person cancelled the task.
    Cancelled,
    /// The process stops, or the database does not answer: another attempt goes on.
    Later(Fault),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Later(Fault::error(error.to_string()))
    }
}

impl From<WorkError> for Halt {
    fn from(error: WorkError) -> Self {
        Self::Later(error.into())
    }
}

/// Work with many files, apart from what waits for answers.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Fault::error(error.to_string())))
}

#[async_trait]
impl JobHandler for TaskRunner {
    fn kind(&self) -> &'static str {
        tasks::JOB
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            // What fails in a step ends the task; an attempt is lost only with its process or its database.
            attempts: 1_000,
            back_off: BackOff::new(Duration::from_secs(1), Duration::from_mins(1)),
            time: LONGEST,
            at_once: self.settings.at_once,
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let id = job.payload["task"]
            .as_str()
            .and_then(|id| id.parse::<TaskId>().ok());
        let id = id.ok_or_else(|| JobFailure::GiveUp(Fault::input("The job names no task")))?;
        let Some(mut run) = Run::begin(self, &job, id).await? else {
            return Ok(());
        };
        let ended = match run.steps().await {
            Ok(result) => result,
            Err(Halt::Cancelled) => Err(run.cancelled()),
            Err(Halt::Later(fault)) => return Err(JobFailure::Retry(fault)),
        };
        run.end(ended).await
    }
}

impl<'a> Run<'a> {
    /// Takes a task up; nothing where it has ended already.
    async fn begin(runner: &'a TaskRunner, job: &'a Job, id: TaskId) -> Result<Option<Self>, JobFailure> {
        let mut tx = runner.tasks.store().write_unordered(Lane::Bulk).await?;
        let Some((secrets, limit)) = tables::begin(&mut tx, id).await? else {
            return Ok(None);
        };
        tasks::announce(&mut tx, id);
        tx.commit().await?;
        let task = runner
            .tasks
            .show(id)
            .await?
            .ok_or_else(|| JobFailure::GiveUp(tasks::missing(id)))?;
        let parts = (
            runner.actions.clone(),
            runner.filters.clone(),
            runner.settings.clone(),
        );
        let mut stage = Stage::new(parts, task.spec.clone(), id.to_string(), secrets);
        stage.limit = ActionLimit::read(limit.as_deref()).map_err(JobFailure::GiveUp)?;
        stage.progress = Progress::of(job.checkpoint.part(OWN_PART).get());
        let kept = Kept::of(&runner.settings.workspaces.join(id.to_string()));
        let log = kept.log();
        let mut run = Self {
            workspace: on_disk(move || Workspace::open(&log)).await?,
            kept,
            steps: stage.steps.clone(),
            runner,
            job,
            task,
            stage,
            scanner: Scanner::default(),
        };
        if run.stage.progress.has_ended {
            run.begin_again().await?;
        }
        run.open_workspace().await?;
        Ok(Some(run))
    }

    /// Prepares another try: the steps that are to be done again find the files as they were before the first of them.
    async fn begin_again(&mut self) -> Result<(), JobFailure> {
        let progress = std::mem::take(&mut self.stage.progress);
        let all: Vec<String> = self.steps.iter().map(|step| step.key.clone()).collect();
        let from = self.task.again_from.as_ref();
        let Some(at) = from.and_then(|from| all.iter().position(|step| step == from)) else {
            self.stage.progress = progress.for_another_try(&[]);
            return Ok(());
        };
        let (before, again) = all.split_at(at);
        let known = self.job.checkpoint.get();
        let (workspace, kept, steps) = (self.workspace.clone(), self.kept.clone(), before.to_vec());
        let restored = on_disk(move || kept.restore(&workspace, &steps)).await;
        match restored {
            Ok(()) => {
                let known = set_aside(known, &progress, again);
                self.stage.progress = progress.for_another_try(again);
                self.begin_with(known).await?;
            }
            Err(fault) => {
                let text = format!("{}: the task starts from the beginning", fault.message);
                self.begin_with(set_aside(known, &progress, &all)).await?;
                self.announce(text).await?;
            }
        }
        Ok(())
    }

    /// Keeps what steps may know, together with what is done: whoever goes on after a crash is not at another try's beginning.
    async fn begin_with(&self, mut kept: Map<String, Value>) -> Result<(), JobFailure> {
        kept.insert(OWN_PART.to_owned(), self.stage.progress.to_json());
        Ok(self.job.checkpoint.save(&kept).await?)
    }

    /// Keeps what the workspace is after a step. The task goes on without it.
    pub(crate) async fn keep_files(&mut self, step: &Step) {
        let mut scanner = std::mem::take(&mut self.scanner);
        let (workspace, kept) = (self.workspace.clone(), self.kept.clone());
        let redactor = self.stage.redactor.clone();
        let key = step.key.clone();
        let done = on_disk(move || {
            scanner.keep(&workspace, &kept, &key, &redactor)?;
            Ok(scanner)
        });
        match done.await {
            Ok(scanner) => self.scanner = scanner,
            Err(fault) => {
                tracing::warn!(task = %self.task.id, step = step.key, %fault, "the files after a step cannot be kept");
            }
        }
    }

    /// Makes the folder of the task. Where it is gone, what the finished steps left in it is gone too: they are done
    /// again.
    async fn open_workspace(&mut self) -> Result<(), JobFailure> {
        let (finished, is_there) = (self.stage.progress.finished(), self.kept.is_there());
        let has_begun = self.stage.progress.has_begun();
        if has_begun && is_there {
            return self
                .announce(format!(
                    "Task recovered - resuming from last known good state. {finished} step(s) already completed."
                ))
                .await;
        }
        if has_begun {
            self.stage.progress = Progress::default();
            let text = "The task's folder is not on this machine: it starts from the beginning";
            self.announce(text.to_owned()).await?;
        }
        if is_there {
            // What a step that was not finished has left would be in its own way.
            self.workspace.reset(Vec::new())?;
        }
        self.kept.make()?;
        let (task, secrets) = (&self.task, &self.stage.secrets);
        let origin = self
            .runner
            .origins
            .of(&task.template, &task.spec, &self.steps, secrets);
        self.stage.progress.origin = origin.await;
        let total = self.steps.len();
        self.announce(format!("Starting up task with {total} steps"))
            .await
    }

    async fn announce(&self, text: String) -> Result<(), JobFailure> {
        Ok(self.say(&[TaskEvent::of(EventKind::Log, text)]).await?)
    }

    /// Does all steps that are not yet done; the output, or the first failure.
    async fn steps(&mut self) -> Result<Result<Value, Fault>, Halt> {
        for step in self.steps.clone() {
            if self.stage.progress.is_finished(&step.key) {
                continue;
            }
            self.check_stop().await?;
            self.step(&step).await?;
        }
        if let Some(failure) = self.stage.progress.failure.clone() {
            return Ok(Err(failure));
        }
        Ok(Ok(self.stage.output()))
    }

    /// Ends the run where a person cancelled the task or the process stops.
    async fn check_stop(&self) -> Result<(), Halt> {
        let mut session = self.runner.tasks.store().read().await?;
        if tables::is_cancelled(&mut session, self.task.id).await? {
            return Err(Halt::Cancelled);
        }
        if self.job.stop.is_cancelled() {
            return Err(Halt::Later(Fault::error("the process stops")));
        }
        Ok(())
    }

    /// The error of a task that a person cancelled.
    fn cancelled(&self) -> Fault {
        let step = self
            .steps
            .iter()
            .find(|step| !self.stage.progress.is_finished(&step.key));
        let (id, name) = step
            .map(|step| (step.id.as_str(), step.name.as_str()))
            .unwrap_or_default();
        Fault::error(format!(
            "Step {id} ({name}) of task {} has been cancelled.",
            self.task.id
        ))
    }

    async fn end(&mut self, result: Result<Value, Fault>) -> Result<(), JobFailure> {
        let id = self.task.id;
        self.stage.progress.has_ended = true;
        let result = result.map_err(|fault| self.stage.redacted(&fault));
        let mut tx = self.runner.tasks.store().write_unordered(Lane::Person).await?;
        self.keep(&mut tx).await?;
        tables::end(&mut tx, id, &result).await?;
        tasks::announce(&mut tx, id);
        tx.commit().await?;
        // The folder of a task that failed is kept for another try.
        result.map_err(JobFailure::GiveUp)?;
        let (kept, has_secrets) = (self.kept.clone(), self.stage.redactor.len() > 0);
        let sealed = on_disk(move || kept.seal(has_secrets).inspect_err(|_| kept.remove())).await;
        if let Err(fault) = sealed {
            tracing::warn!(task = %id, %fault, "the files of a task cannot be kept");
        }
        Ok(())
    }

    /// Keeps what is done, together with what the transaction writes. Fails where another process has the job.
    async fn keep(&self, tx: &mut Tx) -> Result<(), WorkError> {
        self.job
            .checkpoint
            .part(OWN_PART)
            .save_in(tx, &self.stage.progress.to_json())
            .await
    }

    /// Keeps what is done, and what is said about it.
    async fn keep_with(&self, events: &[TaskEvent]) -> Result<(), Halt> {
        let mut tx = self.runner.tasks.store().write_unordered(Lane::Bulk).await?;
        self.keep(&mut tx).await?;
        self.add(&mut tx, events).await?;
        Ok(tx.commit().await?)
    }

    async fn say(&self, events: &[TaskEvent]) -> Result<(), StoreError> {
        let mut tx = self.runner.tasks.store().write_unordered(Lane::Bulk).await?;
        self.add(&mut tx, events).await?;
        tx.commit().await
    }

    async fn add(&self, tx: &mut Tx, events: &[TaskEvent]) -> Result<(), StoreError> {
        for event in events {
            let event = TaskEvent {
                message: self.stage.redactor.redact(&event.message),
                ..event.clone()
            };
            tables::add_event(tx, self.task.id, &event).await?;
        }
        tasks::announce(tx, self.task.id);
        Ok(())
    }

    /// Lines of an action's log as events.
    fn lines(step: &Step, lines: Vec<(LogLevel, String)>) -> Vec<TaskEvent> {
        let line = |(level, text)| TaskEvent {
            level: Some(level),
            ..TaskEvent::step(step, None, text)
        };
        lines.into_iter().map(line).collect()
    }

    fn skipped(step: &Step, why: &str) -> TaskEvent {
        let text = format!("Skipping step {} because {why}", step.id);
        TaskEvent::step(step, Some(StepState::Skipped), text)
    }
}
