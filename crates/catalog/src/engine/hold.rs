//! The right to write what a run found, asked for in the transaction that writes it.

use std::collections::HashSet;

use store::{SourceClaim, SourceKey, StoreError, WriteTx};
use work::{Claim, Standing};

use super::failure::EngineError;

/// Under which right a run writes.
#[derive(Debug, Clone)]
pub(crate) enum Hold {
    /// The claim on a source that is read.
    Source(SourceClaim),
    /// The claim on running a provider.
    Provider(Claim<String>),
    /// None is needed: what the run delivers comes from this process alone.
    Free,
}

impl Hold {
    /// The claim on a source that is read.
    pub fn source(&self) -> Option<&SourceClaim> {
        match self {
            Self::Source(claim) => Some(claim),
            Self::Provider(_) | Self::Free => None,
        }
    }

    /// Fails when the claim was lost. Otherwise it holds until the transaction ends.
    pub async fn check(
        &self,
        tx: &mut WriteTx,
        known: &HashSet<SourceClaim>,
        source: &SourceKey,
    ) -> Result<(), EngineError> {
        if self.is_kept(tx, known).await? {
            return Ok(());
        }
        Err(EngineError::ClaimLost(source.clone()))
    }

    /// The same where no claims are known to hold.
    pub async fn check_in(&self, tx: &mut WriteTx, source: &SourceKey) -> Result<(), EngineError> {
        self.check(tx, &HashSet::new(), source).await
    }

    async fn is_kept(&self, tx: &mut WriteTx, known: &HashSet<SourceClaim>) -> Result<bool, StoreError> {
        match self {
            Self::Source(claim) if known.contains(claim) => Ok(true),
            Self::Source(claim) => {
                let held = tx.sources_held(std::slice::from_ref(claim)).await?;
                Ok(!held.is_empty())
            }
            Self::Provider(claim) => Standing::is_held(tx, claim).await,
            Self::Free => Ok(true),
        }
    }
}
