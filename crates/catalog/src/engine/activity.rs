//! How much this process is at: sources that it refreshes, that it reads, and that a host keeps waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// From then on a source that is being read does not keep other entities from being joined.
const STALLED_AFTER: Duration = Duration::from_secs(2);

/// The counts of one process.
#[derive(Debug)]
pub(super) struct Activity {
    refreshed: AtomicUsize,
    read: AtomicUsize,
    stalled: AtomicUsize,
    stalled_after: Duration,
    ended: Notify,
}

impl Default for Activity {
    fn default() -> Self {
        Self::new(STALLED_AFTER)
    }
}

/// Counts as one for as long as it lives.
#[derive(Debug)]
pub(super) struct Counted {
    activity: Arc<Activity>,
    count: fn(&Activity) -> &AtomicUsize,
}

impl Activity {
    fn new(stalled_after: Duration) -> Self {
        Self {
            refreshed: AtomicUsize::new(0),
            read: AtomicUsize::new(0),
            stalled: AtomicUsize::new(0),
            stalled_after,
            ended: Notify::new(),
        }
    }

    /// Counts a source that is refreshed.
    pub fn refreshing(self: &Arc<Self>) -> Counted {
        self.counted(|activity| &activity.refreshed)
    }

    /// Counts a source that is read or is about to be.
    pub fn reading(self: &Arc<Self>) -> Counted {
        self.counted(|activity| &activity.read)
    }

    fn counted(self: &Arc<Self>, count: fn(&Activity) -> &AtomicUsize) -> Counted {
        count(self).fetch_add(1, Ordering::Relaxed);
        Counted {
            activity: self.clone(),
            count,
        }
    }

    /// Whether any source is read or is about to be.
    pub fn is_reading(&self) -> bool {
        self.read.load(Ordering::Relaxed) > 0
    }

    /// Sources that are refreshed, without those that a host keeps waiting: they may never bring anything.
    pub fn in_flight(&self) -> usize {
        let refreshed = self.refreshed.load(Ordering::Relaxed);
        refreshed.saturating_sub(self.stalled.load(Ordering::Relaxed))
    }

    /// Reads a source, which counts as one that is kept waiting after a while.
    pub async fn while_reading<T>(self: &Arc<Self>, reading: impl Future<Output = T>) -> T {
        let mut reading = std::pin::pin!(reading);
        tokio::select! {
            read = &mut reading => return read,
            () = tokio::time::sleep(self.stalled_after) => {}
        }
        let _stalled = self.counted(|activity| &activity.stalled);
        reading.await
    }

    /// Waits until no source is refreshed; whether any was.
    pub async fn rest(&self) -> bool {
        let mut was_any = false;
        loop {
            let ended = self.ended.notified();
            if self.refreshed.load(Ordering::Relaxed) == 0 {
                return was_any;
            }
            was_any = true;
            ended.await;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.count)(&self.activity).fetch_sub(1, Ordering::Relaxed);
        self.activity.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_source_that_a_host_keeps_waiting_is_not_in_flight() {
        let activity = Arc::new(Activity::new(Duration::from_millis(100)));
        let (one, two) = (activity.refreshing(), activity.refreshing());
        let quick = activity.while_reading(async { activity.in_flight() });
        assert_eq!(quick.await, 2);
        let slow = activity.while_reading(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            activity.in_flight()
        });
        assert_eq!(slow.await, 1);
        assert_eq!(activity.in_flight(), 2);
        let resting = tokio::spawn({
            let activity = activity.clone();
            async move { activity.rest().await }
        });
        tokio::task::yield_now().await;
        drop(one);
        tokio::task::yield_now().await;
        assert!(!resting.is_finished());
        drop(two);
        assert!(resting.await.unwrap());
        assert!(!activity.rest().await);
    }
}
