//! Work of libraries on text from elsewhere: on a thread of its own, with a large stack, for a bounded time.
//!
//! A panic is an error. A thread cannot be stopped from outside: work that takes too long goes on in the background, and only a few
//! of such threads are borne. While they run, other work waits for its turn. All of them end, because `limits` refuses what would
//! take minutes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::Trouble;

/// Longest time for one piece of work, with the time that it waits for its turn.
const LONGEST: Duration = Duration::from_secs(3);
/// Most threads at a time.
const MOST_THREADS: usize = 4;
/// The stack of a thread, in bytes. Memory is taken as far as the stack grows.
const STACK: usize = 64 << 20;

static TURNS: LazyLock<Turns> = LazyLock::new(Turns::default);

/// Who may work now.
#[derive(Default)]
struct Turns {
    taken: Mutex<usize>,
    free: Condvar,
}

impl Turns {
    /// Waits for a turn, at most until then.
    fn take(&'static self, until: Instant) -> Option<Turn> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        let (mut taken, waited) = self
            .free
            .wait_timeout_while(taken, left, |taken| *taken >= MOST_THREADS)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && *taken >= MOST_THREADS {
            return None;
        }
        *taken += 1;
        Some(Turn(self))
    }
}

/// A turn, which ends when it is dropped.
struct Turn(&'static Turns);

impl Drop for Turn {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.free.notify_one();
    }
}

/// Does the work within the bounds.
pub(crate) fn bounded<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    within(LONGEST, work)
}

fn within<T: Send + 'static>(
    longest: Duration,
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let until = Instant::now() + longest;
    let turn = TURNS
        .take(until)
        .ok_or_else(|| Trouble::passing("the portal is busy with other diagrams; open the page again"))?;
    let (done, result) = mpsc::sync_channel(1);
    let thread = move || {
        let made = catch_unwind(AssertUnwindSafe(work));
        drop(turn);
        // Nobody listens any more when it took too long.
        let _ = done.send(made);
    };
    thread::Builder::new()
        .name("diagram".to_owned())
        .stack_size(STACK)
        .spawn(thread)
        .map_err(|error| Trouble::passing(format!("no thread could be started: {error}")))?;
    match result.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(Ok(made)) => made,
        Ok(Err(_)) => Err(Trouble::of("the source is beyond what the portal can draw")),
        Err(_) => Err(Trouble::passing(format!(
            "drawing took longer than {} s; split the source into smaller ones",
            longest.as_secs()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_panics_and_long_work() {
        assert_eq!(bounded(|| Ok(1)), Ok(1));
        let panicked = bounded(|| -> Result<u8, Trouble> { Err(Trouble::of(format!("{}", [1][one()]))) });
        assert_eq!(
            panicked,
            Err(Trouble::of("the source is beyond what the portal can draw"))
        );
        let begun = Instant::now();
        let late = within(Duration::from_millis(50), || {
            thread::sleep(Duration::from_secs(2));
            Ok(1)
        });
        assert!(late.is_err_and(|trouble| trouble.reason.contains("took longer")));
        assert!(
            begun.elapsed() < Duration::from_millis(1_500),
            "{:?}",
            begun.elapsed()
        );
    }

    /// A position that the compiler does not see through.
    fn one() -> usize {
        std::hint::black_box(1)
    }
}
