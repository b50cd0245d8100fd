//! How often in a row each source failed, and how long it rests after that.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;

/// First pause after a failure; doubled with every further one.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// Doublings of the pause of a source that cannot be read, and of one that cannot be refreshed at all.
const READ_DOUBLINGS: u32 = 9;
const REFRESH_DOUBLINGS: u32 = 5;

/// The failures of this process.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashMap<String, u32>>);

impl Failures {
    /// The source was read: its next failure is the first.
    pub fn forget(&self, source: &str) {
        self.0.lock().remove(source);
    }

    /// The pause of a source that could not be read this time either.
    pub fn after_reading(&self, source: &str) -> Duration {
        self.pause(source, READ_DOUBLINGS)
    }

    /// The pause of a source that could not be refreshed this time either.
    pub fn after_refreshing(&self, source: &str) -> Duration {
        self.pause(source, REFRESH_DOUBLINGS)
    }

    fn pause(&self, source: &str, doublings: u32) -> Duration {
        let mut failures = self.0.lock();
        let before = failures.entry(source.to_owned()).or_default();
        let pause = FIRST_PAUSE.saturating_mul(1 << doublings.min(*before));
        *before = before.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_the_source_is_well_again() {
        let failures = Failures::default();
        let pauses: Vec<u64> = (0..12)
            .map(|_| failures.after_refreshing("a").as_secs())
            .collect();
        assert_eq!(pauses[..6], [10, 20, 40, 80, 160, 320]);
        assert_eq!(pauses[11], 320);
        assert_eq!(failures.after_reading("b").as_secs(), 10, "others have their own");
        failures.forget("a");
        assert_eq!(failures.after_reading("a").as_secs(), 10);
    }
}
