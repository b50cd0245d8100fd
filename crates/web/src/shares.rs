//! Bounds for a resource (connections, streams, memory): for all clients together and for each client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::peer::Peer;

/// A bounded amount that clients hold parts of.
#[derive(Debug)]
pub(crate) struct Shares {
    max: usize,
    max_each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    /// Only clients that hold something, so it cannot grow beyond the bound itself.
    by_peer: HashMap<Peer, usize>,
}

/// A part that a client holds; given back with the value.
#[derive(Debug)]
pub(crate) struct Share {
    of: Arc<Shares>,
    peer: Peer,
    amount: usize,
}

impl Shares {
    pub(crate) fn new(max: usize, max_each: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_each,
            taken: Mutex::default(),
        })
    }

    /// Takes a part, unless the client or all clients together would hold too much. An amount above the bound of one
    /// client counts as that bound.
    pub(crate) fn take(self: &Arc<Self>, peer: Peer, amount: usize) -> Option<Share> {
        let amount = amount.min(self.max_each);
        let mut taken = self.taken();
        let held = taken.by_peer.get(&peer).copied().unwrap_or_default();
        if held + amount > self.max_each || taken.total + amount > self.max {
            return None;
        }
        taken.total += amount;
        taken.by_peer.insert(peer, held + amount);
        drop(taken);
        Some(Share {
            of: self.clone(),
            peer,
            amount,
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        taken.total -= self.amount;
        if let Some(held) = taken.by_peer.get_mut(&self.peer) {
            *held -= self.amount;
            if *held == 0 {
                taken.by_peer.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_given_back_and_leave_nothing_behind() {
        let [one, other, third] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
            .map(|address| Peer::new(address.parse().expect("an address")));
        let shares = Shares::new(3, 2);
        let first = shares.take(one, 1).expect("there is room");
        let second = shares.take(one, 1).expect("there is room");
        assert!(shares.take(one, 1).is_none(), "one client holds too much");
        let whole = shares.take(other, 1).expect("there is room for others");
        assert!(shares.take(third, 1).is_none(), "all together hold too much");
        drop((first, second, whole));
        assert!(
            shares.take(other, 100).is_some(),
            "what is too large counts as all"
        );
        assert!(shares.taken().by_peer.is_empty());
        assert_eq!(shares.taken().total, 0);
    }
}
