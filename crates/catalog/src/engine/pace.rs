//! How much is written in one transaction: so much that it is soon over, because a person who writes at the same
//! time waits for its end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use store::Lane;

/// Entities in the first transaction, and bounds of all others.
const FIRST: usize = 64;
const LEAST: usize = 8;
const MOST: usize = 500;

/// Entities that one transaction can take, as the last ones showed.
pub(super) struct Pace(AtomicUsize);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicUsize::new(FIRST))
    }
}

impl Pace {
    /// Entities for the next transaction.
    pub fn entities(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// A transaction with so many entities took so long.
    pub fn note(&self, entities: usize, took: Duration) {
        let before = self.entities();
        // A small one that was quick says nothing about large ones.
        if entities < before / 2 && took < Lane::BULK_AIM {
            return;
        }
        let aim = Lane::BULK_AIM.as_micros() * entities as u128;
        let fitting = usize::try_from(aim / took.as_micros().max(1)).unwrap_or(MOST);
        // One slow commit must not make all that follow small, nor a quick one a long one.
        let next = fitting.clamp(before / 2, before.saturating_mul(3) / 2);
        self.0.store(next.clamp(LEAST, MOST), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_fits() {
        let pace = Pace::default();
        for _ in 0..20 {
            let entities = pace.entities();
            pace.note(
                entities,
                Duration::from_micros(100) * u32::try_from(entities).unwrap(),
            );
        }
        assert_eq!(pace.entities(), 100);
        pace.note(3, Duration::from_micros(300));
        assert_eq!(pace.entities(), 100, "a small transaction says nothing");
        for _ in 0..20 {
            pace.note(pace.entities(), Duration::from_secs(9));
        }
        assert_eq!(pace.entities(), LEAST);
        for _ in 0..20 {
            pace.note(pace.entities(), Duration::ZERO);
        }
        assert_eq!(pace.entities(), MOST);
    }
}
