//! Things that conditions of policies are about, beside the entities of the catalog.

use async_trait::async_trait;
use model::Fault;

use crate::Decision;

/// The things of one type: tasks, for example.
#[async_trait]
pub trait ConditionalThings: Send + Sync {
    /// The type, as permissions name it (`Permission::resource`).
    fn resource(&self) -> &'static str;

    /// For which things a decision holds, in the same order; for one that is not there it does not. Fails for a condition whose
    /// rules such things do not have.
    async fn meet(&self, decision: &Decision, things: &[&str]) -> Result<Vec<bool>, Fault>;
}
