//! One run of one source: documents go in, batches go to the database, and the last transaction
//! removes what is gone and records the state of the source, so that after a crash the run is only done again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::{Cause, Fault, Place, Problem};
use serde_json::Value;
use store::{ChildRow, Lane, Seq, SourceKey, SourceState, StoreError};
use tokio::time::Instant;

use super::Engine;
use super::coverage::Coverage;
use super::emission::{Emission, Raw, process_all};
use super::failure::EngineError;
use super::hold::Hold;
use super::joins::join_all;
use super::problems::Problems;
use super::refusals::Refusals;
use super::run::{RunEnd, RunReport};
use super::writer::Writer;
use crate::time::elapsed;

/// Most documents processed together that may bring other files with them.
const OPEN_ENDED: usize = 16;
/// From this weight on documents are written although they are few.
const HEAVY: usize = 2_000;
/// Bytes of documents that are processed together, at most.
const MOST_BYTES: usize = 4 << 20;

/// Most problems of one run that are shown on the entities that their documents probably are.
const MAX_ATTRIBUTED: usize = 10_000;

/// A run under way.
pub(crate) struct Delivery {
    engine: Arc<Engine>,
    source: SourceKey,
    cause: Value,
    /// Without it nothing is written.
    hold: Hold,
    before: HashMap<String, ChildRow>,
    /// Entities that this run emitted, each with its owner.
    emitted: HashMap<String, Option<String>>,
    waiting: Vec<Emission>,
    /// Documents of entities that another file of this source owned so far.
    contested: Vec<Raw>,
    /// Entities whose owner does not declare them any more.
    moved: HashSet<String>,
    /// The problems, in the order they were found.
    pub problems: Problems,
    /// Problems of documents that cannot be used but probably are a known entity.
    attributed: Vec<(String, String, Problem)>,
    refusals: Refusals,
    pub last_seq: Option<Seq>,
    /// Some of it is written but not yet joined.
    has_deferred: bool,
}

impl Delivery {
    /// Begins a run. `cause` is what the history will say.
    pub async fn begin(
        engine: &Arc<Engine>,
        source: SourceKey,
        cause: Value,
        hold: Hold,
    ) -> Result<Self, EngineError> {
        let children = engine.context.store.children(&source).await?;
        Ok(Self {
            engine: engine.clone(),
            source,
            cause,
            hold,
            before: children
                .into_iter()
                .map(|row| (row.reference.clone(), row))
                .collect(),
            emitted: HashMap::new(),
            waiting: Vec::new(),
            contested: Vec::new(),
            moved: HashSet::new(),
            problems: Problems::default(),
            attributed: Vec::new(),
            refusals: Refusals::default(),
            last_seq: None,
            has_deferred: false,
        })
    }

    /// The right under which it is written.
    pub fn hold(&self) -> &Hold {
        &self.hold
    }

    /// Entities that writing the rest of the run asks for.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        let emitted = self.waiting.iter().map(|emission| emission.reference.as_str());
        emitted.chain(self.source.entity())
    }

    /// Documents that are not yet written.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The weight of documents that are not yet written: one for each, and more for long ones.
    pub fn weight(&self) -> usize {
        self.waiting.iter().map(Emission::weight).sum()
    }

    /// Whether anything was emitted so far.
    pub fn has_emitted(&self) -> bool {
        !self.emitted.is_empty()
    }

    /// Shows a problem on an entity of the file `owner` when the run is written.
    pub fn attribute(&mut self, reference: String, owner: String, problem: Problem) {
        if self.attributed.len() < MAX_ATTRIBUTED {
            self.attributed.push((reference, owner, problem));
        }
    }

    /// Notes an entity that is not taken.
    pub fn refuse(&mut self, entity: &str, problem: Problem) {
        let problem = match &self.source {
            // There is no file to be named.
            SourceKey::Provider(_) => problem.at(Place {
                source: entity.to_owned(),
                ..Place::default()
            }),
            SourceKey::Entity(_) => problem,
        };
        self.refusals.push(entity, &problem);
        self.problems.push(problem.about(entity));
    }

    /// Takes documents of one file. Of several with the same reference the last counts.
    pub async fn feed(&mut self, raws: Vec<Raw>) -> Result<(), EngineError> {
        let raws = self.without_duplicates(raws);
        let (contested, raws) = raws.into_iter().partition(|raw| self.is_contested(raw));
        self.contested.extend::<Vec<Raw>>(contested);
        let raws = self.first_of_each(raws);
        self.process(raws).await
    }

    /// Takes documents that have moved from one file of the source to another: their entities keep uid and history.
    /// A document whose entity its owner still declares is a conflict. To be called after the last file.
    pub async fn feed_moved(&mut self, coverage: &Coverage) -> Result<(), EngineError> {
        let contested = std::mem::take(&mut self.contested);
        let (moved, other): (Vec<Raw>, Vec<Raw>) = contested.into_iter().partition(|raw| {
            let owner = self.owner_before(&raw.reference);
            !self.emitted.contains_key(&raw.reference) && coverage.shows_gone(&raw.reference, owner)
        });
        self.moved.extend(moved.iter().map(|raw| raw.reference.clone()));
        let raws = moved.into_iter().chain(other).collect();
        let raws = self.first_of_each(raws);
        self.process(raws).await
    }

    /// Whether another file of this source owned the entity when it was last read.
    fn is_contested(&self, raw: &Raw) -> bool {
        let owners = self.owner_before(&raw.reference).zip(raw.location_key.as_deref());
        self.source.entity().is_some() && owners.is_some_and(|(before, now)| before != now)
    }

    fn owner_before(&self, reference: &str) -> Option<&str> {
        self.before.get(reference)?.location_key.as_deref()
    }

    async fn process(&mut self, raws: Vec<Raw>) -> Result<(), EngineError> {
        let mut raws = raws.into_iter();
        loop {
            let fitting = self.engine.writing.entities();
            let chunk = self.next_chunk(&mut raws, fitting);
            if chunk.is_empty() {
                return Ok(());
            }
            let emissions = process_all(&self.engine.context.pipeline, chunk).await?;
            self.waiting.extend(emissions);
            if self.waiting.len() >= fitting || self.weight() >= HEAVY {
                self.write().await?;
            }
        }
    }

    /// Documents that are processed together: as many as fit, and few of those that may bring other files with them.
    fn next_chunk(&self, raws: &mut impl Iterator<Item = Raw>, fitting: usize) -> Vec<Raw> {
        let (mut chunk, mut open, mut bytes) = (Vec::new(), 0, 0);
        while chunk.len() < fitting
            && open < OPEN_ENDED
            && bytes < MOST_BYTES
            && let Some(raw) = raws.next()
        {
            let (raw, is_open) = self.compare(raw);
            open += usize::from(is_open);
            bytes += raw.bytes;
            chunk.push(raw);
        }
        chunk
    }

    fn without_duplicates(&mut self, raws: Vec<Raw>) -> Vec<Raw> {
        let mut last: HashMap<(String, Option<String>), usize> = HashMap::new();
        for (index, raw) in raws.iter().enumerate() {
            last.insert((raw.reference.clone(), raw.location_key.clone()), index);
        }
        let mut kept = Vec::with_capacity(last.len());
        for (index, raw) in raws.into_iter().enumerate() {
            let newest = last[&(raw.reference.clone(), raw.location_key.clone())];
            if newest == index {
                kept.push(raw);
            } else {
                self.refuse(&raw.reference, duplicate(&raw));
            }
        }
        kept
    }

    /// Of several files with the same entity the first counts.
    fn first_of_each(&mut self, raws: Vec<Raw>) -> Vec<Raw> {
        let mut kept = Vec::with_capacity(raws.len());
        for raw in raws {
            match self.emitted.get(&raw.reference) {
                Some(owner) if *owner != raw.location_key => {
                    let problem = taken(&raw, owner.as_deref().unwrap_or("a provider"));
                    self.refuse(&raw.reference, problem);
                }
                _ => {
                    self.emitted
                        .insert(raw.reference.clone(), raw.location_key.clone());
                    kept.push(raw);
                }
            }
        }
        kept
    }

    /// Notes whether this source emitted exactly the same last time; with it, whether that depends on others.
    fn compare(&self, mut raw: Raw) -> (Raw, bool) {
        let known = self.before.get(&raw.reference);
        let dependence = self
            .engine
            .context
            .pipeline
            .dependence(&raw.entity, &raw.context());
        raw.is_unchanged = !dependence.is_any
            && known.is_some_and(|row| row.raw_hash == raw.raw_hash && row.location_key == raw.location_key);
        (raw, dependence.is_any)
    }

    async fn write(&mut self) -> Result<(), EngineError> {
        let context = self.engine.context.clone();
        let mut writer = Writer::begin(&context, Lane::Bulk, self.cause.clone()).await?;
        self.check_hold(&mut writer).await?;
        let (begun, entities) = (Instant::now(), self.waiting.len());
        self.emit(&mut writer).await?;
        self.last_seq = writer.commit_and_defer().await?.or(self.last_seq);
        self.has_deferred = true;
        self.engine.writing.note(entities, begun.elapsed());
        self.engine.joins.mark(self.engine.context.clock.now());
        Ok(())
    }

    async fn check_hold(&self, writer: &mut Writer<'_>) -> Result<(), EngineError> {
        self.hold.check(&mut writer.tx, &writer.held, &self.source).await
    }

    async fn emit(&mut self, writer: &mut Writer<'_>) -> Result<(), EngineError> {
        let emissions = std::mem::take(&mut self.waiting);
        if emissions.is_empty() {
            return Ok(());
        }
        for emission in &emissions {
            if let Some(outcome) = &emission.outcome
                && let Err(problem) = &outcome.result
            {
                self.refuse(&emission.reference, (**problem).clone());
            }
        }
        let may_rekey: HashSet<String> = match &self.source {
            SourceKey::Provider(_) => self.before.keys().cloned().collect(),
            SourceKey::Entity(_) => self.moved.clone(),
        };
        let unchanged = emissions.iter().filter(|emission| emission.outcome.is_none());
        let unchanged: Vec<String> = unchanged.map(|emission| emission.reference.clone()).collect();
        let conflicts = writer.emit(&self.source, emissions, &may_rekey).await?;
        for reference in unchanged {
            // It is not processed again, and still has the problem it had.
            if let Some(problem) = writer.failure_of(&reference) {
                self.refuse(&reference, problem);
            }
        }
        for (reference, problem) in conflicts {
            self.emitted.remove(&reference);
            self.refuse(&reference, problem);
        }
        Ok(())
    }

    /// Writes what is left, removes what is gone and records the state of the source, in a transaction
    /// of its own.
    pub async fn finish(self, end: RunEnd) -> Result<RunReport, EngineError> {
        let engine = self.engine.clone();
        let mut writer = Writer::begin(&engine.context, Lane::Bulk, Value::Null).await?;
        let report = self.write_end(&mut writer, end).await?;
        let mut seq = writer.commit().await?.or(report.seq);
        if report.has_deferred {
            seq = join_all(&engine).await?.or(seq);
        }
        Ok(RunReport { seq, ..report })
    }

    /// The same in a transaction that others share. Fails with [`EngineError::ClaimLost`] or
    /// [`EngineError::Overtaken`] before anything is written.
    pub async fn write_end(mut self, writer: &mut Writer<'_>, end: RunEnd) -> Result<RunReport, EngineError> {
        self.check_hold(writer).await?;
        writer.set_cause(self.cause.clone());
        self.emit(writer).await?;
        for (reference, owner, problem) in std::mem::take(&mut self.attributed) {
            writer.add_problem(&reference, &owner, problem).await?;
        }
        let mut gone = end.removed;
        gone.retain(|reference| self.before.contains_key(reference) && !self.emitted.contains_key(reference));
        let unmet = self.before.values().filter(|row| {
            !self.emitted.contains_key(&row.reference)
                && end
                    .coverage
                    .shows_gone(&row.reference, row.location_key.as_deref())
        });
        gone.extend(unmet.map(|row| row.reference.clone()));
        gone.sort();
        gone.dedup();
        writer.abandon(&self.source, &gone).await?;
        if end.keeps_problems {
            let kept = self.problems_of_others(writer, &gone).await?;
            self.problems.put_first(kept);
        }
        if let (SourceKey::Entity(reference), Some(problems)) = (&self.source, end.location_problems) {
            self.show_on_location(writer, reference, problems, end.is_complete)
                .await?;
        }
        let kept = self
            .before
            .keys()
            .filter(|name| !self.emitted.contains_key(*name) && !gone.contains(name))
            .count();
        let now = self.engine.context.clock.now();
        let emitted = self.emitted.len();
        let state = SourceState {
            key: self.source.clone(),
            etag: end.etag,
            content_hash: end.content_hash,
            checked_at: Some(now),
            changed_at: Some(now),
            problems: std::mem::take(&mut self.problems).into_shown(),
            next_check_at: end.next_check_at,
            duration_ms: elapsed(end.started_at, now),
            entities: u32::try_from(emitted + kept).unwrap_or(u32::MAX),
        };
        // A location that was deleted meanwhile must not leave its state behind.
        let exists = match &self.source {
            SourceKey::Entity(reference) => writer.node(reference).await?.is_some(),
            SourceKey::Provider(_) => true,
        };
        if exists {
            writer.set_state(state);
        }
        Ok(RunReport {
            seq: self.last_seq,
            has_deferred: self.has_deferred,
            emitted,
            removed: gone.len(),
            accepted: self.refusals.accepted(self.emitted.keys()),
            refusals: self.refusals,
        })
    }

    /// Earlier problems of entities that this run does not name.
    async fn problems_of_others(
        &self,
        writer: &mut Writer<'_>,
        gone: &[String],
    ) -> Result<Vec<Problem>, StoreError> {
        let known = writer.tx.source_state(std::slice::from_ref(&self.source)).await?;
        let is_named = |problem: &Problem| {
            let entity = problem.place.as_ref().map(|place| &place.source);
            entity.is_some_and(|name| {
                self.emitted.contains_key(name) || gone.contains(name) || self.refusals.has(name)
            })
        };
        let problems = known.into_iter().flat_map(|state| state.problems);
        Ok(problems.filter(|problem| !is_named(problem)).collect())
    }

    async fn show_on_location(
        &self,
        writer: &mut Writer<'_>,
        reference: &str,
        problems: Vec<Problem>,
        is_complete: bool,
    ) -> Result<(), EngineError> {
        let Some(node) = writer.node(reference).await? else {
            return Ok(());
        };
        // While its own document is broken, that is what the location shows.
        if node.raw.is_none() && node.problems != problems {
            writer.change(reference, |node| node.problems = problems).await?;
        }
        let partial = self.has_emitted() && !self.engine.context.settings.discard_file_on_error;
        if is_complete || partial {
            writer.mark_ready(reference);
        }
        Ok(())
    }
}

fn duplicate(raw: &Raw) -> Problem {
    let fault = Fault::input(format!(
        "{} occurs more than once in {}",
        raw.reference, raw.location
    ));
    let mut problem = Problem::warning(fault).hint(Cause::Duplicate.remedy());
    problem.place.clone_from(&raw.place);
    problem
}

fn taken(raw: &Raw, owner: &str) -> Problem {
    let here = raw.location_key.as_deref().unwrap_or("a provider");
    let fault = Fault::conflict(format!(
        "Detected conflicting entityRef {} already referenced by {owner} and now also {here}",
        raw.reference
    ));
    let mut problem = Problem::warning(fault).hint(Cause::Conflict.remedy());
    problem.place.clone_from(&raw.place);
    problem
}
