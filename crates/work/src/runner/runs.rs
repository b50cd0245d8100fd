//! The runs that one call of a runner has begun.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use store::StoreError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{OUTAGE, Shared};
use crate::claim::{Claim, Claims, Ending};

/// Claims due work and runs it.
pub(super) struct Runs<'a, C: Claims, W> {
    shared: &'a Arc<Shared<C>>,
    work: Arc<W>,
    stop: &'a CancellationToken,
    pub(super) tasks: JoinSet<()>,
    pub(super) begun: usize,
    /// The last look failed.
    was_away: bool,
}

impl<'a, C, W, F> Runs<'a, C, W>
where
    C: Claims,
    W: Fn(Claim<C::Key>, C::Task, CancellationToken) -> F + Send + Sync + 'static,
    F: Future<Output = Ending> + Send + 'static,
{
    pub(super) fn new(shared: &'a Arc<Shared<C>>, work: W, stop: &'a CancellationToken) -> Self {
        Self {
            shared,
            work: Arc::new(work),
            stop,
            tasks: JoinSet::new(),
            begun: 0,
            was_away: false,
        }
    }

    /// Claims what is due and begins it; whether the next look may find more.
    pub(super) async fn look(&mut self) -> Result<bool, StoreError> {
        let looked = self.look_once().await;
        self.was_away = looked.is_err();
        looked
    }

    async fn look_once(&mut self) -> Result<bool, StoreError> {
        if self.was_away {
            // Claims that ran out meanwhile are prolonged before this process would claim the same things again.
            self.shared.renew().await?;
        }
        while self.tasks.try_join_next().is_some() {}
        let room = self.shared.pace.at_once.saturating_sub(self.tasks.len());
        let claimed = match room {
            0 => Vec::new(),
            room => self.shared.claims.claim_due(room).await?,
        };
        let has_claimed = !claimed.is_empty();
        for (claim, task) in claimed {
            let run = self.shared.held.begin(claim, self.stop);
            self.tasks
                .spawn(self.shared.clone().attempt(self.work.clone(), task, run));
            self.begun += 1;
        }
        Ok(self.shared.claims.between().await? || has_claimed)
    }

    /// Waits until a look may find something: after a pause, a nudge, or the end of a run.
    pub(super) async fn wait(&mut self, pause: Duration) {
        tokio::select! {
            // In this order and not by chance, so that a simulation can be repeated.
            biased;
            () = self.stop.cancelled() => {}
            _ = self.tasks.join_next(), if !self.tasks.is_empty() => {}
            () = self.shared.nudge.due.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    /// Waits until the database may answer again. What runs goes on; its ends are no reason to ask earlier.
    pub(super) async fn wait_out(&self, error: &StoreError, failures: u32) {
        tracing::warn!(%error, "due work cannot be claimed; it is tried again, and what runs goes on");
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {}
            () = self.shared.nudge.due.notified() => {}
            () = tokio::time::sleep(OUTAGE.pause(failures)) => {}
        }
    }

    pub(super) async fn end(&mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}
