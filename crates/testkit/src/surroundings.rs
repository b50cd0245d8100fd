//! Time that moves when told, and chance that repeats itself.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use model::{Clock, Randomness};
use uuid::{Builder, Uuid};

/// A clock that stands still until moved; clones show the same time.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that shows `now`, to the microsecond.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_microsecond())))
    }

    /// Moves the time forward, or back by a negative duration.
    pub fn advance(&self, by: SignedDuration) {
        let microseconds = i64::try_from(by.as_micros()).expect("a test spans less than centuries");
        self.0.fetch_add(microseconds, Ordering::SeqCst);
    }

    /// Moves the time to `now`.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_microsecond(), Ordering::SeqCst);
    }
}

impl Default for TestClock {
    /// 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_767_225_600_000_000)))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).expect("within jiff's range")
    }
}

/// Numbers and ids that are the same in every run with the same seed; clones continue one sequence.
#[derive(Debug, Clone)]
pub struct TestRandomness(Arc<AtomicU64>);

impl TestRandomness {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed)))
    }

    /// The next number of `SplitMix64` (Steele, Lea and Flood 2014): a counter whose bits are mixed.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut bits = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

impl Default for TestRandomness {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Randomness for TestRandomness {
    fn uuid(&self) -> Uuid {
        let bytes = (u128::from(self.next()) << 64) | u128::from(self.next());
        Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
    }

    fn below(&self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_moves_when_told() {
        let clock = TestClock::default();
        assert_eq!(clock.now().to_string(), "2026-01-01T00:00:00Z");
        clock.clone().advance(SignedDuration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2026-01-01T00:01:30Z");
        clock.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn chance_repeats_itself() {
        let draw = |seed| {
            let chance = TestRandomness::new(seed);
            (chance.uuid(), chance.uuid(), chance.below(1_000))
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(draw(7).0.get_version_num(), 4);
        assert!(draw(7).2 < 1_000);
        assert_eq!(TestRandomness::default().below(0), 0);
    }
}
