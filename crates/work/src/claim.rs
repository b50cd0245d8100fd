//! What can be claimed, and how work on a claim ends.

use std::fmt::Debug;
use std::hash::Hash;
use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use store::StoreError;

/// The right to work on one thing for a while.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim<K> {
    /// The thing.
    pub key: K,
    /// Grows with every claim on the thing: whatever is written under a claim is written only while the thing still
    /// has this number.
    pub number: i64,
}

/// How work on a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// All is done.
    Done,
    /// It failed, and may go well another time. A panic counts as this.
    Retry(Fault),
    /// It failed, and would fail every time.
    GiveUp(Fault),
    /// It ended early because it was asked to; nothing is wrong with it.
    Stopped,
    /// It cannot go on now, and is due again after this pause; nothing is wrong with it.
    Later(Duration),
}

/// Things that are due now and then, and that one process at a time may work on.
///
/// Implementations use the database's time, and number every claim.
#[async_trait]
pub trait Claims: Send + Sync + 'static {
    /// Names a thing. Work on equal keys never overlaps within a process.
    type Key: Clone + Debug + Eq + Hash + Send + Sync + 'static;
    /// What the work needs to know of a thing, read together with the claim.
    type Task: Send + 'static;

    /// Claims what is due, at most `limit` things.
    async fn claim_due(&self, limit: usize) -> Result<Vec<(Claim<Self::Key>, Self::Task)>, StoreError>;
    /// Prolongs claims; returns those whose work must end: other processes have them now, or they are cancelled.
    async fn renew(&self, claims: &[Claim<Self::Key>]) -> Result<Vec<Claim<Self::Key>>, StoreError>;
    /// Records how work ended and gives the thing back. Changes nothing when the claim was lost.
    async fn settle(&self, claim: &Claim<Self::Key>, ending: &Ending) -> Result<(), StoreError>;
    /// Does a bounded part of what belongs to none of the things; whether there is more of it, which is done after the
    /// next look. It is called after every look, when the work of what was claimed has begun.
    async fn between(&self) -> Result<bool, StoreError> {
        Ok(false)
    }
}
