//! Runs the durable jobs of a process: handlers, schedules and subscriptions put together.

mod attempt;
mod claims;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::Fault;
use store::{Lane, StoreError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::back_off::BackOff;
use crate::events::Subscription;
use crate::job::JobHandler;
use crate::jobs::Jobs;
use crate::retention::{Removal, Retention};
use crate::runner::{Pace, Runner};
use crate::schedule::Schedule;
use claims::JobClaims;

/// Pauses until the schedules are stored.
const DECLARING: BackOff = BackOff::new(Duration::from_millis(500), Duration::from_secs(15));

/// The handlers of a process, by the kinds of their jobs.
pub(crate) type Handlers = BTreeMap<String, Arc<dyn JobHandler>>;

/// Runs the jobs whose kinds it has handlers for.
pub struct JobRunner {
    parts: Arc<Parts>,
    pace: Pace,
}

/// What the runs share.
pub(crate) struct Parts {
    pub(crate) jobs: Jobs,
    pub(crate) handlers: Handlers,
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) grace: Duration,
}

/// Collects what a [`JobRunner`] runs.
pub struct JobRunnerBuilder {
    jobs: Jobs,
    handlers: Vec<Arc<dyn JobHandler>>,
    schedules: Vec<Schedule>,
    subscriptions: Vec<Subscription>,
    retention: Retention,
    pace: Pace,
}

impl JobRunner {
    /// A runner of these jobs.
    pub fn builder(jobs: Jobs) -> JobRunnerBuilder {
        JobRunnerBuilder {
            jobs,
            handlers: Vec::new(),
            schedules: Vec::new(),
            subscriptions: Vec::new(),
            retention: Retention::default(),
            pace: Pace::default(),
        }
    }

    /// Runs jobs until `stop`; then the attempts that run get their grace.
    pub async fn run(&self, stop: &CancellationToken) {
        if !self.declare_schedules(stop).await {
            return;
        }
        let holder = Uuid::new_v4().to_string();
        let claims = JobClaims::new(self.parts.clone(), holder, self.pace.hold);
        let runner = Runner::nudged_by(claims, self.pace, self.parts.jobs.nudged().clone());
        let parts = self.parts.clone();
        let work = move |claim, job, stop| {
            let parts = parts.clone();
            async move { attempt::attempt(&parts, claim, job, stop).await }
        };
        runner.run(work, stop).await;
    }

    /// Stores the schedules, as soon as the database answers; `false` when everything is to stop before.
    async fn declare_schedules(&self, stop: &CancellationToken) -> bool {
        let mut failures = 0;
        while !stop.is_cancelled() {
            let Err(error) = self.try_to_declare().await else {
                return true;
            };
            failures += 1;
            tracing::warn!(%error, "schedules cannot be stored, no job is run before; it is tried again");
            tokio::select! {
                () = tokio::time::sleep(DECLARING.pause(failures)) => {}
                () = stop.cancelled() => {}
            }
        }
        false
    }

    async fn try_to_declare(&self) -> Result<(), StoreError> {
        let mut tx = self.parts.jobs.store().write_unordered(Lane::Bulk).await?;
        for schedule in &self.parts.schedules {
            crate::tables::schedules::declare(&mut tx, schedule).await?;
        }
        tx.commit().await
    }
}

impl JobRunnerBuilder {
    /// Does the jobs of one more kind.
    pub fn handler(mut self, handler: Arc<dyn JobHandler>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Enqueues a job now and then.
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule);
        self
    }

    /// Enqueues a job for every event of a topic.
    pub fn subscription(mut self, subscription: Subscription) -> Self {
        self.subscriptions.push(subscription);
        self
    }

    /// Keeps jobs that have ended for other times than by default.
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Runs more or fewer at once, or looks more or less often, than by default.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The runner; refuses two handlers of a kind, two schedules of a name, and kinds without a handler.
    pub fn build(mut self) -> Result<JobRunner, Fault> {
        self.handlers.push(Arc::new(Removal {
            jobs: self.jobs.clone(),
            retention: self.retention,
        }));
        self.schedules.push(Removal::schedule());
        let mut handlers = Handlers::new();
        for handler in self.handlers {
            let kind = handler.kind().to_owned();
            if handlers.insert(kind.clone(), handler).is_some() {
                return Err(Fault::conflict(format!(
                    "two handlers do jobs of the kind {kind:?}; name the kind of one of them otherwise"
                )));
            }
        }
        check(&handlers, &self.schedules, &self.subscriptions)?;
        let parts = Parts {
            jobs: self.jobs,
            handlers,
            schedules: self.schedules,
            subscriptions: self.subscriptions,
            grace: self.pace.grace,
        };
        Ok(JobRunner {
            parts: Arc::new(parts),
            pace: self.pace,
        })
    }
}

fn check(handlers: &Handlers, schedules: &[Schedule], subscriptions: &[Subscription]) -> Result<(), Fault> {
    let scheduled = schedules
        .iter()
        .map(|one| (format!("the schedule {:?}", one.name), &one.kind));
    let subscribed = subscriptions
        .iter()
        .map(|one| (format!("the subscription to {:?}", one.topic), &one.kind));
    if let Some((owner, kind)) = scheduled
        .chain(subscribed)
        .find(|(_, kind)| !handlers.contains_key(*kind))
    {
        return Err(Fault::not_found(format!(
            "{owner} enqueues jobs of the kind {kind:?}, which no handler does; add the handler or mend the kind"
        )));
    }
    let mut names = std::collections::BTreeSet::new();
    match schedules.iter().find(|one| !names.insert(&one.name)) {
        Some(twice) => Err(Fault::conflict(format!(
            "two schedules have the name {:?}; name one of them otherwise",
            twice.name
        ))),
        None => Ok(()),
    }
}
