//! Work on the index that may take a while, kept off the threads that answer requests.
//!
//! Each piece runs on a blocking thread. Only a few run at once. The others wait for a moment and are then
//! refused, so that threads cannot pile up. A piece can ask whether its caller is gone, and end early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use model::{Fault, FaultKind};
use tokio::sync::Semaphore;

/// Longest wait for a turn.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Fewest pieces that run at once.
const FEWEST: usize = 2;

/// The room for such work in this process.
#[derive(Debug)]
pub(crate) struct SlowWork {
    turns: Arc<Semaphore>,
    longest_wait: Duration,
}

impl Default for SlowWork {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(FEWEST, usize::from);
        Self::new(cores.max(FEWEST), LONGEST_WAIT)
    }
}

/// The caller that waits for a piece of work.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    gone: Arc<AtomicBool>,
}

impl Caller {
    /// Whether the caller has given the work up.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}

/// Lives as long as the caller waits.
struct Waiting(Caller);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.gone.store(true, Ordering::Relaxed);
    }
}

impl SlowWork {
    fn new(at_once: usize, longest_wait: Duration) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(at_once)),
            longest_wait,
        }
    }

    /// Does a piece of work, where it finds room.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Caller) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = tokio::time::timeout(self.longest_wait, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Fault::new(
                FaultKind::Unavailable,
                "Too many expensive questions are being answered; ask again in a moment",
            ));
        };
        let caller = Caller::default();
        let _waiting = Waiting(caller.clone());
        let done = tokio::task::spawn_blocking(move || {
            // Held by the thread and not by the caller: a caller that leaves does not free the thread.
            let _turn = turn;
            work(&caller)
        });
        done.await
            .map_err(|error| Fault::error(format!("An internal error occurred: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn only_so_many_run_at_once_and_the_others_are_refused() {
        let room = Arc::new(SlowWork::new(1, Duration::from_millis(50)));
        let (release, released) = mpsc::channel::<()>();
        let busy = room.clone();
        let first = tokio::spawn(async move { busy.run(move |_| released.recv().is_ok()).await });
        while room.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = room.run(|_| ()).await.unwrap_err();
        assert_eq!(refused.name, "ServiceUnavailableError");
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(room.run(|_| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn work_ends_when_its_caller_leaves_and_keeps_its_place_until_then() {
        let room = Arc::new(SlowWork::new(1, Duration::from_secs(10)));
        let (ended, end) = mpsc::channel();
        let caller = tokio::time::timeout(
            Duration::from_millis(50),
            room.run(move |caller| {
                while !caller.is_gone() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let _ = ended.send(());
            }),
        );
        assert!(caller.await.is_err());
        room.run(|_| ()).await.unwrap();
        end.try_recv().expect("the place was free only after the end");
    }
}
