//! Time and chance as parameters, so that the catalog's loop can be simulated.

use jiff::Timestamp;
use rand::Rng;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// Makes ids and jitter.
pub trait Randomness: Send + Sync {
    /// A new random id.
    fn uuid(&self) -> Uuid;
    /// A number from 0 up to but not including `bound`; 0 when `bound` is 0.
    fn below(&self, bound: u64) -> u64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn below(&self, bound: u64) -> u64 {
        if bound == 0 {
            0
        } else {
            rand::rng().random_range(0..bound)
        }
    }
}
