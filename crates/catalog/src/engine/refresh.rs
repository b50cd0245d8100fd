//! One refresh of one location: its targets are read, and if anything differs its documents are delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use model::{Fault, FaultKind, LocationRef, Problem, entity};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use store::{Lane, Node, SourceClaim, SourceState};
use tokio_util::sync::CancellationToken;

use super::Engine;
use super::activity::Counted;
use super::delivery::Delivery;
use super::failure::EngineError;
use super::group::{Outcome, write_together};
use super::hold::Hold;
use super::judging::{Judge, Judged};
use super::problems::CONFLICT;
use super::reading::{MUCH, Seat};
use super::run::RunEnd;
use crate::ingest::{self, Reading, Room, Target};
use crate::time::{elapsed, later};

/// How a refresh ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finished {
    /// Its finds are written.
    Written,
    /// It could not be written together with others, and is to be done again without them.
    AloneNext,
}

/// Refreshes the claimed location and writes its finds together with other runs in the order of their `turn`, or
/// alone. Ends early with `stop`. With the turn comes what counts it as a source that is read.
pub(super) async fn refresh(
    engine: &Arc<Engine>,
    claim: &SourceClaim,
    turn: Option<(u64, Counted)>,
    stop: &CancellationToken,
) -> Result<Finished, EngineError> {
    let store = &engine.context.store;
    let reference = claim.key.entity().unwrap_or_default().to_owned();
    let node = store.nodes(&[reference]).await?.pop();
    let location = node
        .as_ref()
        .and_then(|node| node.processed.as_deref())
        .map(serde_json::from_str::<Value>);
    let (Some(node), Some(Ok(location))) = (node, location) else {
        return forget(engine, claim).await.map(|()| Finished::Written);
    };
    let state = store.source_state(std::slice::from_ref(&claim.key)).await?.pop();
    let (turn, counted) = turn.unzip();
    Refresh {
        engine,
        claim,
        node,
        location,
        state,
        started_at: engine.context.clock.now(),
        turn,
        stop,
        seat: Seat::default(),
        counted,
    }
    .run()
    .await
}

/// A location that is gone or was never valid has nothing to read.
async fn forget(engine: &Engine, claim: &SourceClaim) -> Result<(), EngineError> {
    engine.readers.forget(claim.key.entity().unwrap_or_default());
    let mut tx = engine.context.store.write(Lane::Bulk).await?;
    if !tx.sources_held(std::slice::from_ref(claim)).await?.is_empty() {
        tx.delete_source_state(std::slice::from_ref(&claim.key)).await?;
    }
    tx.commit().await?;
    Ok(())
}

struct Refresh<'a> {
    engine: &'a Arc<Engine>,
    claim: &'a SourceClaim,
    node: Node,
    location: Value,
    state: Option<SourceState>,
    started_at: Timestamp,
    turn: Option<u64>,
    stop: &'a CancellationToken,
    /// Given back when nothing more is to be read.
    seat: Seat,
    counted: Option<Counted>,
}

impl Refresh<'_> {
    async fn run(mut self) -> Result<Finished, EngineError> {
        let base = entity::annotation(&self.location, entity::MANAGED_BY_LOCATION).unwrap_or_default();
        let base = LocationRef::parse(base)?;
        let targets = ingest::targets(&self.location, &self.engine.context.settings)?;
        self.engine.follow(&self.node.reference, &targets);
        let (stop, engine) = (self.stop, self.engine);
        let reading = async {
            let targets = self.admitted(targets).await?;
            self.seat = engine.room.enter(self.host(&base, &targets).as_deref()).await?;
            Ok::<_, EngineError>(self.read(&base, &targets).await)
        };
        let reading = engine.activity.while_reading(Box::pin(reading));
        let reading = stop.run_until_cancelled(reading).await;
        let reading = reading.unwrap_or(Err(EngineError::Stopped))?;
        let hash = self.hash(&reading);
        let next_check_at = self.next_check(&reading);
        if self.is_unchanged(&reading, &hash) {
            return self.note_unchanged(reading.etag, next_check_at).await;
        }
        stop.run_until_cancelled(Box::pin(self.deliver(reading, hash, next_check_at)))
            .await
            .unwrap_or(Err(EngineError::Stopped))
    }

    /// The targets that this source may read beside all others that read them.
    async fn admitted(
        &self,
        targets: Vec<Result<Target, Fault>>,
    ) -> Result<Vec<Result<Target, Fault>>, EngineError> {
        let (readers, own) = (&self.engine.readers, &self.node.reference);
        let named = targets.iter().flatten().map(|target| target.location.to_string());
        readers.keep_only(own, &named.collect());
        let mut admitted = Vec::with_capacity(targets.len());
        for target in targets {
            let Ok(target) = target else {
                admitted.push(target);
                continue;
            };
            self.forget_readers_that_are_gone(&target).await?;
            admitted.push(readers.admit(own, &target.location).map(|()| target));
        }
        Ok(admitted)
    }

    /// Makes room among the readers of a target, where there is none.
    async fn forget_readers_that_are_gone(&self, target: &Target) -> Result<(), EngineError> {
        let readers = &self.engine.readers;
        let others = readers.of_full(&target.location);
        if others.is_empty() {
            return Ok(());
        }
        let nodes = self.engine.context.store.nodes(&others).await?;
        let there: BTreeSet<String> = nodes.into_iter().map(|node| node.reference).collect();
        for gone in others.iter().filter(|other| !there.contains(*other)) {
            readers.forget(gone);
        }
        Ok(())
    }

    /// The host that the first of the targets by URL is read from.
    fn host(&self, base: &LocationRef, targets: &[Result<Target, Fault>]) -> Option<String> {
        let mut by_url = targets
            .iter()
            .flatten()
            .filter(|target| target.location.kind == "url");
        let target = &by_url.next()?.location.target;
        let url = self
            .engine
            .context
            .source
            .integrations()
            .resolve_url(&base.target, target);
        Some(url.map(|url| ingest::host_of(&url)).unwrap_or_default())
    }

    async fn read(&mut self, base: &LocationRef, targets: &[Result<Target, Fault>]) -> Reading {
        let (mut all, mut room) = (Reading::default(), Room::of(ingest::MAX_BYTES));
        // An ETag speaks for one target only, and only while nothing else asks for its documents.
        let etag = match targets {
            [Ok(_)] if self.is_settled() => self.state.as_ref().and_then(|state| state.etag.clone()),
            _ => None,
        };
        for target in targets {
            if room.is_full() {
                break;
            }
            let target = match target {
                Ok(target) => target,
                Err(fault) => {
                    all.faults.push(fault.clone());
                    continue;
                }
            };
            let (source, settings) = (&*self.engine.context.source, &self.engine.context.settings);
            let one = ingest::read_target(target, base, source, settings, etag.as_deref(), &mut room).await;
            if room.taken() > MUCH {
                self.engine.room.bring_much(&mut self.seat).await;
            }
            all.files.extend(one.files);
            all.faults.extend(one.faults);
            if targets.len() == 1 {
                (all.etag, all.not_modified) = (one.etag, one.not_modified);
            }
        }
        all.faults = ingest::bounded(all.faults);
        all
    }

    /// Changes when the location, the rules or the program do: then an unchanged file counts as new.
    fn circumstances(&self) -> String {
        let processed = self.node.processed.as_deref().unwrap_or_default();
        model::sha1_hex(format!("{}{processed}", self.engine.context.settings.fingerprint).as_bytes())
    }

    /// Whether only new content can change what the source brings. A conflict may be over although
    /// the file is the same, so such sources are gone through again.
    fn is_settled(&self) -> bool {
        let circumstances = self.circumstances();
        self.state.as_ref().is_some_and(|state| {
            let is_conflict = |problem: &Problem| problem.fault.name == CONFLICT;
            let hash = state.content_hash.as_deref().unwrap_or_default();
            hash.starts_with(&circumstances) && !state.problems.iter().any(is_conflict)
        })
    }

    /// Changes when the documents, the faults or the circumstances do.
    fn hash(&self, reading: &Reading) -> String {
        let mut hash = Sha1::new();
        for file in &reading.files {
            hash.update(file.location.to_string());
            hash.update(file.bytes.len().to_le_bytes());
            hash.update(&file.bytes);
        }
        for fault in &reading.faults {
            hash.update(fault.to_string());
        }
        let content: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{content}", self.circumstances())
    }

    fn is_unchanged(&self, reading: &Reading, hash: &str) -> bool {
        let known = self
            .state
            .as_ref()
            .and_then(|state| state.content_hash.as_deref());
        self.is_settled() && (reading.not_modified || known == Some(hash))
    }

    async fn note_unchanged(
        self,
        etag: Option<String>,
        next_check_at: Timestamp,
    ) -> Result<Finished, EngineError> {
        let now = self.engine.context.clock.now();
        let state = self
            .state
            .unwrap_or_else(|| SourceState::new(self.claim.key.clone()));
        let state = SourceState {
            etag,
            checked_at: Some(now),
            next_check_at: Some(next_check_at),
            duration_ms: elapsed(self.started_at, now),
            ..state
        };
        let mut tx = self.engine.context.store.write(Lane::Bulk).await?;
        if tx
            .sources_held(std::slice::from_ref(self.claim))
            .await?
            .is_empty()
        {
            return Err(EngineError::ClaimLost(self.claim.key.clone()));
        }
        tx.set_source_state(&[state]).await?;
        tx.commit().await?;
        Ok(Finished::Written)
    }

    /// A source that cannot be read is tried again soon, then less and less often.
    fn next_check(&self, reading: &Reading) -> Timestamp {
        let (context, failures) = (&self.engine.context, &self.engine.failures);
        let regular = context.settings.pause(&*context.randomness);
        let pause = if reading.faults.iter().any(|fault| fault.is(&FaultKind::Plain)) {
            regular.min(failures.after_reading(&self.node.reference))
        } else {
            failures.forget(&self.node.reference);
            regular
        };
        later(context.clock.now(), pause)
    }

    /// What the history says of changes by this run.
    fn cause(&self, reading: &Reading) -> Value {
        let was_checked = self
            .state
            .as_ref()
            .is_some_and(|state| state.checked_at.is_some());
        let kind = if was_checked { "refresh" } else { "ingest" };
        let mut cause = json!({"kind": kind, "source": self.node.reference});
        if let Some(file) = reading.files.first() {
            cause["location"] = file.location.to_string().into();
        }
        if let Some(commit) = reading.files.iter().find_map(|file| file.commit.as_ref()) {
            cause["commit"] = commit.clone().into();
        }
        cause
    }

    async fn deliver(self, reading: Reading, hash: String, next: Timestamp) -> Result<Finished, EngineError> {
        let (engine, cause) = (self.engine, self.cause(&reading));
        let hold = Hold::Source(self.claim.clone());
        let mut delivery = Delivery::begin(engine, self.claim.key.clone(), cause, hold).await?;
        let own = (self.node.reference.as_str(), &self.location);
        let mut judge = Judge::new(&engine.context, own, self.node.place.as_ref(), &reading.faults);
        for file in reading.files {
            let verdict = judge.judge(&file);
            verdict
                .warnings
                .into_iter()
                .for_each(|warning| delivery.problems.push(warning));
            for (reference, problem) in verdict.attributed {
                delivery.attribute(reference, file.location.to_string(), problem);
            }
            delivery.feed(verdict.raws).await?;
        }
        let mut judged = judge.conclude();
        delivery.feed(std::mem::take(&mut judged.raws)).await?;
        delivery.feed_moved(&judged.coverage).await?;
        delivery.problems.put_first(judged.problems.clone());
        let end = self.end(judged, reading.etag, hash, next);
        drop((self.seat, self.counted));
        let outcome = match self.turn {
            Some(turn) => write_together(engine, turn, delivery, end).await,
            None => Outcome::Written(delivery.finish(end).await?),
        };
        match outcome {
            Outcome::Written(report) => {
                tracing::debug!(source = %self.node.reference, report.emitted, report.removed, "source was read");
                Ok(Finished::Written)
            }
            Outcome::Refused(error) => Err(error),
            Outcome::WriteAlone => Ok(Finished::AloneNext),
        }
    }

    fn end(&self, judged: Judged, etag: Option<String>, hash: String, next: Timestamp) -> RunEnd {
        let is_settled = judged.is_settled();
        RunEnd {
            started_at: self.started_at,
            is_complete: judged.is_complete,
            next_check_at: Some(judged.next_check(self.engine.context.clock.now(), next)),
            coverage: judged.coverage,
            removed: Vec::new(),
            keeps_problems: false,
            location_problems: Some(judged.problems),
            etag: etag.filter(|_| is_settled),
            content_hash: is_settled.then_some(hash),
        }
    }
}
