//! Room for reading sources: local files apart from hosts, and for each host only so much.
//!
//! Sources that wait for a host which hangs take no room from others, and when too many wait for the same
//! one, the rest is put off. Of the sources that bring much, one is read at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::EngineError;
use super::queue::Queue;

/// Local sources read at the same time.
const LOCAL: usize = 32;
/// Sources read by URL at the same time.
const REMOTE: usize = 32;
/// Of these, sources on one host, and how many more may wait for it.
const PER_HOST: usize = 12;
const WAITING_PER_HOST: usize = 64;
const PLACES: usize = PER_HOST + WAITING_PER_HOST;
/// A source that has brought so many bytes brings much.
pub(super) const MUCH: u64 = 2 << 20;

/// The room of this process.
pub(super) struct ReadingRoom {
    local: Arc<Semaphore>,
    remote: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    much: Arc<Semaphore>,
}

struct Host {
    /// Sources that wait for the host or are read from it.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    queue: Mutex<Queue>,
}

/// Held while a source is read.
#[derive(Default)]
pub(crate) struct Seat {
    held: Vec<OwnedSemaphorePermit>,
    has_much: bool,
    host: Option<Arc<Host>>,
}

impl Default for ReadingRoom {
    fn default() -> Self {
        Self {
            local: Arc::new(Semaphore::new(LOCAL)),
            remote: Arc::new(Semaphore::new(REMOTE)),
            hosts: Mutex::default(),
            much: Arc::new(Semaphore::new(1)),
        }
    }
}

impl ReadingRoom {
    /// Waits until a source may be read: from a host, or from this machine.
    pub async fn enter(&self, host: Option<&str>) -> Result<Seat, EngineError> {
        let mut seat = Seat::default();
        let Some(name) = host else {
            seat.take(&self.local).await;
            return Ok(seat);
        };
        let host = self.host(name);
        let Ok(place) = host.places.clone().try_acquire_owned() else {
            let pause = host.queue.lock().put_off(Instant::now());
            return Err(EngineError::Crowded(name.to_owned(), pause));
        };
        if host.places.available_permits() == PLACES - 1 {
            host.queue.lock().began(Instant::now());
        }
        seat.held.push(place);
        seat.take(&host.turns).await;
        seat.take(&self.remote).await;
        seat.host = Some(host);
        Ok(seat)
    }

    /// Waits until a source that brings much may bring more.
    pub async fn bring_much(&self, seat: &mut Seat) {
        if !std::mem::replace(&mut seat.has_much, true) {
            seat.take(&self.much).await;
        }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock();
        // A host of which nothing is read or awaited need not be remembered.
        hosts.retain(|known, host| known == name || Arc::strong_count(&host.places) > 1);
        hosts.entry(name.to_owned()).or_default().clone()
    }
}

impl Default for Host {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            turns: Arc::new(Semaphore::new(PER_HOST)),
            queue: Mutex::new(Queue::new(Instant::now())),
        }
    }
}

impl Seat {
    async fn take(&mut self, room: &Arc<Semaphore>) {
        // Never closed.
        self.held.extend(room.clone().acquire_owned().await.ok());
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(host) = &self.host {
            host.queue.lock().left(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn in_time<T>(waiting: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(Duration::from_millis(200), waiting)
            .await
            .ok()
    }

    #[tokio::test]
    async fn a_host_that_hangs_takes_no_room_from_files_and_other_hosts() {
        let room = Arc::new(ReadingRoom::default());
        let mut held = Vec::new();
        for _ in 0..PER_HOST {
            held.push(room.enter(Some("slow")).await.unwrap());
        }
        let waiting: Vec<_> = (0..WAITING_PER_HOST)
            .map(|_| {
                let room = room.clone();
                tokio::spawn(async move { room.enter(Some("slow")).await.map(drop) })
            })
            .collect();
        while room.host("slow").places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let crowded = room.enter(Some("slow")).await;
        assert!(matches!(crowded, Err(EngineError::Crowded(host, _)) if host == "slow"));
        for _ in 0..REMOTE - PER_HOST {
            let seat = in_time(room.enter(Some(&format!("h{}", held.len() % 5)))).await;
            held.push(seat.expect("other hosts have room").unwrap());
        }
        let local = in_time(room.enter(None)).await;
        local.expect("local files have room").unwrap();
        held.clear();
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        assert_eq!(room.local.available_permits(), LOCAL);
        assert_eq!(room.remote.available_permits(), REMOTE);
    }

    #[tokio::test]
    async fn one_source_at_a_time_brings_much() {
        let room = ReadingRoom::default();
        let (mut one, mut other) = (Seat::default(), Seat::default());
        room.bring_much(&mut one).await;
        room.bring_much(&mut one).await;
        assert!(in_time(room.bring_much(&mut other)).await.is_none());
    }
}
