//! When a source that found no room at its host tries again: as soon as the host is expected to have got to it.
//!
//! A fixed pause would leave a quick host idle while a thousand sources sit it out; a short one for all would have
//! them claimed and given back again and again.

use std::time::{Duration, Instant};

/// Pause of a source whose host reads nothing, and the longest.
const LONGEST: Duration = Duration::from_secs(5);
/// The shortest, because a claim costs a transaction.
const SHORTEST: Duration = Duration::from_millis(200);
/// A host from which nothing was read for so long does not get on.
const STANDSTILL: Duration = Duration::from_secs(1);
/// Time between two readings that is assumed before one is known.
const ASSUMED: Duration = Duration::from_millis(20);

/// The pace of a host, and the sources that were put off because of it.
pub(super) struct Queue {
    /// When something was read last, or the first of those there came.
    last: Instant,
    /// Time between two readings, as the last ones showed.
    each: Duration,
    /// When the host will have got to the source that was put off last.
    next: Instant,
}

impl Queue {
    pub fn new(now: Instant) -> Self {
        Self {
            last: now,
            each: ASSUMED,
            next: now,
        }
    }

    /// A source came when nobody else was there.
    pub fn began(&mut self, now: Instant) {
        self.last = now;
    }

    /// A source was read, or given up.
    pub fn left(&mut self, now: Instant) {
        let took = now.duration_since(self.last);
        self.last = now;
        if took < STANDSTILL {
            self.each = (self.each * 7 + took) / 8;
        }
    }

    /// The pause of a source for which there is no room.
    pub fn put_off(&mut self, now: Instant) -> Duration {
        if now.duration_since(self.last) >= STANDSTILL {
            return LONGEST;
        }
        self.next = (self.next.max(now) + self.each).min(now + LONGEST);
        self.next.duration_since(now).max(SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENTH: Duration = Duration::from_millis(10);

    /// A host of which a source was read every ten milliseconds.
    fn quick() -> (Queue, Instant) {
        let mut now = Instant::now();
        let mut queue = Queue::new(now);
        for _ in 0..100 {
            now += TENTH;
            queue.left(now);
        }
        (queue, now)
    }

    #[test]
    fn sources_come_back_at_the_pace_of_their_host() {
        let (mut queue, now) = quick();
        let pauses: Vec<_> = (0..1_000).map(|_| queue.put_off(now)).collect();
        assert_eq!(pauses[0], SHORTEST);
        let hundredth = pauses[99].as_millis();
        assert!((1_000..=1_100).contains(&hundredth), "{hundredth} ms");
        assert_eq!(pauses[999], LONGEST);
    }

    #[test]
    fn a_host_that_hangs_is_left_alone_for_long() {
        let (mut queue, now) = quick();
        assert_eq!(queue.put_off(now + STANDSTILL), LONGEST);
    }

    #[test]
    fn a_host_that_was_not_needed_does_not_count_as_one_that_hangs() {
        let (mut queue, mut now) = quick();
        now += Duration::from_hours(1);
        queue.began(now);
        assert_eq!(queue.put_off(now + TENTH), SHORTEST);
        queue.left(now + TENTH);
        assert!(queue.each < Duration::from_millis(12), "{:?}", queue.each);
    }
}
