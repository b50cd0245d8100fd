//! A brake on callers that do one thing too often: at most so often in a minute, counted for each by itself, so that one
//! that is held up holds up no other.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

/// How long is counted, from the first time on.
const WINDOW: Duration = Duration::from_mins(1);
/// Callers that are remembered; beyond this those are forgotten that were seen least.
const REMEMBERED: u64 = 10_000;

/// How often callers did something. Clones count together.
#[derive(Debug, Clone)]
pub struct Brake<K: Hash + Eq + Send + Sync + 'static> {
    most: u32,
    counts: Cache<K, Arc<Mutex<u32>>>,
}

/// A caller that has to wait until the minute is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// It is the first time in this minute, which is worth a line in the audit.
    pub is_first: bool,
}

impl<K: Hash + Eq + Send + Sync + 'static> Brake<K> {
    /// Lets everybody do something `most` times in a minute.
    pub fn new(most: u32) -> Self {
        Self {
            most,
            counts: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(WINDOW)
                .build(),
        }
    }

    /// Counts one more time.
    ///
    /// # Errors
    ///
    /// When it was once too often.
    pub fn pass(&self, who: &K) -> Result<(), Held>
    where
        K: Clone,
    {
        let count = self.counts.get_with(who.clone(), Arc::default);
        let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = count.saturating_add(1);
        if *count <= self.most {
            return Ok(());
        }
        Err(Held {
            is_first: *count == self.most.saturating_add(1),
        })
    }

    /// Whether a caller has done it too often already; this is not counted.
    pub fn holds(&self, who: &K) -> bool {
        let count = self.counts.get(who);
        count.is_some_and(|count| *count.lock().unwrap_or_else(PoisonError::into_inner) >= self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_is_counted_by_itself() {
        let brake = Brake::new(2);
        assert_eq!((brake.pass(&"ada"), brake.holds(&"ada")), (Ok(()), false));
        assert_eq!((brake.pass(&"ada"), brake.holds(&"ada")), (Ok(()), true));
        assert_eq!(brake.pass(&"ada"), Err(Held { is_first: true }));
        assert_eq!(brake.pass(&"ada"), Err(Held { is_first: false }));
        assert_eq!((brake.pass(&"linus"), brake.holds(&"omar")), (Ok(()), false));
    }
}
