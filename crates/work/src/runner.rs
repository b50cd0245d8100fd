//! Runs what can be claimed: one task for each claim, renewed by a task of its own.

mod held;
mod runs;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use store::StoreError;
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::back_off::BackOff;
use crate::claim::{Claim, Claims, Ending};
use crate::panics::caught;
use held::{Held, Run};
use runs::Runs;

/// A claim is renewed this many times before it would run out.
const RENEWALS: u32 = 4;
/// Pauses while the database does not answer.
const OUTAGE: BackOff = BackOff::new(Duration::from_millis(200), Duration::from_secs(15));
/// Times that an ending is written anew after the runner was asked to stop.
const LAST_TRIES: u32 = 3;

/// How much is run at once, and how often the database is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Most runs of this runner at the same time.
    pub at_once: usize,
    /// Longest time until something that became due is seen.
    pub poll: Duration,
    /// Time after which the claims of a process that died are free. A process that cannot renew for so long, because it or the
    /// database is stalled, may lose its work to another one.
    pub hold: Duration,
    /// Time that a run gets to end after it was asked to.
    pub grace: Duration,
}

impl Pace {
    /// Longest time from the death of a process until its work runs in another one that has room for it.
    pub const fn taken_over_within(&self) -> Duration {
        self.hold.saturating_add(self.poll)
    }

    /// How quickly jobs are done: a person waits for many of them, also for those of a process that died.
    pub const fn of_jobs() -> Self {
        Self {
            at_once: 8,
            poll: Duration::from_secs(1),
            hold: Duration::from_secs(6),
            grace: Duration::from_secs(10),
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 8,
            poll: Duration::from_secs(1),
            hold: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}

/// Claims what is due, works on it, and gives it back.
///
/// Every claim has a task of its own: a run that computes, fails or panics holds up no other. A claim that was lost
/// ends its run. A database that does not answer ends no run: without it no other process can claim either, and writes
/// of the run are checked by the claim's number.
pub struct Runner<C: Claims> {
    shared: Arc<Shared<C>>,
}

struct Shared<C: Claims> {
    claims: C,
    pace: Pace,
    held: Held<C::Key>,
    nudge: Arc<Nudge>,
}

/// Has a runner of this process look before its time.
#[derive(Debug, Default)]
pub struct Nudge {
    due: Notify,
    ending: Notify,
}

impl Nudge {
    /// Something may have become due.
    pub fn due(&self) {
        self.due.notify_one();
    }

    /// Something that runs may have to end.
    pub fn ending(&self) {
        self.ending.notify_one();
    }
}

impl<C: Claims> Runner<C> {
    /// A runner that has claimed nothing yet.
    pub fn new(claims: C, pace: Pace) -> Self {
        Self::nudged_by(claims, pace, Arc::default())
    }

    /// The same, which claims at once when it is nudged.
    pub fn nudged_by(claims: C, pace: Pace, nudge: Arc<Nudge>) -> Self {
        let held = Held::default();
        let shared = Arc::new(Shared {
            claims,
            pace,
            held,
            nudge,
        });
        Self { shared }
    }

    /// Runs until `stop`. Then nothing more is claimed, all runs are asked to end, get their grace, and are dropped
    /// after it. What did not end by itself is due again at once.
    pub async fn run<W, F>(&self, work: W, stop: &CancellationToken)
    where
        W: Fn(Claim<C::Key>, C::Task, CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = Ending> + Send + 'static,
    {
        let _renewals_end = self.renew();
        let mut runs = Runs::new(&self.shared, work, stop);
        let mut failures = 0;
        while !stop.is_cancelled() {
            match runs.look().await {
                Ok(has_more) => {
                    failures = 0;
                    runs.wait(if has_more {
                        Duration::ZERO
                    } else {
                        self.shared.pace.poll
                    })
                    .await;
                }
                Err(error) => {
                    failures += 1;
                    runs.wait_out(&error, failures).await;
                }
            }
        }
        runs.end().await;
    }

    /// Runs until nothing is due and nothing runs, for tests and commands; how many runs that took. Fails when nothing
    /// more can be claimed and nothing runs.
    pub async fn run_until_idle<W, F>(&self, work: W, stop: &CancellationToken) -> Result<usize, StoreError>
    where
        W: Fn(Claim<C::Key>, C::Task, CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = Ending> + Send + 'static,
    {
        let _renewals_end = self.renew();
        let mut runs = Runs::new(&self.shared, work, stop);
        let mut failures = 0;
        while !stop.is_cancelled() {
            match runs.look().await {
                Ok(true) => failures = 0,
                Ok(false) if runs.tasks.is_empty() => break,
                Ok(false) => {
                    failures = 0;
                    runs.wait(self.shared.pace.poll).await;
                }
                Err(error) if runs.tasks.is_empty() => return Err(error),
                Err(error) => {
                    failures += 1;
                    runs.wait_out(&error, failures).await;
                }
            }
        }
        runs.end().await;
        Ok(runs.begun)
    }

    /// Renews claims, until the guard is dropped.
    fn renew(&self) -> DropGuard {
        let end = CancellationToken::new();
        tokio::spawn(self.shared.clone().renew_until(end.clone()));
        end.drop_guard()
    }
}

impl<C: Claims> Shared<C> {
    /// One run, to the end that is recorded.
    async fn attempt<W, F>(self: Arc<Self>, work: Arc<W>, task: C::Task, run: Run<C::Key>)
    where
        W: Fn(Claim<C::Key>, C::Task, CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = Ending> + Send + 'static,
    {
        run.alone().await;
        let (claim, stop) = (run.claim().clone(), run.stop().clone());
        let running = caught(async { work(claim, task, stop).await });
        let overdue = async {
            run.stop().cancelled().await;
            tokio::time::sleep(self.pace.grace).await;
        };
        let ending = tokio::select! {
            biased;
            end = running => match end {
                // A failure after a request to end says nothing about the work.
                Ok(Ending::Retry(_)) if run.stop().is_cancelled() => Ending::Stopped,
                end => end.unwrap_or_else(Ending::Retry),
            },
            () = overdue => Ending::Stopped,
        };
        self.settle(&run, &ending).await;
    }

    /// Records an ending, as soon as the database answers.
    async fn settle(&self, run: &Run<C::Key>, ending: &Ending) {
        let (mut failures, mut last_tries) = (0, 0);
        while let Err(error) = self.claims.settle(run.claim(), ending).await {
            failures += 1;
            last_tries += u32::from(run.stop().is_cancelled());
            let key = &run.claim().key;
            if !error.is_outage() || last_tries > LAST_TRIES {
                tracing::error!(?key, %error, "how work ended cannot be recorded; it is done again after a while");
                return;
            }
            tracing::warn!(?key, %error, "how work ended cannot be recorded; it is tried again");
            tokio::time::sleep(OUTAGE.pause(failures)).await;
        }
    }

    async fn renew_until(self: Arc<Self>, end: CancellationToken) {
        let pause = self.pace.hold / RENEWALS;
        loop {
            tokio::select! {
                biased;
                () = end.cancelled() => return,
                () = self.nudge.ending.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
            if let Err(error) = self.renew().await {
                tracing::warn!(%error, "claims cannot be renewed; what runs goes on");
            }
        }
    }

    async fn renew(&self) -> Result<(), StoreError> {
        let claims = self.held.claims();
        if !claims.is_empty() {
            let to_end = self.claims.renew(&claims).await?;
            self.held.end(&to_end);
        }
        Ok(())
    }
}
