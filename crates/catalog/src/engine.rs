//! Refreshes sources and writes the entities that they bring, in transactions.
//!
//! [`Sources`](sources::Sources) are what a `work::Runner` claims and refreshes one by one. A run reads its source
//! (`refresh`), judges the documents (`judging`), and hands them to a [`Delivery`], which writes batches (`writer`) and
//! ends together with other runs (`group`). Entities that many files name are joined later (`joins`).

mod activity;
mod coverage;
mod delivery;
mod emission;
mod failure;
mod failures;
mod group;
mod hold;
mod joins;
mod judging;
mod marking;
mod pace;
mod problems;
mod queue;
mod readers;
mod reading;
mod refresh;
mod refusals;
mod run;
mod sources;
mod upkeep;
mod writer;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use model::Fault;
use serde_json::Value;
use store::SourceState;
use tokio_util::sync::CancellationToken;
use work::Runner;

use activity::Activity;
pub(crate) use coverage::Coverage;
pub(crate) use delivery::Delivery;
pub(crate) use emission::{Emission, Raw, problem, process_all, with_remarks};
pub(crate) use failure::EngineError;
use failures::Failures;
use group::Group;
pub(crate) use hold::Hold;
use joins::DeferredJoins;
pub(crate) use judging::{admit, unreadable};
use pace::Pace;
use readers::Readers;
use reading::ReadingRoom;
pub(crate) use run::{RunEnd, RunReport};
use sources::Sources;
pub(crate) use upkeep::Upkeep;
pub(crate) use writer::{Writer, conflict_of, is_location};

use crate::context::Context;
use crate::ingest::{self, FileWatch, Target, Watched};

/// Sources refreshed at the same time. Many, because runs that end at the same time are written together.
const AT_ONCE: usize = 256;
/// Longest time until a source that became due is seen.
const POLL: Duration = Duration::from_secs(1);

/// What refreshes the sources of one process.
pub(crate) struct Engine {
    pub context: Arc<Context>,
    activity: Arc<Activity>,
    group: Group,
    joins: DeferredJoins,
    /// How much is written at once.
    writing: Pace,
    /// How much is joined at once.
    joining: Pace,
    room: ReadingRoom,
    readers: Readers,
    failures: Failures,
    watch: OnceLock<FileWatch>,
    /// Sources claimed so far.
    turns: AtomicU64,
}

impl Engine {
    /// An engine that is not yet at work.
    pub fn new(context: Arc<Context>) -> Self {
        Self {
            context,
            activity: Arc::default(),
            group: Group::default(),
            joins: DeferredJoins::default(),
            writing: Pace::default(),
            joining: Pace::default(),
            room: ReadingRoom::default(),
            readers: Readers::default(),
            failures: Failures::default(),
            watch: OnceLock::new(),
            turns: AtomicU64::new(0),
        }
    }

    /// Has due sources claimed now.
    pub fn wake(&self) {
        self.context.wake.due();
    }

    /// How many entities fit into one transaction.
    pub fn entities_at_once(&self) -> usize {
        self.writing.entities()
    }

    /// The watch on local files, once there is one.
    pub fn watch(&self) -> Option<&FileWatch> {
        self.watch.get()
    }

    /// Begins to watch local files.
    pub fn watch_with(&self, watch: FileWatch) -> &FileWatch {
        let watch = self.watch.get_or_init(|| watch);
        self.wake();
        watch
    }

    /// Refreshes sources when they are due, until `stop`.
    pub async fn refresh_sources(self: &Arc<Self>, stop: &CancellationToken) {
        let engine = self.clone();
        let refresh = move |claim, turn, stop| sources::refresh_one(engine.clone(), claim, turn, stop);
        self.runner().run(refresh, stop).await;
    }

    /// Refreshes sources until none is due, and waits for sources that another task of this process refreshes; how many
    /// refreshes that took.
    pub async fn settle(self: &Arc<Self>) -> Result<usize, EngineError> {
        let (stop, runner) = (CancellationToken::new(), self.runner());
        let mut all = 0;
        loop {
            let engine = self.clone();
            let refresh = move |claim, turn, stop| sources::refresh_one(engine.clone(), claim, turn, stop);
            let refreshed = runner.run_until_idle(refresh, &stop).await?;
            all += refreshed;
            let was_busy = self.activity.rest().await;
            if refreshed == 0 && !was_busy {
                return Ok(all);
            }
        }
    }

    fn runner(self: &Arc<Self>) -> Runner<Sources> {
        let pace = work::Pace {
            at_once: AT_ONCE,
            poll: POLL,
            hold: self.context.settings.claim,
            ..work::Pace::default()
        };
        Runner::nudged_by(Sources(self.clone()), pace, self.context.wake.clone())
    }

    /// Has changes of a location's local files reported, once there is a watch. Whether a file was saved so shortly
    /// before that the save may have been missed.
    pub fn follow(&self, location: &str, targets: &[Result<Target, Fault>]) -> bool {
        let Some(watch) = self.watch() else {
            return false;
        };
        let files = targets
            .iter()
            .flatten()
            .filter(|target| target.location.kind == "file");
        watch.follow(Watched {
            source: location.to_owned(),
            files: files.map(|target| target.location.target.clone()).collect(),
        })
    }

    /// Has changes of the local files of these locations reported, which other processes may have read.
    pub async fn follow_locations(&self, references: &[String]) -> Result<(), EngineError> {
        let mut missed = Vec::new();
        for node in self.context.store.nodes(references).await? {
            let location: Option<Value> = node
                .processed
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok());
            // A location that cannot be understood is a problem when it is refreshed.
            if let Some(Ok(targets)) = location.map(|value| ingest::targets(&value, &self.context.settings))
                && self.follow(&node.reference, &targets)
            {
                missed.push(node.reference);
            }
        }
        self.mark_dirty(&missed).await
    }
}

/// References of the Location entities among sources.
pub(crate) fn entity_names(states: &[SourceState]) -> Vec<String> {
    let names = states.iter().filter_map(|state| state.key.entity());
    names.map(str::to_owned).collect()
}
