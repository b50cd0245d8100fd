//! Stitching that was put off while many sources are read, and when it is done.
//!
//! A burst ends when no source is being looked at any more. A long one is interrupted now and then, so
//! that what has come in is served: after two seconds, then each time the burst is twice as old, and each time
//! no entity is stitched more than once. However much there is, what is new does not wait for longer than a
//! minute, and stitching again what is served already takes a small part of the time.

use std::time::Duration;

use jiff::Timestamp;
use model::Fault;
use parking_lot::Mutex;
use serde_json::Value;
use store::{Lane, Seq, StitchRound, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::claims::JOINS;
use super::{EngineError, Writer, later, pause};
use crate::Catalog;
use crate::catalog::Parts;

/// Entities after which others get a turn: sources that became due meanwhile.
const IN_A_ROW: usize = 10_000;
/// First interruption of a burst, and the longest time between two of them.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(1);
/// How many times as long as a round through everything only what is new is stitched behind it.
const REST: i32 = 4;
/// While the pauses are not longer than this, interruptions leave those out that are served already.
const ONLY_NEW: Duration = Duration::from_secs(16);

/// Whether this process has put anything off.
#[derive(Default)]
pub(super) struct PutOff {
    burst: Mutex<Option<Burst>>,
}

struct Burst {
    next: Timestamp,
    pause: Duration,
    is_any: bool,
    /// Until then interruptions leave out what is served already.
    only_new_until: Timestamp,
    /// What was begun and had to let others have a turn.
    begun: Option<StitchRound>,
}

impl Burst {
    fn new(now: Timestamp) -> Self {
        Self {
            next: later(now, FIRST),
            pause: FIRST,
            is_any: false,
            only_new_until: Timestamp::MIN,
            begun: None,
        }
    }
}

impl PutOff {
    /// Something is put off.
    pub fn note(&self, now: Timestamp) {
        self.burst.lock().get_or_insert_with(|| Burst::new(now)).is_any = true;
    }

    /// Whether something was put off and not yet done.
    pub fn is_any(&self) -> bool {
        let burst = self.burst.lock();
        burst
            .as_ref()
            .is_some_and(|burst| burst.is_any || burst.begun.is_some())
    }

    /// Whether what was put off has waited long enough, however long the burst still lasts.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let burst = self.burst.lock();
        burst
            .as_ref()
            .is_some_and(|burst| burst.begun.is_some() || (burst.is_any && burst.next <= now))
    }

    /// Goes on with what was begun, or begins with all that was put off until now; the burst goes on or is
    /// over.
    fn begin(&self, now: Timestamp, is_over: bool) -> Option<StitchRound> {
        let mut held = self.burst.lock();
        let burst = held.as_mut()?;
        if let Some(begun) = burst.begun.take() {
            return Some(begun);
        }
        if !burst.is_any {
            return None;
        }
        burst.pause = (burst.pause * 2).min(LONGEST);
        burst.next = later(now, burst.pause);
        let is_early = burst.pause <= ONLY_NEW || now < burst.only_new_until;
        if is_early && !is_over {
            return Some(StitchRound::of_new_entities(now));
        }
        burst.is_any = false;
        if is_over {
            *held = None;
        }
        Some(StitchRound::new(now))
    }

    /// A round is through. The longer one through everything took, the later the next.
    fn end(&self, now: Timestamp, round: &StitchRound) {
        if let Some(burst) = self.burst.lock().as_mut().filter(|_| round.is_full()) {
            let took = now.duration_since(round.begun());
            let rest = took.checked_mul(REST).and_then(|rest| now.checked_add(rest).ok());
            burst.only_new_until = rest.unwrap_or(Timestamp::MAX);
        }
    }

    /// There was more than could be done at once.
    fn interrupt(&self, now: Timestamp, round: StitchRound) {
        self.burst.lock().get_or_insert_with(|| Burst::new(now)).begun = Some(round);
    }
}

impl Catalog {
    /// Whether everything that was read is served: nothing waits for being joined.
    pub async fn is_stitched(&self) -> Result<bool, Fault> {
        let since = self.parts.store.stitches_since().await;
        since
            .map(|since| since.is_none())
            .map_err(|error| EngineError::from(error).into())
    }

    /// Stitches some of what this process put off; returns whether there is more, which waits because others
    /// should have a turn.
    pub(super) async fn stitch_some_put_off(&self) -> Result<bool, Fault> {
        let (engine, now) = (&self.parts.engine, self.parts.clock.now());
        let Some(mut round) = engine.put_off.begin(now, engine.in_flight() == 0) else {
            return Ok(false);
        };
        let mut stitched = 0;
        while stitched < IN_A_ROW {
            match stitch_batch(&self.parts, &mut round).await {
                Ok(batch) if batch.has_more => stitched += batch.entities,
                // A burst that ended during a round of new entities has the others stitched at once.
                Ok(_) => {
                    engine.put_off.end(self.parts.clock.now(), &round);
                    return Ok(engine.in_flight() == 0 && engine.put_off.is_any());
                }
                Err(error) => {
                    engine.put_off.note(now);
                    return Err(EngineError::from(error).into());
                }
            }
        }
        engine.put_off.interrupt(now, round);
        Ok(true)
    }

    /// Whether something waits that nobody will do: a process that lives does all that waits, also what it has not
    /// put off itself.
    async fn has_stale_joins(&self, patience: Duration) -> Result<bool, StoreError> {
        let (store, holder) = (&self.parts.store, &self.parts.engine.holder);
        let now = self.parts.clock.now();
        let since = store.stitches_since().await?;
        if self.parts.engine.put_off.is_any() || since.is_none_or(|since| later(since, patience) > now) {
            return Ok(false);
        }
        Ok(!store.is_leased_elsewhere(JOINS, holder, now).await?)
    }

    /// Stitches what a process put off that died since, until `stop`.
    pub(super) async fn stitch_for_the_dead(&self, stop: &CancellationToken) {
        let patience = self.parts.settings.claim;
        while !pause(stop, patience).await {
            let done = async {
                if self.has_stale_joins(patience).await? {
                    stitch_all_put_off(&self.parts).await?;
                }
                Ok::<_, StoreError>(())
            };
            if let Err(error) = done.await {
                tracing::warn!(%error, "entities that wait for being stitched cannot be looked at");
            }
        }
    }
}

/// Stitches everything that was put off; the last entry of the change log that this wrote.
pub(super) async fn stitch_all_put_off(parts: &Parts) -> Result<Option<Seq>, StoreError> {
    let (mut last, mut round) = (None, StitchRound::new(parts.clock.now()));
    loop {
        let batch = stitch_batch(parts, &mut round).await?;
        last = batch.seq.or(last);
        if !batch.has_more {
            return Ok(last);
        }
    }
}

/// What one transaction stitched.
struct Batch {
    /// The last entry of the change log that it wrote.
    seq: Option<Seq>,
    entities: usize,
    /// It took as many as it might.
    has_more: bool,
}

async fn stitch_batch(parts: &Parts, round: &mut StitchRound) -> Result<Batch, StoreError> {
    let pace = &parts.engine.stitching;
    let fitting = pace.entities();
    let writer = Writer::begin(parts, Lane::Bulk, Value::Null).await?;
    let begun = Instant::now();
    let (entities, seq) = writer.stitch_put_off(round, fitting).await?;
    pace.note(entities, begun.elapsed());
    Ok(Batch {
        seq,
        entities,
        has_more: entities == fitting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_that_ends_in_a_round_of_new_entities_still_has_all_of_it_stitched() {
        let (put_off, start) = (PutOff::default(), Timestamp::UNIX_EPOCH);
        let after = |seconds| later(start, Duration::from_secs(seconds));
        assert_eq!(put_off.begin(start, true), None);
        put_off.note(start);
        assert!(!put_off.is_due(after(1)));
        assert!(put_off.is_due(after(2)));
        let new = StitchRound::of_new_entities(after(2));
        assert_eq!(put_off.begin(after(2), false), Some(new.clone()));
        put_off.interrupt(after(2), new.clone());
        assert!(put_off.is_due(after(2)), "what was begun goes on at once");
        assert_eq!(put_off.begin(after(3), true), Some(new));
        assert!(put_off.is_any(), "the others still wait");
        assert_eq!(put_off.begin(after(3), true), Some(StitchRound::new(after(3))));
        assert!(!put_off.is_any());
    }

    #[test]
    fn a_long_round_through_everything_is_followed_by_some_through_what_is_new() {
        let (put_off, mut now) = (PutOff::default(), Timestamp::UNIX_EPOCH);
        let mut next = |took: u64| {
            put_off.note(now);
            now = later(now, LONGEST);
            let round = put_off.begin(now, false).unwrap();
            now = later(now, Duration::from_secs(took));
            put_off.end(now, &round);
            round.is_full()
        };
        assert!((0..3).all(|_| !next(0)));
        assert!(next(45), "the burst is old enough");
        // Three minutes of rest.
        assert_eq!([next(0), next(0), next(0)], [false, false, true]);
        assert!(next(0), "a short one needs no rest");
    }

    #[test]
    fn a_long_burst_does_not_keep_neighbours_waiting_for_its_end() {
        let (put_off, mut now) = (PutOff::default(), Timestamp::UNIX_EPOCH);
        let mut rounds = Vec::new();
        for _ in 0..5 {
            put_off.note(now);
            now = later(now, LONGEST);
            rounds.push(put_off.begin(now, false) == Some(StitchRound::new(now)));
        }
        assert_eq!(rounds, [false, false, false, true, true]);
    }
}
