//! What happens when somebody may not do something.

use async_trait::async_trait;
use model::Actor;

use crate::permission::Permission;

/// A change that somebody asked for and may not make.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Who asked.
    pub actor: Actor,
    /// Method and path, with the names of parameters.
    pub route: String,
    /// The permission that the change needs.
    pub needs: Option<&'static Permission>,
    /// Why it is refused; empty when the permission is the reason.
    pub reason: String,
}

/// Hears of changes that were refused before they reached their handler.
#[async_trait]
pub trait RefusalObserver: Send + Sync {
    /// Notes one. It must not fail: the refusal stands.
    async fn refused(&self, refusal: Refusal);
}
