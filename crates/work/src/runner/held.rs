//! The claims that a runner holds, each with the run that works on it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::claim::Claim;

type Signals<K> = HashMap<Claim<K>, Signal>;

/// All runs that have not ended.
pub(super) struct Held<K>(Arc<Mutex<Signals<K>>>);

/// How a run is asked to end, and how others see that it has.
#[derive(Clone)]
struct Signal {
    stop: CancellationToken,
    ended: CancellationToken,
}

/// One run; its claim is renewed for as long as this lives.
pub(super) struct Run<K: Eq + Hash> {
    claim: Claim<K>,
    signal: Signal,
    before: Vec<CancellationToken>,
    held: Arc<Mutex<Signals<K>>>,
}

impl<K> Default for Held<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> Held<K> {
    /// Notes a run; those on older claims of the same key are asked to end.
    pub(super) fn begin(&self, claim: Claim<K>, stop: &CancellationToken) -> Run<K> {
        let signal = Signal {
            stop: stop.child_token(),
            ended: CancellationToken::new(),
        };
        let mut held = self.0.lock();
        let mut before = Vec::new();
        for (_, older) in held.iter().filter(|(other, _)| other.key == claim.key) {
            older.stop.cancel();
            before.push(older.ended.clone());
        }
        held.insert(claim.clone(), signal.clone());
        drop(held);
        Run {
            claim,
            signal,
            before,
            held: self.0.clone(),
        }
    }

    pub(super) fn claims(&self) -> Vec<Claim<K>> {
        self.0.lock().keys().cloned().collect()
    }

    /// Asks the runs of these claims to end.
    pub(super) fn end(&self, claims: &[Claim<K>]) {
        let held = self.0.lock();
        for signal in claims.iter().filter_map(|claim| held.get(claim)) {
            signal.stop.cancel();
        }
    }
}

impl<K: Eq + Hash> Run<K> {
    pub(super) fn claim(&self) -> &Claim<K> {
        &self.claim
    }

    pub(super) fn stop(&self) -> &CancellationToken {
        &self.signal.stop
    }

    /// Waits until no other run works on this key.
    pub(super) async fn alone(&self) {
        for older in &self.before {
            older.cancelled().await;
        }
    }
}

impl<K: Eq + Hash> Drop for Run<K> {
    fn drop(&mut self) {
        self.held.lock().remove(&self.claim);
        self.signal.ended.cancel();
    }
}
