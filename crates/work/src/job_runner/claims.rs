//! Jobs as something that can be claimed. Each look for due jobs hands out schedules and events first.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parking_lot::Mutex;
use store::{Lane, StoreError};

use super::Parts;
use crate::claim::{Claim, Claims, Ending};
use crate::job::{JobId, JobPolicy};
use crate::measures;
use crate::tables::claims::{ClaimedJob, Holding};
use crate::tables::{claims, events, now, schedules};

/// How often the jobs that wait are counted for the metrics.
const COUNTED: Duration = Duration::from_secs(15);

pub(super) struct JobClaims {
    parts: Arc<Parts>,
    holder: String,
    hold: Duration,
    /// What this process works on, in the order in which rows are written, so that two transactions do not wait for each other.
    held: Mutex<BTreeSet<(JobId, i64)>>,
    /// Which kind comes first; another one every time, so that none waits for the others' sake.
    turn: AtomicUsize,
    counted: Mutex<Option<Instant>>,
}

/// Kinds of work that wait to be handed out.
struct Waiting {
    schedules: bool,
    events: bool,
    jobs: bool,
}

impl JobClaims {
    pub(super) fn new(parts: Arc<Parts>, holder: String, hold: Duration) -> Self {
        Self {
            parts,
            holder,
            hold,
            held: Mutex::default(),
            turn: AtomicUsize::new(0),
            counted: Mutex::default(),
        }
    }

    /// All kinds, each with its policy, one further than the last time.
    fn kinds(&self) -> Vec<(&str, JobPolicy)> {
        let handlers = &self.parts.handlers;
        let mut kinds: Vec<_> = handlers
            .iter()
            .map(|(kind, handler)| (kind.as_str(), handler.policy()))
            .collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        kinds.rotate_left(turn.checked_rem(handlers.len()).unwrap_or(0));
        kinds
    }

    /// Only reads, so that a process without work waits for no writer and keeps none waiting.
    async fn waiting(&self) -> Result<Waiting, StoreError> {
        let mut session = self.parts.jobs.store().read().await?;
        let at = now(&mut session).await?;
        let mut jobs = false;
        for kind in self.parts.handlers.keys() {
            jobs = jobs || claims::is_due(&mut session, kind, at).await?;
        }
        Ok(Waiting {
            schedules: schedules::is_any_due(&mut session, at).await?,
            events: events::is_any(&mut session).await?,
            jobs,
        })
    }

    async fn count(&self) -> Result<(), StoreError> {
        let is_due = |last: &Option<Instant>| last.is_none_or(|last| last.elapsed() >= COUNTED);
        if !is_due(&self.counted.lock()) {
            return Ok(());
        }
        let found = self.parts.jobs.kinds().await?;
        measures::open_jobs(self.parts.handlers.keys().map(String::as_str), &found);
        *self.counted.lock() = Some(Instant::now());
        Ok(())
    }

    async fn try_to_settle(&self, claim: &Claim<JobId>, ending: &Ending) -> Result<(), StoreError> {
        let mut tx = self.parts.jobs.store().write_unordered(Lane::Bulk).await?;
        let state = claims::settle(&mut tx, claim, ending, |kind| self.policy(kind)).await?;
        tx.commit().await?;
        if state.is_none() {
            tracing::warn!(job = %claim.key, "the claim on a job was lost; how this run ended is not recorded");
        }
        Ok(())
    }

    fn held(&self) -> Vec<Claim<JobId>> {
        let held = self.held.lock();
        held.iter().map(|&(key, number)| Claim { key, number }).collect()
    }

    fn policy(&self, kind: &str) -> JobPolicy {
        let handler = self.parts.handlers.get(kind);
        handler.map_or_else(JobPolicy::default, |handler| handler.policy())
    }
}

#[async_trait]
impl Claims for JobClaims {
    type Key = JobId;
    type Task = ClaimedJob;

    async fn claim_due(&self, limit: usize) -> Result<Vec<(Claim<JobId>, ClaimedJob)>, StoreError> {
        self.count().await?;
        let waiting = self.waiting().await?;
        if !(waiting.schedules || waiting.events || waiting.jobs) {
            return Ok(Vec::new());
        }
        let mut tx = self.parts.jobs.store().write_unordered(Lane::Bulk).await?;
        if waiting.schedules {
            schedules::hand_out(&mut tx, &self.parts.schedules).await?;
        }
        if waiting.events {
            events::hand_out(&mut tx, &self.parts.subscriptions).await?;
        }
        let holding = Holding {
            holder: &self.holder,
            hold: self.hold,
        };
        let claimed = claims::claim(&mut tx, &self.kinds(), &holding, &self.held(), limit).await?;
        tx.commit().await?;
        let keys = claimed.iter().map(|(claim, _)| (claim.key, claim.number));
        self.held.lock().extend(keys);
        Ok(claimed)
    }

    async fn renew(&self, claims: &[Claim<JobId>]) -> Result<Vec<Claim<JobId>>, StoreError> {
        let mut tx = self.parts.jobs.store().write_unordered(Lane::Bulk).await?;
        let mut to_end = Vec::new();
        let mut claims: Vec<_> = claims.iter().collect();
        claims.sort_by_key(|claim| claim.key);
        for claim in claims {
            if !claims::renew(&mut tx, claim, self.hold).await? {
                to_end.push(claim.clone());
            }
        }
        tx.commit().await?;
        Ok(to_end)
    }

    async fn settle(&self, claim: &Claim<JobId>, ending: &Ending) -> Result<(), StoreError> {
        let settled = self.try_to_settle(claim, ending).await;
        // After an outage it is called again for the same claim.
        if !settled.as_ref().is_err_and(StoreError::is_outage) {
            self.held.lock().remove(&(claim.key, claim.number));
        }
        settled
    }
}
