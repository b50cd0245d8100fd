//! A brake on callers that guess tokens.
//!
//! An address that sent too many wrong tokens is refused for a while, even with a right token: otherwise each guess
//! would still be answered. A token that came from that address before keeps working, so that one wrong client behind
//! a proxy does not lock out the others.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use crate::peer::Peer;

/// Wrong tokens of one address in [`WINDOW`].
const MAX_WRONG: u32 = 20;
/// How long wrong tokens are counted, from the first one on.
const WINDOW: Duration = Duration::from_mins(1);
/// Addresses that are remembered.
const MAX_PEERS: u64 = 10_000;
/// How long a right token of an address is remembered after its last use.
const PROVEN: Duration = Duration::from_hours(24);

/// Wrong tokens by address. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WrongTokens {
    counts: Cache<Peer, Arc<Mutex<u32>>>,
    /// Addresses whose brake somebody was told of.
    told: Cache<Peer, ()>,
    proven: Cache<(Peer, usize), ()>,
}

impl Default for WrongTokens {
    fn default() -> Self {
        Self {
            counts: Cache::builder()
                .max_capacity(MAX_PEERS)
                .time_to_live(WINDOW)
                .build(),
            told: Cache::builder()
                .max_capacity(MAX_PEERS)
                .time_to_live(WINDOW)
                .build(),
            proven: Cache::builder()
                .max_capacity(MAX_PEERS)
                .time_to_idle(PROVEN)
                .build(),
        }
    }
}

impl WrongTokens {
    /// Whether nobody was told yet, in this minute, that an address is braked.
    pub(crate) fn is_news(&self, peer: Peer) -> bool {
        self.told.entry(peer).or_insert(()).is_fresh()
    }

    /// Whether a token of this address is judged at all. `known` is the position of the token among the configured ones.
    pub(crate) fn may_try(&self, peer: Peer, known: Option<usize>) -> bool {
        if known.is_some_and(|index| self.proven.get(&(peer, index)).is_some()) {
            return true;
        }
        let Some(index) = known else {
            let count = self.counts.get_with(peer, Arc::default);
            let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
            *count = count.saturating_add(1);
            if *count == MAX_WRONG + 1 {
                tracing::warn!(
                    %peer,
                    "too many wrong tokens from one address; refusing it for a while"
                );
            }
            return *count <= MAX_WRONG;
        };
        let is_braked = self
            .counts
            .get(&peer)
            .is_some_and(|count| *count.lock().unwrap_or_else(PoisonError::into_inner) > MAX_WRONG);
        if !is_braked {
            self.proven.insert((peer, index), ());
        }
        !is_braked
    }
}
