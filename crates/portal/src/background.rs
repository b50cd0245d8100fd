//! Threads for what nobody waits for: reading sources, joining entities, feeding the search index.
//!
//! They run with a lower priority than those that answer requests, so that on a small machine answers
//! stay quick while a large catalog comes in.

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Handle, Runtime};

/// How much nicer than others (`nice(2)`, 0 to 19).
const NICENESS: i32 = 5;

/// The threads; they end when this is dropped.
pub struct Background {
    runtime: Option<Runtime>,
}

impl Background {
    /// Starts the threads, as many as there are processors.
    pub fn start() -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name("background")
            .on_thread_start(step_back)
            .enable_all()
            .build()
            .context("threads for work in the background cannot be started")?;
        Ok(Self {
            runtime: Some(runtime),
        })
    }

    /// For starting tasks there.
    pub fn handle(&self) -> &Handle {
        self.runtime
            .as_ref()
            .expect("it is taken when this is dropped")
            .handle()
    }
}

impl Drop for Background {
    /// Waiting for threads is not allowed where async code runs; all tasks have ended by then anyway.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// On Linux the priority is that of the calling thread and of threads it starts. Where it cannot be
/// changed, everything works as well, only less smoothly.
fn step_back() {
    let _ = rustix::process::setpriority_process(None, NICENESS);
}
