//! An answer of a server that is kept for a while, and asked for once, however many wait for it.
//!
//! Asking goes on when those who wait have gone, so that the next one has the answer. When asking fails, what was known
//! before stays, with its age and the reason.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use model::{Clock, Fault, FaultKind, SystemClock};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// How long an answer is as good as new, unless the server says that something happened.
const FRESH: Duration = Duration::from_mins(1);
/// How long a failure stands before it is asked again.
const AGAIN: Duration = Duration::from_secs(10);
/// Longest that asking may take.
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// What is known, and how asking went.
#[derive(Debug)]
pub(crate) struct Seen<T> {
    /// The last answer, and when it came.
    pub(crate) known: Option<(Arc<T>, Timestamp)>,
    /// Why there is no newer one.
    pub(crate) trouble: Option<Fault>,
    /// The server has not answered yet.
    pub(crate) is_late: bool,
}

impl<T> Clone for Seen<T> {
    fn clone(&self) -> Self {
        Self {
            known: self.known.clone(),
            trouble: self.trouble.clone(),
            is_late: self.is_late,
        }
    }
}

impl<T> Seen<T> {
    /// It cannot be asked for.
    pub(crate) fn failed(fault: Fault) -> Self {
        Self {
            known: None,
            trouble: Some(fault),
            is_late: false,
        }
    }

    /// What has to be known first has not come yet.
    pub(crate) fn late() -> Self {
        Self {
            known: None,
            trouble: None,
            is_late: true,
        }
    }

    /// The last answer.
    pub(crate) fn value(&self) -> Option<&T> {
        self.known.as_ref().map(|(value, _)| &**value)
    }

    /// The answer, where there is any, else why there is none.
    pub(crate) fn into_value(self) -> Result<Arc<T>, Fault> {
        let trouble = self.trouble;
        let known = self.known.map(|(value, _)| value);
        known.ok_or_else(|| {
            trouble.unwrap_or_else(|| Fault::new(FaultKind::Unavailable, "The server has not answered yet"))
        })
    }
}

/// The place of an answer.
pub(crate) struct Slot<T> {
    state: Mutex<State<T>>,
    done: Notify,
}

struct State<T> {
    known: Option<(Arc<T>, Timestamp)>,
    trouble: Option<Fault>,
    /// When asking ended, and after how many changes it had begun.
    asked: Option<(Instant, u64)>,
    is_asking: bool,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        let state = State {
            known: None,
            trouble: None,
            asked: None,
            is_asking: false,
        };
        Self {
            state: Mutex::new(state),
            done: Notify::new(),
        }
    }
}

impl<T: Send + Sync + 'static> Slot<T> {
    /// What is known after `changes` changes; asks first unless that is fresh, and waits for the answer until `until`.
    pub(crate) async fn get<F>(
        self: &Arc<Self>,
        changes: u64,
        until: Instant,
        ask: impl FnOnce() -> F,
    ) -> Seen<T>
    where
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        let done = self.done.notified();
        tokio::pin!(done);
        done.as_mut().enable();
        let next = self.state.lock().next(changes);
        match next {
            Next::Show => return self.seen(),
            Next::Wait => {}
            Next::Ask => self.ask(changes, ask()),
        }
        // Whether it came in time is seen in the state.
        let _ = tokio::time::timeout_at(until.into(), done).await;
        self.seen()
    }

    /// The last answer, without asking.
    pub(crate) fn last(&self) -> Option<Arc<T>> {
        self.state.lock().known.as_ref().map(|(value, _)| value.clone())
    }

    fn ask(self: &Arc<Self>, changes: u64, answer: impl Future<Output = Result<T, Fault>> + Send + 'static) {
        let asking = Asking {
            slot: self.clone(),
            changes,
            outcome: None,
        };
        tokio::spawn(async move {
            let outcome = tokio::time::timeout(LONGEST, answer).await;
            asking.end(outcome.unwrap_or_else(|_| {
                let seconds = LONGEST.as_secs();
                Err(Fault::new(
                    FaultKind::Unavailable,
                    format!("The server gave no answer within {seconds} s; /connections shows how it is"),
                ))
            }));
        });
    }

    fn seen(&self) -> Seen<T> {
        let state = self.state.lock();
        Seen {
            known: state.known.clone(),
            trouble: state.trouble.clone(),
            is_late: state.is_asking,
        }
    }
}

/// What has to be done for somebody who wants to know.
enum Next {
    Show,
    Wait,
    Ask,
}

impl<T> State<T> {
    fn next(&mut self, changes: u64) -> Next {
        let lasts = if self.trouble.is_some() { AGAIN } else { FRESH };
        let is_fresh = |(at, after): &(Instant, u64)| *after == changes && at.elapsed() < lasts;
        if self.is_asking {
            return Next::Wait;
        }
        if self.asked.as_ref().is_some_and(is_fresh) {
            return Next::Show;
        }
        self.is_asking = true;
        Next::Ask
    }
}

/// Takes note of the outcome, also of a panic, when it is dropped.
struct Asking<T> {
    slot: Arc<Slot<T>>,
    changes: u64,
    outcome: Option<Result<T, Fault>>,
}

impl<T> Asking<T> {
    fn end(mut self, outcome: Result<T, Fault>) {
        self.outcome = Some(outcome);
    }
}

impl<T> Drop for Asking<T> {
    fn drop(&mut self) {
        let mut state = self.slot.state.lock();
        state.is_asking = false;
        state.asked = Some((Instant::now(), self.changes));
        match self.outcome.take() {
            Some(Ok(value)) => {
                state.known = Some((Arc::new(value), SystemClock.now()));
                state.trouble = None;
            }
            Some(Err(fault)) => state.trouble = Some(fault),
            None => {
                state.trouble = Some(Fault::error(
                    "Asking the server was broken off; the log has the reason",
                ));
            }
        }
        drop(state);
        self.slot.done.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[tokio::test]
    async fn many_who_wait_ask_once_and_a_change_asks_again() {
        let slot = Arc::new(Slot::<usize>::default());
        let asked = Arc::new(AtomicUsize::new(0));
        let get = |changes| {
            let asked = asked.clone();
            slot.get(changes, soon(), move || async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(asked.fetch_add(1, Ordering::SeqCst))
            })
        };
        let all = futures::future::join_all((0..50).map(|_| get(0))).await;
        assert!(all.iter().all(|seen| seen.value() == Some(&0)));
        assert_eq!(get(0).await.value(), Some(&0));
        assert_eq!(get(1).await.value(), Some(&1));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failure_leaves_what_was_known() {
        let slot = Arc::new(Slot::<u8>::default());
        slot.get(0, soon(), || async { Ok(7) }).await;
        let seen = slot.get(1, soon(), || async { Err(Fault::error("away")) }).await;
        assert_eq!(seen.value(), Some(&7));
        assert_eq!(seen.trouble.unwrap().message, "away");
    }

    #[tokio::test]
    async fn who_does_not_wait_leaves_the_answer_to_the_next() {
        let slot = Arc::new(Slot::<u8>::default());
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(1)
        };
        let seen = slot.get(0, Instant::now(), slow).await;
        assert!(seen.is_late && seen.value().is_none());
        let seen = slot.get(0, soon(), || async { Ok(2) }).await;
        assert_eq!(seen.value(), Some(&1));
    }

    #[tokio::test]
    async fn what_panics_can_be_asked_again() {
        let slot = Arc::new(Slot::<u8>::default());
        let seen = slot.get(0, soon(), || async { panic!("as tests do") }).await;
        assert!(seen.trouble.is_some() && !seen.is_late);
        assert_eq!(slot.get(1, soon(), || async { Ok(2) }).await.value(), Some(&2));
    }
}
