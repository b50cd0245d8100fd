//! The life of the process: its tasks, when they must stop, and how the process ended.
//!
//! A stop is soft first: tasks take no new work. It becomes hard after the drain time or on a second signal: remaining
//! work is dropped. A task that fails stops everything, and the exit code says so.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::last_resort::Ending;

/// Handle to the life of the process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
    drain: Duration,
    has_failed: Arc<AtomicBool>,
}

/// How a task may end: with nothing to say, or with a result.
pub trait TaskEnd: Send + 'static {
    /// A sentence about the failure, if the task failed.
    fn failure(self) -> Option<String>;
}

impl TaskEnd for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl<E: Display + Send + 'static> TaskEnd for Result<(), E> {
    fn failure(self) -> Option<String> {
        self.err().map(|error| format!("{error:#}"))
    }
}

impl Lifecycle {
    /// A life that ends only by [`Lifecycle::stop`]; `drain` is the time between soft and hard.
    pub fn new(drain: Duration) -> Self {
        let hard = CancellationToken::new();
        Self {
            soft: hard.child_token(),
            hard,
            tasks: TaskTracker::new(),
            drain,
            has_failed: Arc::default(),
        }
    }

    /// A life that also ends on SIGINT and SIGTERM. A process that still runs after `ending.deadline`, or after
    /// `ending.haste` from a second signal on, is ended, whatever it does.
    pub fn install(ending: Ending) -> io::Result<Self> {
        let life = Self::new(ending.drain);
        crate::last_resort::install(life.clone(), ending)?;
        Ok(life)
    }

    /// Drops the remaining work instead of waiting for it.
    pub(crate) fn hurry(&self) {
        self.hard.cancel();
    }

    /// Cancelled when no new work may be taken.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Cancelled when work must be dropped.
    pub fn hard(&self) -> CancellationToken {
        self.hard.clone()
    }

    /// Asks everything to stop.
    pub fn stop(&self) {
        self.soft.cancel();
    }

    /// Runs a task. When it fails or panics, everything stops; on a hard stop it is dropped.
    pub fn spawn<T: TaskEnd>(&self, name: &'static str, task: impl Future<Output = T> + Send + 'static) {
        self.tasks.spawn(self.clone().watched(name, task));
    }

    /// The same on the threads of another runtime.
    pub fn spawn_on<T: TaskEnd>(
        &self,
        runtime: &Handle,
        name: &'static str,
        task: impl Future<Output = T> + Send + 'static,
    ) {
        self.tasks.spawn_on(self.clone().watched(name, task), runtime);
    }

    fn watched<T: TaskEnd>(
        self,
        name: &'static str,
        task: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let life = self;
        async move {
            let end = tokio::select! {
                end = AssertUnwindSafe(task).catch_unwind() => end,
                () = life.hard.cancelled() => return,
            };
            let failure = match end {
                Ok(end) => end.failure(),
                Err(_) => Some("it panicked; the log line above says where".to_owned()),
            };
            if let Some(reason) = failure {
                tracing::error!(task = name, "task {name} failed: {reason}");
                life.has_failed.store(true, Ordering::Relaxed);
                life.soft.cancel();
            }
        }
    }

    /// Waits for the end of everything: success unless a task failed.
    pub async fn until_stopped(&self) -> ExitCode {
        self.soft.cancelled().await;
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = self.hard.cancelled() => tracing::warn!("stopped before all work was done"),
            () = tokio::time::sleep(self.drain) => {
                tracing::warn!(drain_ms = self.drain.as_millis(), "work was left after the drain time; dropping it");
            }
        }
        self.hard.cancel();
        self.tasks.wait().await;
        if self.has_failed.load(Ordering::Relaxed) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}
