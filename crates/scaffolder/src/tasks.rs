//! Tasks: runs of templates. They are made, listed, followed, cancelled and tried again here; `run` does their steps.
//!
//! To follow a task, a page names the topic [`Tasks::topic`] of it, or asks for the events after the last one it has.

mod events;
mod report;

pub use events::{EventKind, TaskEvent};
pub(crate) use report::FROM_STEP;
pub use report::{StepReport, StepState, TaskFilter, TaskId, TaskOrder, TaskPage, TaskReport, TaskState};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Sight};
use model::{Actor, Fault, Viewer};
use plugin::{AuditEvent, AuditLog, AuditOutcome};
use serde_json::{Value, json};
use store::{Announced, Lane, Store, StoreError, Tx};
use work::{Cancelling, JobId, JobOptions, Jobs};

use crate::conditions::ActionLimit;
use crate::tables;
use crate::template::Template;
use crate::validation::{self, Violation};

/// What is announced when a task changes; below it, with its id, that one task changes.
pub const TOPIC: &str = "scaffolder.task";
/// Kind of the jobs that run tasks.
pub(crate) const JOB: &str = "scaffolder.task";
static OWN_PERSON: Sight = Sight::system("the person that begins a task is put into it");
/// Most tasks of one page of a list.
const MOST_LISTED: usize = 500;

/// The tasks of a portal. Clones are the same.
#[derive(Clone)]
pub struct Tasks {
    store: Store,
    jobs: Jobs,
    catalog: Catalog,
    audit: Arc<dyn AuditLog>,
}

/// Why a task is not begun.
#[derive(Debug, Clone, PartialEq)]
pub enum NotCreated {
    /// Values or secrets do not fit the template's schemas.
    Invalid(Vec<Violation>),
    /// Something else.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for NotCreated {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl Tasks {
    /// The tasks of a database that has this plugin's tables.
    pub fn new(store: &Store, jobs: &Jobs, catalog: &Catalog, audit: Arc<dyn AuditLog>) -> Self {
        Self {
            store: store.clone(),
            jobs: jobs.clone(),
            catalog: catalog.clone(),
            audit,
        }
    }

    /// The topic that is announced when a task changes; without one, that of all tasks.
    pub fn topic(id: Option<TaskId>) -> String {
        id.map_or_else(|| TOPIC.to_owned(), |id| format!("{TOPIC}.{id}"))
    }

    /// Begins a task in a caller's name, after a check of values and secrets. It runs as soon as there is room, and runs the
    /// actions within the limit alone.
    pub async fn create(
        &self,
        template: &Template,
        values: &Value,
        secrets: &BTreeMap<String, String>,
        (viewer, limit): (&Viewer, &ActionLimit),
        actor: &Actor,
    ) -> Result<TaskId, NotCreated> {
        let violations = validation::check(template, values, secrets);
        if !violations.is_empty() {
            return Err(NotCreated::Invalid(violations));
        }
        let user = self.user(viewer).await?;
        let spec = template.task_spec(values, user);
        let created = self
            .insert(template, &spec, secrets, (viewer, limit), actor)
            .await;
        Ok(created.map_err(fault)?)
    }

    async fn insert(
        &self,
        template: &Template,
        spec: &Value,
        secrets: &BTreeMap<String, String>,
        (viewer, limit): (&Viewer, &ActionLimit),
        actor: &Actor,
    ) -> Result<TaskId, StoreError> {
        let id = TaskId::random();
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        let job = self.enqueue(&mut tx, id, actor).await?;
        let task = tables::NewTask {
            id,
            job,
            spec,
            template: &template.reference.to_string(),
            secrets,
            created_by: author(viewer),
            limit: limit.kept(),
        };
        tables::insert(&mut tx, &task).await?;
        self.record(
            &mut tx,
            actor,
            "scaffolder.task.create",
            format!("{} {id}", template.reference),
        )
        .await?;
        announce(&mut tx, id);
        tx.commit().await?;
        self.jobs.nudge();
        Ok(id)
    }

    async fn enqueue(&self, tx: &mut Tx, id: TaskId, actor: &Actor) -> Result<JobId, StoreError> {
        let options = JobOptions::of(actor.clone()).key(format!("{TOPIC}.{id}"));
        let queued = self
            .jobs
            .enqueue(tx, JOB, &json!({"task": id.to_string()}), options)
            .await;
        queued.map_err(|error| match error {
            work::WorkError::Store(error) => error,
            // The payload is an id: neither too large nor anything but JSON.
            other => unreachable!("a task's job cannot be enqueued: {other}"),
        })
    }

    /// The person of a caller as expressions see it: the reference, and the entity where the catalog has it.
    pub(crate) async fn user(&self, viewer: &Viewer) -> Result<Option<Value>, Fault> {
        if viewer.is_service_alone() {
            return Ok(None);
        }
        let entity = self
            .catalog
            .seen_by(&OWN_PERSON)
            .entity(viewer.reference())
            .await?;
        let mut user = json!({"ref": viewer.reference().to_string()});
        if let Some(entity) = entity {
            user["entity"] = entity;
        }
        Ok(Some(user))
    }

    /// A task, if there is one.
    pub async fn show(&self, id: TaskId) -> Result<Option<TaskReport>, Fault> {
        let mut session = self.store.read().await.map_err(fault)?;
        let found = tables::show(&mut session, id).await.map_err(fault)?;
        let tasks = found.into_iter().collect();
        let mut reports = tables::with_events(&mut session, tasks).await.map_err(fault)?;
        Ok(reports.pop())
    }

    /// A part of the list of tasks, the newest first unless the filter says otherwise.
    pub async fn list(&self, filter: &TaskFilter) -> Result<TaskPage, Fault> {
        let filter = TaskFilter {
            limit: filter.limit.min(MOST_LISTED),
            ..filter.clone()
        };
        let mut session = self.store.read().await.map_err(fault)?;
        let (tasks, total) = tables::list(&mut session, &filter).await.map_err(fault)?;
        let tasks = tables::with_events(&mut session, tasks).await.map_err(fault)?;
        Ok(TaskPage { tasks, total })
    }

    /// Events of a task after the one with this number, oldest first; the event that ends it is always among them.
    pub async fn events(&self, id: TaskId, after: i64) -> Result<Vec<TaskEvent>, Fault> {
        let mut session = self.store.read().await.map_err(fault)?;
        tables::events(&mut session, id, after).await.map_err(fault)
    }

    /// The same, and waits for the first one, at most this long.
    pub async fn next_events(
        &self,
        id: TaskId,
        after: i64,
        longest: Duration,
    ) -> Result<Vec<TaskEvent>, Fault> {
        let end = tokio::time::Instant::now() + longest;
        let mut announcements = self.store.announcements();
        loop {
            let events = self.events(id, after).await?;
            if !events.is_empty() {
                return Ok(events);
            }
            let news = async {
                loop {
                    match announcements.next().await {
                        Some(Announced::Topic(topic)) if *topic != *Self::topic(Some(id)) => {}
                        _ => break,
                    }
                }
            };
            if tokio::time::timeout_at(end, news).await.is_err() {
                return Ok(Vec::new());
            }
        }
    }

    /// Ends a task: one that waits at once, one that runs as soon as it hears of it. Nothing happens to one that has
    /// ended.
    pub async fn cancel(&self, id: TaskId, actor: &Actor) -> Result<(), Fault> {
        let task = self.show(id).await?.ok_or_else(|| missing(id))?;
        if !task.state.is_open() {
            return Ok(());
        }
        self.cancel_open(&task, actor).await.map_err(fault)
    }

    async fn cancel_open(&self, task: &TaskReport, actor: &Actor) -> Result<(), StoreError> {
        let mut tx = self.jobs.begin().await?;
        tables::ask_to_end(&mut tx, task.id).await?;
        tables::add_event(&mut tx, task.id, &cancelled(task)).await?;
        let cancelling = self.jobs.cancel(&mut tx, task.job, actor).await?;
        if cancelling != Cancelling::Asked {
            let error = Fault::error(format!(
                "The task was cancelled by {} before a step ran",
                actor.name()
            ));
            tables::end(&mut tx, task.id, &Err(error)).await?;
        }
        self.record(
            &mut tx,
            actor,
            "scaffolder.task.cancel",
            format!("{} {}", task.template, task.id),
        )
        .await?;
        announce(&mut tx, task.id);
        tx.commit().await
    }

    /// Has a task that ended without success done again. Finished steps are not repeated as long as their workspace is
    /// kept, unless the template asks for a start from the beginning, or they come behind the step `from`, which finds
    /// the files as they were before it.
    pub async fn retry(
        &self,
        id: TaskId,
        from: Option<&str>,
        secrets: &BTreeMap<String, String>,
        actor: &Actor,
    ) -> Result<(), Fault> {
        let task = self.show(id).await?.ok_or_else(|| missing(id))?;
        let refused = || Fault::conflict(format!("Task with taskId {id} cannot be retried"));
        if task.state.is_open() || task.state == TaskState::Completed {
            return Err(refused());
        }
        if let Some(from) = from {
            can_begin_at(&task, from)?;
        }
        self.retry_ended(&task, from, secrets, actor).await.map_err(fault)
    }

    async fn retry_ended(
        &self,
        task: &TaskReport,
        from: Option<&str>,
        secrets: &BTreeMap<String, String>,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        let strategy = task.recover_strategy();
        let mut tx = self.jobs.begin().await?;
        let keeps = strategy != "startOver" || from.is_some();
        let again = keeps && self.jobs.retry(&mut tx, task.job, actor).await?;
        let job = if again {
            task.job
        } else {
            self.enqueue(&mut tx, task.id, actor).await?
        };
        tables::reopen(&mut tx, task.id, job, secrets).await?;
        let mut data = json!({"recoverStrategy": strategy});
        if let Some(from) = from {
            data[FROM_STEP] = from.into();
        }
        let recovered = TaskEvent {
            data: Some(data),
            ..TaskEvent::of(EventKind::Recovered, "")
        };
        tables::add_event(&mut tx, task.id, &recovered).await?;
        self.record(
            &mut tx,
            actor,
            "scaffolder.task.retry",
            format!("{} {}", task.template, task.id),
        )
        .await?;
        announce(&mut tx, task.id);
        tx.commit().await?;
        self.jobs.nudge();
        Ok(())
    }

    async fn record(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        action: &'static str,
        subject: String,
    ) -> Result<(), StoreError> {
        let event = AuditEvent {
            actor: actor.clone(),
            action: action.into(),
            subject,
            outcome: AuditOutcome::Done,
        };
        self.audit.record(tx, event).await
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}

/// Tells every process that a task changed.
pub(crate) fn announce(tx: &mut Tx, id: TaskId) {
    tx.announce(&Tasks::topic(Some(id)));
}

pub(crate) fn missing(id: TaskId) -> Fault {
    Fault::not_found(format!("No task with id '{id}' found"))
}

/// Whether a task can be done again from a step: all before it have ended well, or were passed over.
pub(crate) fn can_begin_at(task: &TaskReport, from: &str) -> Result<(), Fault> {
    let all = || {
        task.steps
            .iter()
            .map(|step| step.key.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let at = task.steps.iter().position(|step| step.key == from);
    let at =
        at.ok_or_else(|| Fault::input(format!("The task has no step '{from}'; its steps are: {}", all())))?;
    let is_done = |state| matches!(state, StepState::Completed | StepState::Skipped);
    match task.steps[..at].iter().find(|step| !is_done(step.state)) {
        Some(before) => Err(Fault::input(format!(
            "The task cannot begin at '{from}': the step '{}' before it is not finished",
            before.key
        ))),
        None => Ok(()),
    }
}

pub(crate) fn fault(error: StoreError) -> Fault {
    catalog::store_fault(&error)
}

/// Who a task belongs to, as lists and permissions name it.
fn author(viewer: &Viewer) -> Option<String> {
    (!viewer.is_service_alone()).then(|| viewer.reference().to_string())
}

/// The event of cancelling: it names the step that was running or would have been next.
fn cancelled(task: &TaskReport) -> TaskEvent {
    let step = task.steps.iter().find(|step| step.state.is_open());
    let name = step.map(|step| step.id.clone()).unwrap_or_default();
    TaskEvent {
        step: Some(name.clone()),
        step_key: Some(step.map(|step| step.key.clone()).unwrap_or_default()),
        status: Some(StepState::Cancelled),
        ..TaskEvent::of(EventKind::Cancelled, format!("Step {name} has been cancelled."))
    }
}
