//! Named work without an end, in one process at a time: whoever feeds the catalog from outside, for example.

use std::time::Duration;

use async_trait::async_trait;
use store::{Lane, Store, StoreError, Tx};
use uuid::Uuid;

use crate::back_off::BackOff;
use crate::claim::{Claim, Claims, Ending};
use crate::runner::Pace;
use crate::tables::claims::Holding;
use crate::tables::standing::Rest;
use crate::tables::{now, standing};

/// Claims on named work, to be run by a [`Runner`](crate::Runner). Work that ends is begun again, here or in another
/// process; after a failure it rests for a pause that grows with every failure in a row.
pub struct Standing {
    store: Store,
    names: Vec<String>,
    holder: String,
    hold: Duration,
    back_off: BackOff,
    good: Duration,
}

impl Standing {
    /// Work with these names. A failure after a run of `good` or longer counts as the first one.
    pub fn new(store: Store, names: Vec<String>, pace: &Pace, back_off: BackOff, good: Duration) -> Self {
        Self {
            store,
            names,
            holder: Uuid::new_v4().to_string(),
            hold: pace.hold,
            back_off,
            good,
        }
    }

    /// Whether the claim still holds. It is asked in the transaction that writes what the work has come to, and holds
    /// until that ends: what a process writes after it lost the work is refused.
    pub async fn is_held(tx: &mut Tx, claim: &Claim<String>) -> Result<bool, StoreError> {
        standing::is_held(tx, claim).await
    }

    async fn due_names(&self) -> Result<Vec<&String>, StoreError> {
        let mut session = self.store.read().await?;
        let at = now(&mut session).await?;
        let mut due = Vec::new();
        for name in &self.names {
            if standing::is_due(&mut session, name, at).await? {
                due.push(name);
            }
        }
        Ok(due)
    }

    /// Makes a row of each name, so that it can be claimed.
    pub async fn declare(&self) -> Result<(), StoreError> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        standing::declare(&mut tx, &self.names).await?;
        tx.commit().await
    }
}

#[async_trait]
impl Claims for Standing {
    type Key = String;
    type Task = ();

    async fn claim_due(&self, limit: usize) -> Result<Vec<(Claim<String>, ())>, StoreError> {
        let due = self.due_names().await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let holding = Holding {
            holder: &self.holder,
            hold: self.hold,
        };
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        let mut claims = Vec::new();
        for name in due.into_iter().take(limit) {
            claims.extend(standing::claim(&mut tx, name, &holding).await?);
        }
        tx.commit().await?;
        Ok(claims.into_iter().map(|claim| (claim, ())).collect())
    }

    async fn renew(&self, claims: &[Claim<String>]) -> Result<Vec<Claim<String>>, StoreError> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        let mut lost = Vec::new();
        for claim in claims {
            if !standing::renew(&mut tx, claim, self.hold).await? {
                lost.push(claim.clone());
            }
        }
        tx.commit().await?;
        Ok(lost)
    }

    async fn settle(&self, claim: &Claim<String>, ending: &Ending) -> Result<(), StoreError> {
        let rest = match ending {
            Ending::Stopped => Rest::For(Duration::ZERO),
            Ending::Later(pause) => Rest::For(*pause),
            Ending::Done | Ending::Retry(_) | Ending::GiveUp(_) => Rest::AfterFailure(&self.back_off),
        };
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        standing::settle(&mut tx, claim, &rest, self.good).await?;
        tx.commit().await
    }
}
