//! Decides when which source is looked at, and writes the outcome in transactions.
//!
//! Sources that are due are claimed in the database, so several processes share the work and a dead
//! one's claims run out. Nothing here reads a source or knows HTTP.

mod claims;
mod delivery;
mod emission;
mod failure;
mod group;
mod pace;
mod problems;
mod put_off;
mod readers;
mod reading;
mod refresh;
mod seen;
mod upkeep;
mod visits;
mod watching;
mod writer;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use config::OrphanStrategy;
use model::Fault;
use parking_lot::Mutex;
use store::{Lane, SourceKey, SourceState};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use claims::InFlight;
pub(crate) use delivery::{Delivery, Ending, Finished, elapsed};
pub(crate) use emission::{Emission, Raw, problem, process_all, with_remarks};
pub(crate) use failure::EngineError;
use group::Group;
use pace::Pace;
use put_off::PutOff;
use readers::Readers;
use reading::ReadingRoom;
pub(crate) use refresh::{admit, later, unreadable};
use visits::{Ended, Visits};
pub(crate) use writer::{Writer, conflict_of, is_location};

use crate::Catalog;
use crate::ingest::{self, FileWatch};

/// Sources claimed at the same time. Many, because what is ready at the same time is written together.
const CONCURRENCY: usize = 256;
/// How long one look at a source may take.
const LONGEST_VISIT: Duration = Duration::from_mins(4);
/// From then on a source that is being read does not keep what others brought from being joined.
const STALLED_AFTER: Duration = Duration::from_secs(2);
/// Longest wait until the database is asked for due sources again.
const POLL: Duration = Duration::from_secs(1);
/// Pause of a source for whose host too many others wait.
const CROWDED: Duration = Duration::from_secs(5);
/// Pause after the database failed.
const STORE_BACK_OFF: Duration = Duration::from_secs(2);
/// The loop's own state.
pub(crate) struct Engine {
    /// Name under which this process claims sources.
    pub holder: String,
    wake: Notify,
    in_flight: Mutex<HashSet<SourceKey>>,
    group: Group,
    put_off: PutOff,
    /// Other processes know that this one has put joins off.
    has_announced_joins: AtomicBool,
    /// How much is written at once.
    writing: Pace,
    /// How much is stitched at once.
    stitching: Pace,
    /// Sources claimed so far.
    claims: AtomicU64,
    room: ReadingRoom,
    readers: Readers,
    /// Sources that a host keeps waiting.
    stalled: AtomicUsize,
    finished: Notify,
    failures: Mutex<HashMap<String, u32>>,
    watch: OnceLock<FileWatch>,
}

impl Engine {
    pub fn new(holder: String) -> Self {
        Self {
            holder,
            wake: Notify::new(),
            in_flight: Mutex::default(),
            group: Group::default(),
            put_off: PutOff::default(),
            has_announced_joins: AtomicBool::new(false),
            writing: Pace::default(),
            stitching: Pace::default(),
            claims: AtomicU64::new(0),
            room: ReadingRoom::default(),
            readers: Readers::default(),
            stalled: AtomicUsize::new(0),
            finished: Notify::new(),
            failures: Mutex::new(HashMap::new()),
            watch: OnceLock::new(),
        }
    }

    /// Has the loop look for due sources now.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// How many entities fit into one transaction.
    pub fn entities_at_once(&self) -> usize {
        self.writing.entities()
    }

    /// Whether any source is being read.
    pub fn is_reading(&self) -> bool {
        self.room.is_in_use()
    }

    /// How many sources are being looked at, without those that a host keeps waiting: nobody knows whether
    /// they will ever bring anything.
    pub fn in_flight(&self) -> usize {
        let all = self.in_flight.lock().len();
        all.saturating_sub(self.stalled.load(Ordering::Relaxed))
    }

    /// What is read may take long; from a while on the source counts as one that is kept waiting.
    pub async fn reading<T>(&self, reading: impl Future<Output = T>) -> T {
        let mut reading = std::pin::pin!(reading);
        tokio::select! {
            read = &mut reading => return read,
            () = tokio::time::sleep(STALLED_AFTER) => {}
        }
        let _stalled = Stalled::new(&self.stalled);
        reading.await
    }

    /// The watch on local files, once the loop runs.
    pub fn watch(&self) -> Option<&FileWatch> {
        self.watch.get()
    }

    /// How often in a row the source could not be read, this time included.
    pub fn note_failure(&self, source: &str, failed: bool) -> u32 {
        let mut failures = self.failures.lock();
        if !failed {
            failures.remove(source);
            return 0;
        }
        let count = failures.entry(source.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

/// A source that a host keeps waiting, for as long as this lives.
struct Stalled<'a>(&'a AtomicUsize);

impl<'a> Stalled<'a> {
    fn new(stalled: &'a AtomicUsize) -> Self {
        stalled.fetch_add(1, Ordering::Relaxed);
        Self(stalled)
    }
}

impl Drop for Stalled<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Catalog {
    /// Works until `stop` is cancelled: delivers the configured locations, runs the providers and
    /// looks at sources when they are due. Database failures are waited out.
    pub async fn run(&self, stop: CancellationToken) {
        if self.parts.settings.interval.is_none() {
            tracing::info!("catalog.processingInterval is false: sources are not read");
            return;
        }
        while let Err(error) = self.start().await {
            tracing::error!(%error, "the catalog cannot start yet");
            if pause(&stop, STORE_BACK_OFF).await {
                return;
            }
        }
        let watching = self.start_watch(&stop);
        let providers = ingest::run_providers(self, &stop);
        let pruning = self.prune_history_regularly(&stop);
        let looping = self.look_at_sources(&stop);
        let renewing = self.renew_claims(&stop);
        let taking_over = self.stitch_for_the_dead(&stop);
        let correcting = self.correct_dates(&stop);
        // In one place on the heap: whoever awaits this need not be as large as all of them.
        Box::pin(async move {
            tokio::join!(
                watching,
                providers,
                pruning,
                looping,
                renewing,
                taking_over,
                correcting
            )
        })
        .await;
        self.release_claims().await;
    }

    /// Delivers what does not depend on any source: the configured and the registered locations;
    /// removes what providers left that are no longer there.
    pub async fn start(&self) -> Result<(), Fault> {
        let forgotten = self.parts.store.forget_dead_holders().await;
        forgotten.map_err(EngineError::from)?;
        // What an earlier run had no time for.
        let stitched = put_off::stitch_all_put_off(&self.parts).await;
        stitched.map_err(EngineError::from)?;
        // First what is known, so that new locations are looked at in the order they are configured in.
        self.look_at_local_files().await?;
        self.deliver_configured_locations().await?;
        self.deliver_registered_locations().await?;
        if self.parts.settings.orphaned_providers == OrphanStrategy::Delete {
            self.remove_lost_providers().await?;
        }
        self.parts.engine.wake();
        Ok(())
    }

    /// Has all local files looked at: they may have changed while nobody watched, and are cheap to look at.
    pub(crate) async fn look_at_local_files(&self) -> Result<(), Fault> {
        let states = self.all_source_states().await?;
        let names = entity_names(&states);
        let nodes = self.parts.store.nodes(&names).await.map_err(EngineError::from)?;
        let is_local = |key: &Option<String>| key.as_deref().is_some_and(|key| key.starts_with("file:"));
        let local: Vec<String> = nodes
            .into_iter()
            .filter(|node| is_local(&node.location_key))
            .map(|node| node.reference)
            .collect();
        self.mark_dirty(&local).await
    }

    /// Looks at all sources that are due until none is, wherever the work comes from; for tests and
    /// commands. Returns the number of looks.
    pub async fn settle(&self) -> Result<usize, Fault> {
        let stop = CancellationToken::new();
        let mut looks = 0;
        loop {
            let finished = self.parts.engine.finished.notified();
            let done = self.work_off(&stop).await?;
            looks += done;
            if done > 0 {
                continue;
            }
            if self.parts.engine.in_flight.lock().is_empty() {
                return Ok(looks);
            }
            finished.await;
        }
    }

    async fn look_at_sources(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match self.work_off(stop).await {
                Ok(_) => POLL,
                Err(error) => {
                    tracing::error!(%error, "sources cannot be looked at");
                    STORE_BACK_OFF
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.parts.engine.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Claims and looks at due sources until none is due and none is being looked at. A slow source does
    /// not keep others waiting that become due meanwhile.
    async fn work_off(&self, stop: &CancellationToken) -> Result<usize, Fault> {
        let (mut visits, mut done) = (Visits::default(), 0);
        let mut store_rests_until: Option<Instant> = None;
        loop {
            if store_rests_until.is_none_or(|until| until <= Instant::now()) {
                store_rests_until = None;
                match self.begin_some(&mut visits, stop).await {
                    Ok(true) => continue,
                    Ok(false) => {}
                    Err(error) if visits.is_empty() => return Err(error),
                    // What is under way is not given up because nothing more can be begun.
                    Err(error) => {
                        tracing::warn!(%error, "no more sources can be looked at for now");
                        store_rests_until = Some(Instant::now() + STORE_BACK_OFF);
                    }
                }
            }
            tokio::select! {
                // In this order and not by chance, so that a simulation can be repeated.
                biased;
                ended = visits.next() => match ended {
                    Some(ended) => done += self.note_ended(ended).await,
                    None => return Ok(done),
                },
                () = self.parts.engine.wake.notified(), if !visits.is_empty() => {}
                () = tokio::time::sleep(POLL), if !visits.is_empty() => {}
            }
            // Those that were written together end together; what follows is claimed at once.
            while let Some(ended) = visits.try_next() {
                done += self.note_ended(ended).await;
            }
        }
    }

    /// Begins visits of sources that are due, and joins what was put off when it is time; returns whether more
    /// of that is to be done at once.
    async fn begin_some(&self, visits: &mut Visits, stop: &CancellationToken) -> Result<bool, Fault> {
        let free = CONCURRENCY - visits.len();
        if free > 0 && !stop.is_cancelled() {
            let claimed = self.claim(free).await?;
            // All of them before the first is looked at, which is to know that there are others.
            let claimed: Vec<InFlight> = claimed
                .into_iter()
                .map(|key| InFlight::new(&self.parts, key))
                .collect();
            for source in claimed {
                let (catalog, stop, key) = (self.clone(), stop.clone(), source.key.clone());
                let turn = self.parts.engine.claims.fetch_add(1, Ordering::Relaxed);
                visits.begin(key, async move { catalog.visit(&source.key, turn, &stop).await });
            }
        }
        let engine = &self.parts.engine;
        let is_time = engine.in_flight() == 0 || engine.put_off.is_due(self.parts.clock.now());
        Ok(is_time && self.stitch_some_put_off().await?)
    }

    async fn note_ended(&self, ended: Ended) -> usize {
        if let Ended::Panicked(key) = ended {
            let fault = Fault::error("the portal failed while it read this source; its log says where");
            self.note_broken(&key, fault).await;
        }
        1
    }

    /// One look at one source, claimed before those with a higher `turn`. Failures are recorded and the source
    /// is tried again later.
    async fn visit(&self, key: &SourceKey, turn: u64, stop: &CancellationToken) {
        let SourceKey::Entity(reference) = key else {
            return self.park(key).await;
        };
        let mut result = self.refresh_in_time(reference, Some(turn), stop).await;
        if matches!(result, Err(EngineError::Ungrouped)) {
            result = self.refresh_in_time(reference, None, stop).await;
        }
        match result {
            Ok(()) => {}
            Err(EngineError::LeaseLost(_)) => {
                tracing::warn!(source = %key, "lease lost, nothing was written");
            }
            Err(EngineError::Stopped) => self.give_back(key, None).await,
            Err(EngineError::Crowded(_)) => self.give_back(key, Some(CROWDED)).await,
            Err(error) => self.note_broken(key, error.into()).await,
        }
    }

    async fn refresh_in_time(
        &self,
        reference: &str,
        turn: Option<u64>,
        stop: &CancellationToken,
    ) -> Result<(), EngineError> {
        let look = refresh::refresh(&self.parts, reference, turn, stop);
        let look = tokio::time::timeout(LONGEST_VISIT, look);
        look.await.unwrap_or_else(|_| {
            Err(Fault::error(format!("reading took longer than {} s", LONGEST_VISIT.as_secs())).into())
        })
    }

    /// What is known of a source; nothing yet where that cannot be read.
    pub(crate) async fn state_of(&self, key: &SourceKey) -> SourceState {
        let known = self.parts.store.source_state(std::slice::from_ref(key)).await;
        let known = known.ok().and_then(|mut all| all.pop());
        known.unwrap_or_else(|| SourceState::new(key.clone()))
    }

    /// Providers are never due by themselves.
    async fn park(&self, key: &SourceKey) {
        let mut state = self.state_of(key).await;
        state.next_check_at = None;
        self.write_claimed_state(state).await;
    }

    async fn note_broken(&self, key: &SourceKey, fault: Fault) {
        tracing::warn!(source = %key, %fault, "source could not be looked at");
        let failures = self.parts.engine.note_failure(&key.to_string(), true);
        let mut state = self.state_of(key).await;
        let now = self.parts.clock.now();
        let pause = Duration::from_secs(10) * (1 << failures.min(6).saturating_sub(1));
        state.checked_at = Some(now);
        state.content_hash = None;
        state.etag = None;
        state.problems = vec![model::Problem::error(fault)];
        state.next_check_at = Some(later(now, pause));
        self.write_claimed_state(state).await;
    }

    /// Ends the claim on a source that was not looked at: it is due as before, or after a pause.
    async fn give_back(&self, key: &SourceKey, pause: Option<Duration>) {
        let known = self.parts.store.source_state(std::slice::from_ref(key)).await;
        let Some(mut state) = known.ok().and_then(|mut all| all.pop()) else {
            return;
        };
        let now = self.parts.clock.now();
        state.next_check_at =
            pause.map_or(state.next_check_at.or(Some(now)), |pause| Some(later(now, pause)));
        self.write_claimed_state(state).await;
    }

    /// Records how a visit ended, unless another process has the source by now: it knows better.
    async fn write_claimed_state(&self, state: SourceState) {
        let write = async {
            let mut tx = self.parts.store.write(Lane::Bulk).await?;
            let holder = &self.parts.engine.holder;
            let held = tx.sources_held(holder, std::slice::from_ref(&state.key)).await?;
            if !held.is_empty() {
                tx.set_source_state(&[state]).await?;
            }
            tx.commit().await
        };
        if let Err(error) = write.await {
            tracing::error!(%error, "state of a source could not be written; its claim will run out");
        }
    }

    pub(crate) async fn write_state(&self, state: SourceState) {
        let write = async {
            let mut tx = self.parts.store.write(Lane::Bulk).await?;
            tx.set_source_state(&[state]).await?;
            tx.commit().await
        };
        if let Err(error) = write.await {
            tracing::error!(%error, "state of a source could not be written; its claim will run out");
        }
    }

    pub(crate) async fn all_source_states(&self) -> Result<Vec<SourceState>, Fault> {
        self.parts
            .store
            .sources()
            .await
            .map_err(|error| EngineError::from(error).into())
    }
}

/// Waits; `true` if everything is to stop.
pub(crate) async fn pause(stop: &CancellationToken, time: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => true,
        () = tokio::time::sleep(time) => false,
    }
}

/// References of the Location entities among sources.
pub(crate) fn entity_names(states: &[SourceState]) -> Vec<String> {
    let names = states.iter().filter_map(|state| state.key.entity());
    names.map(str::to_owned).collect()
}
