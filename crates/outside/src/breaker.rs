//! The circuit breaker: it stops calls to a host that fails repeatedly, and lets one call at a time probe the host.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::policy::BreakerPolicy;

/// Whether a host is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// It is called.
    Closed,
    /// No call is made until a moment.
    Open {
        /// When one call may probe the host.
        until: Timestamp,
    },
    /// One call is probing the host.
    Probing,
}

/// What an ended call says about the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The host answers.
    Well,
    /// The host does not answer.
    Ill,
    /// The host asks for a pause of this length.
    Busy(Duration),
    /// Nothing is known, because the caller gave up.
    Nothing,
}

/// The breaker of one host. Without a policy it never opens.
pub(crate) struct Breaker {
    policy: Option<BreakerPolicy>,
    state: BreakerState,
    failures: u32,
    pause: Duration,
}

impl Breaker {
    pub fn new(policy: Option<BreakerPolicy>) -> Self {
        Self {
            policy,
            state: BreakerState::Closed,
            failures: 0,
            pause: Duration::ZERO,
        }
    }

    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// The rest of the pause. Zero while a probe is under way.
    pub fn pause_left(&self, now: Timestamp) -> Option<Duration> {
        match self.state {
            BreakerState::Closed => None,
            BreakerState::Probing => Some(Duration::ZERO),
            BreakerState::Open { until } => {
                let left = Duration::try_from(now.duration_until(until)).unwrap_or_default();
                // The rest is longer than the pause only if the clock was ahead when the pause began.
                (!left.is_zero() && left <= self.pause).then_some(left)
            }
        }
    }

    /// Lets a call through and says whether it is the probe, or refuses it with the rest of the pause.
    pub fn admit(&mut self, now: Timestamp) -> Result<bool, Duration> {
        if let Some(left) = self.pause_left(now) {
            return Err(left);
        }
        let is_probe = self.state != BreakerState::Closed;
        if is_probe {
            self.state = BreakerState::Probing;
        }
        Ok(is_probe)
    }

    /// Learns from a call that ended. A call from before the pause does not end a probe, unless it was answered.
    pub fn note(&mut self, sign: Sign, is_probe: bool, now: Timestamp) {
        let Some(policy) = self.policy else { return };
        let is_waited_for = is_probe || self.state == BreakerState::Closed;
        match sign {
            Sign::Well => *self = Self::new(Some(policy)),
            Sign::Busy(wait) if is_waited_for => self.open(wait.min(policy.longest_pause), now),
            Sign::Ill if is_probe => {
                let pause = self.pause.saturating_mul(2);
                self.open(pause.clamp(policy.first_pause, policy.longest_pause), now);
            }
            Sign::Ill if is_waited_for => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= policy.failures {
                    self.open(policy.first_pause, now);
                }
            }
            // The next call may probe at once.
            Sign::Nothing if is_probe => self.state = BreakerState::Open { until: now },
            Sign::Busy(_) | Sign::Ill | Sign::Nothing => {}
        }
    }

    fn open(&mut self, pause: Duration, now: Timestamp) {
        self.pause = pause;
        let until = SignedDuration::try_from(pause)
            .ok()
            .and_then(|pause| now.checked_add(pause).ok());
        self.state = BreakerState::Open {
            until: until.unwrap_or(Timestamp::MAX),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 2,
        first_pause: Duration::from_secs(10),
        longest_pause: Duration::from_secs(30),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000 + second).unwrap()
    }

    fn open() -> Breaker {
        let mut breaker = Breaker::new(Some(POLICY));
        for _ in 0..2 {
            assert_eq!(breaker.admit(at(0)), Ok(false));
            breaker.note(Sign::Ill, false, at(0));
        }
        breaker
    }

    #[test]
    fn a_pause_begins_after_failures_in_a_row() {
        let mut breaker = Breaker::new(Some(POLICY));
        for sign in [Sign::Ill, Sign::Well, Sign::Ill] {
            breaker.note(sign, false, at(0));
            assert_eq!(breaker.admit(at(0)), Ok(false));
        }
        breaker.note(Sign::Ill, false, at(0));
        assert_eq!(breaker.admit(at(4)), Err(Duration::from_secs(6)));
    }

    #[test]
    fn one_call_probes_and_each_failed_probe_doubles_the_pause() {
        let mut breaker = open();
        for (probe, next) in [(10, 30), (30, 60), (60, 90)] {
            assert!(breaker.admit(at(probe - 1)).is_err(), "{probe}");
            assert_eq!(breaker.admit(at(probe)), Ok(true));
            assert_eq!(breaker.admit(at(probe)), Err(Duration::ZERO));
            breaker.note(Sign::Ill, true, at(probe));
            assert_eq!(breaker.state(), BreakerState::Open { until: at(next) });
        }
        assert_eq!(breaker.admit(at(90)), Ok(true));
        breaker.note(Sign::Well, true, at(91));
        assert_eq!(breaker.admit(at(91)), Ok(false));
    }

    #[test]
    fn a_probe_that_is_given_up_frees_its_place() {
        let mut breaker = open();
        assert_eq!(breaker.admit(at(10)), Ok(true));
        breaker.note(Sign::Nothing, true, at(11));
        assert_eq!(breaker.admit(at(11)), Ok(true));
    }

    #[test]
    fn late_failures_do_not_disturb_a_probe() {
        let mut breaker = open();
        breaker.note(Sign::Ill, false, at(9));
        assert_eq!(breaker.state(), BreakerState::Open { until: at(10) });
        assert_eq!(breaker.admit(at(10)), Ok(true));
        breaker.note(Sign::Ill, false, at(10));
        breaker.note(Sign::Nothing, false, at(10));
        assert_eq!(breaker.state(), BreakerState::Probing);
        breaker.note(Sign::Well, false, at(10));
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn a_busy_host_gets_the_rest_it_asks_for_within_bounds() {
        for (asked, granted) in [(7, 7), (3_600, 30)] {
            let mut breaker = Breaker::new(Some(POLICY));
            breaker.note(Sign::Busy(Duration::from_secs(asked)), false, at(0));
            assert_eq!(breaker.state(), BreakerState::Open { until: at(granted) });
        }
    }

    #[test]
    fn a_clock_that_was_ahead_keeps_nobody_waiting() {
        let mut breaker = open();
        assert_eq!(breaker.admit(at(-1_000)), Ok(true));
    }

    #[test]
    fn without_a_policy_it_never_opens() {
        let mut breaker = Breaker::new(None);
        for _ in 0..100 {
            breaker.note(Sign::Ill, false, at(0));
            breaker.note(Sign::Busy(Duration::from_secs(9)), false, at(0));
        }
        assert_eq!(breaker.admit(at(0)), Ok(false));
    }
}
