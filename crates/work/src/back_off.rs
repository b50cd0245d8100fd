//! Pauses that grow after failures.

use std::time::Duration;

use model::{Randomness, SystemRandomness};

/// Most doublings; beyond, every pause is the longest anyway.
const MOST_DOUBLINGS: u32 = 20;

/// How long work rests after a failure: the first pause, doubled with every further failure up to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    /// After the first failure.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl BackOff {
    /// Pauses from `first` to `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The pause after so many failures in a row; a quarter of it is chance, so that work that failed together is
    /// not tried again together.
    pub fn pause(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(MOST_DOUBLINGS);
        let pause = self.first.saturating_mul(1 << doublings).min(self.longest);
        let quarter = u64::try_from(pause.as_micros() / 4).unwrap_or(u64::MAX);
        pause.saturating_sub(Duration::from_micros(
            SystemRandomness.below(quarter.saturating_add(1)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let back_off = BackOff::new(Duration::from_secs(4), Duration::from_mins(1));
        for (failures, most) in [(0, 4), (1, 4), (2, 8), (3, 16), (5, 60), (u32::MAX, 60)] {
            let (pause, most) = (back_off.pause(failures), Duration::from_secs(most));
            assert!(
                pause <= most && pause >= most * 3 / 4,
                "{failures} failures: {pause:?}"
            );
        }
    }
}
