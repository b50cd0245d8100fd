//! Databases, handlers made of closures, and runners that are quick.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use model::Actor;
use serde_json::Value;
use store::{Database, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use work::{
    BackOff, Cancelling, Job, JobFailure, JobHandler, JobId, JobOptions, JobPolicy, JobReport, JobRunner,
    JobRunnerBuilder, JobState, Jobs, Pace,
};

/// Longest wait for something that is to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A database that several processes share.
pub struct World {
    pub database: Database,
    pub store: Store,
    pub jobs: Jobs,
}

pub async fn opened(database: Database) -> World {
    let store = open(&database).await;
    World {
        database,
        jobs: Jobs::new(store.clone()),
        store,
    }
}

pub async fn open(database: &Database) -> Store {
    Store::open_with(database, &[(work::PLUGIN, work::MIGRATIONS)])
        .await
        .unwrap()
}

pub const QUICK: Pace = Pace {
    at_once: 8,
    poll: Duration::from_millis(20),
    hold: Duration::from_millis(1_200),
    grace: Duration::from_millis(300),
};

pub const POLICY: JobPolicy = JobPolicy {
    attempts: 3,
    back_off: BackOff::new(Duration::from_millis(20), Duration::from_millis(50)),
    time: Duration::from_secs(30),
    at_once: 4,
};

type Work = Box<dyn Fn(Job) -> BoxFuture<'static, Result<(), JobFailure>> + Send + Sync>;

/// A handler made of a closure.
pub struct Doing {
    kind: &'static str,
    policy: JobPolicy,
    work: Work,
}

pub fn doing<F>(
    kind: &'static str,
    policy: JobPolicy,
    work: impl Fn(Job) -> F + Send + Sync + 'static,
) -> Arc<dyn JobHandler>
where
    F: Future<Output = Result<(), JobFailure>> + Send + 'static,
{
    Arc::new(Doing {
        kind,
        policy,
        work: Box::new(move |job| Box::pin(work(job))),
    })
}

#[async_trait]
impl JobHandler for Doing {
    fn kind(&self) -> &str {
        self.kind
    }

    fn policy(&self) -> JobPolicy {
        self.policy
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        (self.work)(job).await
    }
}

/// A runner at work.
pub struct Running {
    pub stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub fn start(builder: JobRunnerBuilder) -> Self {
        let runner = builder.build().unwrap();
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move { runner.run(&stopped).await });
        Self { stop, task }
    }

    pub async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As if the process were killed.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

impl World {
    pub fn runner(&self) -> JobRunnerBuilder {
        JobRunner::builder(self.jobs.clone()).pace(QUICK)
    }

    /// Another process on the same database.
    pub async fn elsewhere(&self) -> World {
        opened(self.database.clone()).await
    }

    pub fn run(&self, handler: Arc<dyn JobHandler>) -> Running {
        Running::start(self.runner().handler(handler))
    }

    pub async fn enqueue(&self, kind: &str, payload: Value) -> JobId {
        self.enqueue_with(kind, payload, options()).await
    }

    pub async fn enqueue_with(&self, kind: &str, payload: Value, options: JobOptions) -> JobId {
        self.jobs.enqueue_alone(kind, &payload, options).await.unwrap()
    }

    pub async fn job(&self, id: JobId) -> JobReport {
        self.jobs.show(id).await.unwrap().unwrap()
    }

    /// Waits until the job is in this state.
    pub async fn until(&self, id: JobId, state: JobState) -> JobReport {
        let what = format!("job is {}", state.as_str());
        soon(&what, async || {
            Some(self.job(id).await).filter(|job| job.state == state)
        })
        .await
    }

    pub async fn cancel(&self, id: JobId, actor: &Actor) -> Cancelling {
        let mut tx = self.jobs.begin().await.unwrap();
        let cancelling = self.jobs.cancel(&mut tx, id, actor).await.unwrap();
        tx.commit().await.unwrap();
        cancelling
    }

    pub async fn retry(&self, id: JobId, actor: &Actor) -> bool {
        let mut tx = self.jobs.begin().await.unwrap();
        let is_waiting = self.jobs.retry(&mut tx, id, actor).await.unwrap();
        tx.commit().await.unwrap();
        is_waiting
    }

    pub async fn log_of(&self, id: JobId) -> Vec<String> {
        let lines = self.jobs.log(id, 0, 500).await.unwrap();
        lines.into_iter().map(|line| line.text).collect()
    }
}

pub fn options() -> JobOptions {
    JobOptions::of(Actor::system("test"))
}

/// Asks again and again until there is an answer.
pub async fn soon<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    answer.unwrap_or_else(|_| panic!("not in time: {what}"))
}
