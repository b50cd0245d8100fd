//! Receives the signals to stop, and ends a process that does not end by itself.
//!
//! It runs on a thread and a runtime of its own, so that it works even while all other threads are busy.

use std::fmt::{self, Debug};
use std::io;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep_until};

use crate::lifecycle::Lifecycle;

/// How a process ends.
#[derive(Clone, Copy)]
pub struct Ending {
    /// How long work that was begun may take.
    pub drain: Duration,
    /// Time from the first signal or failure until the process is ended, whatever runs.
    pub deadline: Duration,
    /// The same from a second signal on.
    pub haste: Duration,
    /// Ends the process.
    pub end: fn(),
}

impl Debug for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Ending")
            .field("drain", &self.drain)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Starts the thread, which receives signals from now on.
pub(crate) fn install(life: Lifecycle, ending: Ending) -> io::Result<()> {
    let (ready, is_ready) = mpsc::channel();
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(listen(life, ending, ready)),
                // The one who waits may have gone; then nobody is left to tell.
                Err(error) => drop(ready.send(Err(error))),
            }
        })?;
    is_ready
        .recv()
        .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

async fn listen(life: Lifecycle, ending: Ending, ready: mpsc::Sender<io::Result<()>>) {
    let signals = signal(SignalKind::interrupt())
        .and_then(|interrupt| Ok((interrupt, signal(SignalKind::terminate())?)));
    let mut signals = match signals {
        Ok(signals) => signals,
        Err(error) => return drop(ready.send(Err(error))),
    };
    drop(ready.send(Ok(())));
    tokio::select! {
        name = next(&mut signals) => {
            tracing::info!(signal = name, "stopping");
            life.stop();
        }
        () = life.soft().cancelled_owned() => {}
    }
    let mut deadline = Instant::now() + ending.deadline;
    loop {
        tokio::select! {
            name = next(&mut signals) => {
                tracing::info!(signal = name, "stopping at once");
                life.hurry();
                deadline = deadline.min(Instant::now() + ending.haste);
            }
            () = sleep_until(deadline) => {
                tracing::error!("the process did not end by itself in time; ending it, whatever runs");
                return (ending.end)();
            }
        }
    }
}

async fn next((interrupt, terminate): &mut (Signal, Signal)) -> &'static str {
    tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}
