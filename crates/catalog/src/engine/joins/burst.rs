//! When deferred joins are made in the course of a burst of refreshes.

use std::time::Duration;

use jiff::Timestamp;
use store::StitchRound;

use crate::time::later;

/// Time until the first round of a burst.
const FIRST_ROUND_AFTER: Duration = Duration::from_secs(2);
/// Longest time between two rounds.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How many times as long as a full round took only new entities are joined after it.
const FULL_ROUND_COOLDOWN: i32 = 4;
/// While the pauses are not longer than this, rounds leave out entities that are served already.
const ONLY_NEW_UNTIL_PAUSE: Duration = Duration::from_secs(16);

/// Where a burst stands.
#[derive(Debug, Default)]
pub(super) enum Burst {
    /// No joins are deferred.
    #[default]
    Quiet,
    /// Joins wait for the next round, or for the end of the burst.
    Gathering(Rhythm),
    /// All joins were made, and sources are still refreshed.
    Emptied(Rhythm),
    /// A round let others have a turn and goes on.
    Interrupted {
        round: StitchRound,
        rhythm: Rhythm,
        /// Joins wait that the round leaves out.
        has_others: bool,
    },
}

/// When the rounds of a burst are due.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    next: Timestamp,
    pause: Duration,
    /// Until then rounds leave out entities that are served already.
    only_new_until: Timestamp,
}

impl Rhythm {
    fn new(now: Timestamp) -> Self {
        Self {
            next: later(now, FIRST_ROUND_AFTER),
            pause: FIRST_ROUND_AFTER,
            only_new_until: Timestamp::MIN,
        }
    }

    /// After a round that begins now; whether it leaves out entities that are served already.
    fn advance(&mut self, now: Timestamp) -> bool {
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        self.next = later(now, self.pause);
        self.pause <= ONLY_NEW_UNTIL_PAUSE || now < self.only_new_until
    }
}

impl Burst {
    /// Joins were deferred.
    pub(super) fn mark(&mut self, now: Timestamp) {
        *self = match std::mem::take(self) {
            Self::Quiet => Self::Gathering(Rhythm::new(now)),
            Self::Gathering(rhythm) | Self::Emptied(rhythm) => Self::Gathering(rhythm),
            Self::Interrupted { round, rhythm, .. } => Self::Interrupted {
                round,
                rhythm,
                has_others: true,
            },
        };
    }

    /// Whether joins wait.
    pub(super) fn has_joins(&self) -> bool {
        matches!(self, Self::Gathering(_) | Self::Interrupted { .. })
    }

    /// Whether joins have waited long enough, however long the burst still lasts.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        match self {
            Self::Quiet | Self::Emptied(_) => false,
            Self::Gathering(rhythm) => rhythm.next <= now,
            Self::Interrupted { .. } => true,
        }
    }

    /// Goes on with an interrupted round, or begins one with all joins that wait now; the burst goes on or is over.
    pub(super) fn begin(&mut self, now: Timestamp, is_over: bool) -> Option<StitchRound> {
        let (next, round) = match std::mem::take(self) {
            Self::Quiet => (Self::Quiet, None),
            Self::Emptied(_) if is_over => (Self::Quiet, None),
            Self::Emptied(rhythm) => (Self::Emptied(rhythm), None),
            Self::Interrupted {
                round,
                rhythm,
                has_others,
            } => {
                let next = if has_others {
                    Self::Gathering(rhythm)
                } else {
                    Self::Emptied(rhythm)
                };
                (next, Some(round))
            }
            Self::Gathering(_) if is_over => (Self::Quiet, Some(StitchRound::new(now))),
            Self::Gathering(mut rhythm) => {
                if rhythm.advance(now) {
                    (Self::Gathering(rhythm), Some(StitchRound::of_new_entities(now)))
                } else {
                    (Self::Emptied(rhythm), Some(StitchRound::new(now)))
                }
            }
        };
        *self = next;
        round
    }

    /// A round is through. The longer a full one took, the later the next full one.
    pub(super) fn end(&mut self, now: Timestamp, round: &StitchRound) {
        let rhythm = match self {
            Self::Gathering(rhythm) | Self::Emptied(rhythm) | Self::Interrupted { rhythm, .. } => rhythm,
            Self::Quiet => return,
        };
        if round.is_full() {
            let took = now.duration_since(round.begun());
            let cooldown = took.checked_mul(FULL_ROUND_COOLDOWN);
            let until = cooldown.and_then(|cooldown| now.checked_add(cooldown).ok());
            rhythm.only_new_until = until.unwrap_or(Timestamp::MAX);
        }
    }

    /// There was more than could be joined at once.
    pub(super) fn interrupt(&mut self, now: Timestamp, round: StitchRound) {
        let (rhythm, has_others) = match std::mem::take(self) {
            Self::Quiet => (Rhythm::new(now), false),
            Self::Gathering(rhythm) => (rhythm, true),
            Self::Emptied(rhythm) => (rhythm, false),
            Self::Interrupted {
                rhythm, has_others, ..
            } => (rhythm, has_others),
        };
        *self = Self::Interrupted {
            round,
            rhythm,
            has_others,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_that_ends_in_a_round_of_new_entities_still_has_all_of_it_joined() {
        let (mut burst, start) = (Burst::default(), Timestamp::UNIX_EPOCH);
        let after = |seconds| later(start, Duration::from_secs(seconds));
        assert_eq!(burst.begin(start, true), None);
        burst.mark(start);
        assert!(!burst.is_due(after(1)));
        assert!(burst.is_due(after(2)));
        let new = StitchRound::of_new_entities(after(2));
        assert_eq!(burst.begin(after(2), false), Some(new.clone()));
        burst.interrupt(after(2), new.clone());
        assert!(burst.is_due(after(2)), "an interrupted round goes on at once");
        assert_eq!(burst.begin(after(3), true), Some(new));
        assert!(burst.has_joins(), "the others still wait");
        assert_eq!(burst.begin(after(3), true), Some(StitchRound::new(after(3))));
        assert!(!burst.has_joins());
    }

    #[test]
    fn a_long_round_through_everything_is_followed_by_some_through_what_is_new() {
        let (mut burst, mut now) = (Burst::default(), Timestamp::UNIX_EPOCH);
        let mut next = |took: u64| {
            burst.mark(now);
            now = later(now, LONGEST_PAUSE);
            let round = burst.begin(now, false).unwrap();
            now = later(now, Duration::from_secs(took));
            burst.end(now, &round);
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
        let (mut burst, mut now) = (Burst::default(), Timestamp::UNIX_EPOCH);
        let mut rounds = Vec::new();
        for _ in 0..5 {
            burst.mark(now);
            now = later(now, LONGEST_PAUSE);
            rounds.push(burst.begin(now, false) == Some(StitchRound::new(now)));
        }
        assert_eq!(rounds, [false, false, false, true, true]);
    }
}
