//! One look at one location: read its targets, and if anything differs hand the documents on.

use jiff::{SignedDuration, Timestamp};
use model::{EntityRef, Fault, Kinds, LocationRef, Place, Problem, Severity, entity, hint_for};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use store::{Lane, Node, SourceKey, SourceState};
use tokio_util::sync::CancellationToken;

use super::delivery::{Delivery, Ending, elapsed};
use super::emission::Raw;
use super::failure::EngineError;
use super::group::finish_together;
use super::problems::Problems;
use super::reading::{MUCH, Seat};
use super::seen::Seen;
use super::watching::follow;
use crate::catalog::Parts;
use crate::ingest::{self, Documents, Reading, Rejected, Room, SourceFile, Target, Usable};
use crate::process::{Dependence, claim};

/// What a failed request says when nobody answered.
const UNREACHABLE: [&str; 4] = [
    "ENOTFOUND",
    "ECONNREFUSED",
    "timed out",
    "no complete answer within",
];
/// First pause after a failed read; doubled with every further one.
const FIRST_BACK_OFF: Duration = Duration::from_secs(10);

/// Looks at the location entity `reference`, which this process has claimed, and writes what it found
/// together with others in the order of their `turn`, or alone. Ends early with `stop`.
pub(crate) async fn refresh(
    parts: &Arc<Parts>,
    reference: &str,
    turn: Option<u64>,
    stop: &CancellationToken,
) -> Result<(), EngineError> {
    let key = SourceKey::Entity(reference.to_owned());
    let node = parts.store.nodes(&[reference.to_owned()]).await?.pop();
    let location = node
        .as_ref()
        .and_then(|node| node.processed.as_deref())
        .map(serde_json::from_str::<Value>);
    let (Some(node), Some(Ok(location))) = (node, location) else {
        return forget(parts, key).await;
    };
    let state = parts.store.source_state(std::slice::from_ref(&key)).await?.pop();
    Visit {
        parts,
        key,
        node,
        location,
        state,
        started_at: parts.clock.now(),
        turn,
        stop,
        seat: Seat::default(),
    }
    .run()
    .await
}

/// A location that is gone or was never valid has nothing to look at.
async fn forget(parts: &Parts, key: SourceKey) -> Result<(), EngineError> {
    parts.engine.readers.forget(key.entity().unwrap_or_default());
    let mut tx = parts.store.write(Lane::Bulk).await?;
    tx.delete_source_state(&[key]).await?;
    tx.commit().await?;
    Ok(())
}

struct Visit<'a> {
    parts: &'a Arc<Parts>,
    key: SourceKey,
    node: Node,
    location: Value,
    state: Option<SourceState>,
    started_at: Timestamp,
    turn: Option<u64>,
    stop: &'a CancellationToken,
    /// Given back when nothing more is to be read.
    seat: Seat,
}

impl Visit<'_> {
    async fn run(mut self) -> Result<(), EngineError> {
        let base = entity::annotation(&self.location, entity::MANAGED_BY_LOCATION).unwrap_or_default();
        let base = LocationRef::parse(base)?;
        let targets = ingest::targets(&self.location, &self.parts.settings)?;
        follow(self.parts, &self.node.reference, &targets);
        let (stop, engine) = (self.stop, &self.parts.engine);
        let reading = async {
            let targets = self.admitted(targets).await?;
            self.seat = engine.room.enter(self.host(&base, &targets).as_deref()).await?;
            Ok::<_, EngineError>(self.read(&base, &targets).await)
        };
        let reading = stop.run_until_cancelled(engine.reading(Box::pin(reading))).await;
        let reading = reading.unwrap_or(Err(EngineError::Stopped))?;
        let hash = self.hash(&reading);
        let next_check_at = self.next_check(&reading);
        if self.is_unchanged(&reading, &hash) {
            return self.stop_early(reading.etag, next_check_at).await;
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
        let (readers, own) = (&self.parts.engine.readers, &self.node.reference);
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
        let readers = &self.parts.engine.readers;
        let others = readers.of_full(&target.location);
        if others.is_empty() {
            return Ok(());
        }
        let nodes = self.parts.store.nodes(&others).await?;
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
        let url = self.parts.source.integrations().resolve_url(&base.target, target);
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
            let (source, settings) = (&*self.parts.source, &self.parts.settings);
            let one = ingest::read_target(target, base, source, settings, etag.as_deref(), &mut room).await;
            if room.taken() > MUCH {
                self.parts.engine.room.bring_much(&mut self.seat).await;
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
        model::sha1_hex(format!("{}{processed}", self.parts.settings.fingerprint).as_bytes())
    }

    /// Whether only new content can change what the source brings. A conflict may be over although
    /// the file is the same, so such sources are gone through again.
    fn is_settled(&self) -> bool {
        let circumstances = self.circumstances();
        self.state.as_ref().is_some_and(|state| {
            let is_conflict = |problem: &Problem| problem.fault.name == "ConflictError";
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

    async fn stop_early(self, etag: Option<String>, next_check_at: Timestamp) -> Result<(), EngineError> {
        let now = self.parts.clock.now();
        let mut state = self.state.unwrap_or_else(|| SourceState::new(self.key.clone()));
        state.etag = etag;
        state.checked_at = Some(now);
        state.next_check_at = Some(next_check_at);
        state.duration_ms = elapsed(self.started_at, now);
        let mut tx = self.parts.store.write(Lane::Bulk).await?;
        if !tx
            .sources_held(&self.parts.engine.holder, std::slice::from_ref(&self.key))
            .await?
            .is_empty()
        {
            tx.set_source_state(&[state]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A source that cannot be read is tried again soon, then less and less often.
    fn next_check(&self, reading: &Reading) -> Timestamp {
        let regular = self.parts.settings.pause(&*self.parts.randomness);
        let broken = reading.faults.iter().any(|fault| fault.name == "Error");
        let failures = self.parts.engine.note_failure(&self.node.reference, broken);
        let pause = match failures {
            0 => regular,
            failures => regular.min(FIRST_BACK_OFF.saturating_mul(1 << failures.min(10).saturating_sub(1))),
        };
        later(self.parts.clock.now(), pause)
    }

    async fn deliver(self, reading: Reading, hash: String, next: Timestamp) -> Result<(), EngineError> {
        let commit = reading.files.iter().find_map(|file| file.commit.clone());
        let kind = if self
            .state
            .as_ref()
            .is_some_and(|state| state.checked_at.is_some())
        {
            "refresh"
        } else {
            "ingest"
        };
        let mut cause = json!({"kind": kind, "source": self.node.reference});
        if let Some(target) = reading.files.first() {
            cause["location"] = target.location.to_string().into();
        }
        if let Some(commit) = commit {
            cause["commit"] = commit.into();
        }
        let mut delivery = Delivery::begin(self.parts, self.key.clone(), cause, true).await?;
        let mut problems = Problems::default();
        problems.put_first(
            reading
                .faults
                .iter()
                .map(|fault| unreadable(fault, &self.location, self.node.place.clone()))
                .collect(),
        );
        let mut dependence = Dependence::default();
        let discard = self.parts.settings.discard_file_on_error;
        let mut has_refused = false;
        let mut held_back = Vec::new();
        let mut seen = Seen::new(reading.faults.is_empty());
        for file in reading.files {
            let Fed {
                raws,
                rejected,
                warnings,
            } = self.documents(&file);
            for warning in warnings {
                delivery.problems.push(warning);
            }
            seen.note(file.location.to_string(), rejected.iter().all(Rejected::is_told));
            for reference in rejected.iter().filter_map(|one| one.reference.clone()) {
                seen.note_refused(reference);
            }
            for raw in &raws {
                dependence.add(self.parts.pipeline.dependence(&raw.entity, &raw.context()));
            }
            for one in rejected {
                // Whoever discards files stops at the first document of a kind that is not allowed.
                let is_refusal = one.problem.fault.name == "NotAllowedError";
                if discard && is_refusal && std::mem::replace(&mut has_refused, true) {
                    continue;
                }
                // A file that is discarded says nothing about its entities.
                if let Some(reference) = one.reference.filter(|_| !discard) {
                    delivery.attribute(reference, file.location.to_string(), one.problem.clone());
                }
                problems.push(one.problem);
            }
            if discard {
                held_back.extend(raws);
            } else {
                delivery.feed(raws).await?;
            }
        }
        if discard && problems.is_empty() {
            delivery.feed(held_back).await?;
        }
        if discard && !problems.is_empty() {
            seen = Seen::default();
        }
        delivery.feed_moved(&seen).await?;
        let is_complete = problems.is_empty();
        let problems = problems.into_told();
        delivery.problems.put_first(problems.clone());
        let is_settled = !dependence.is_any;
        let recheck = dependence
            .recheck
            .map(|pause| later(self.parts.clock.now(), pause));
        let ending = Ending {
            started_at: self.started_at,
            is_complete,
            seen,
            removed: Vec::new(),
            location_problems: Some(problems),
            etag: reading.etag.filter(|_| is_settled),
            content_hash: is_settled.then_some(hash),
            next_check_at: Some(recheck.map_or(next, |recheck| recheck.min(next))),
        };
        drop(self.seat);
        let finished = match self.turn {
            Some(turn) => finish_together(self.parts, turn, delivery, ending).await?,
            None => delivery.finish(ending).await?,
        };
        tracing::debug!(source = %self.node.reference, finished.emitted, finished.removed, "source was read");
        Ok(())
    }

    /// Documents of a file that may come from here, and what is wrong with the others.
    fn documents(&self, file: &SourceFile) -> Fed {
        let origin = entity::annotation(&self.location, entity::MANAGED_BY_ORIGIN_LOCATION)
            .and_then(|origin| LocationRef::parse(origin).ok())
            .unwrap_or_else(|| file.location.clone());
        let Documents {
            usable,
            rejected,
            warnings,
        } = admit(self.parts, file, &origin);
        let mut raws = Vec::with_capacity(usable.len());
        for Usable { entity, place, text } in usable {
            let fingerprint = &self.parts.settings.fingerprint;
            let raw = Raw::new(entity, file.location.clone(), origin.clone(), fingerprint);
            // A location that names its own file is no news.
            if let Some(mut raw) = raw.filter(|raw| raw.reference != self.node.reference) {
                raw.place = Some(place);
                raw.text = Some(text);
                raws.push(raw);
            }
        }
        Fed {
            raws,
            rejected,
            warnings,
        }
    }
}

/// A problem of a location, of which something cannot be read.
pub(crate) fn unreadable(fault: &Fault, location: &Value, place: Option<Place>) -> Problem {
    let problem = Problem::error(fault.clone());
    Problem {
        place,
        hint: way_to_read(fault, location).map(str::to_owned),
        ..problem
    }
}

fn way_to_read(fault: &Fault, location: &Value) -> Option<&'static str> {
    let says = |words: &str| fault.message.contains(words);
    let own = entity::annotation(location, entity::MANAGED_BY_LOCATION).unwrap_or_default();
    if says("Invalid URL") && own.starts_with("file:") && entity::spec_type(location) == Some("url") {
        return Some(
            "Remove `type: url`: this location is in a file on disk, where a relative target names a file beside it. \
             Or write the whole address.",
        );
    }
    match fault.name.as_str() {
        "NotFoundError" if says("/src/branch/") => Some(
            "Correct the target; a slash in the name of a branch is written %2F. Set `presence: optional` if the file \
             may be missing.",
        ),
        "NotFoundError" if fault.message.contains(['*', '?', '[', '{']) => {
            Some("The pattern matches no file: correct it, or set `presence: optional` if there may be none.")
        }
        "NotFoundError" => Some("Correct the target, or set `presence: optional` if it may be missing."),
        _ if says("backend.reading.allow") => {
            Some("Add the host to integrations, or to backend.reading.allow.")
        }
        _ if UNREACHABLE.iter().any(|sign| says(sign)) => {
            Some("Check the address, and whether this machine can reach the host.")
        }
        _ => None,
    }
}

/// What one file brings into a run.
struct Fed {
    raws: Vec<Raw>,
    rejected: Vec<Rejected>,
    warnings: Vec<Problem>,
}

/// Documents of a file that may come from a location with this origin, with the annotations that say so, and what
/// is wrong with the others.
pub(crate) fn admit(parts: &Parts, file: &SourceFile, origin: &LocationRef) -> Documents {
    let settings = &parts.settings;
    let mut found = ingest::read_documents(&file.location, &file.bytes, &settings.yaml);
    let mut admitted = Vec::with_capacity(found.usable.len());
    for mut one in std::mem::take(&mut found.usable) {
        if settings.rules.allow(&one.entity, origin) {
            claim(&mut one.entity, &file.location, origin);
            admitted.push(one);
        } else {
            let kinds = &parts.pipeline.kinds;
            found
                .rejected
                .push(refused(&one.entity, file, origin, one.place, kinds));
        }
    }
    found.usable = admitted;
    found
}

/// A document whose kind may not come from its location.
fn refused(value: &Value, file: &SourceFile, origin: &LocationRef, place: Place, kinds: &Kinds) -> Rejected {
    let name = EntityRef::of(value)
        .map(|reference| reference.to_string())
        .unwrap_or_default();
    let kind = entity::kind(value).unwrap_or_default();
    let fault = Fault::not_allowed(format!(
        "Entity {name} at {}, originated at {origin}, is not of an allowed kind for that location",
        file.location
    ));
    let is_known = kinds.names().iter().any(|known| known.eq_ignore_ascii_case(kind));
    let hint = if is_known {
        Some(format!(
            "Add `- allow: [{kind}]` to `catalog.rules`, or to the rules of the location."
        ))
    } else {
        // Allowing a kind that nothing knows would only lead to the next mistake.
        let unknown = Fault::input("No processor recognized the entity");
        hint_for(kinds, &unknown, value)
    };
    let problem = Problem {
        severity: Severity::Error,
        fault,
        place: Some(place),
        hint,
    };
    Rejected {
        problem,
        reference: Some(name),
    }
}

/// A time after a pause, as far as time goes.
pub(crate) fn later(now: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause)
        .ok()
        .and_then(|pause| now.checked_add(pause).ok())
        .unwrap_or(Timestamp::MAX)
}
