//! Checks behind the readiness endpoint and the `doctor` command.

use async_trait::async_trait;

/// Outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Works.
    Ok,
    /// Serves, but somebody should look; the sentence says why.
    Degraded(String),
    /// Cannot serve; the sentence says why and what to do.
    Failed(String),
}

/// A part of the portal that can say whether it works.
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// What is checked, for example `database`.
    fn name(&self) -> &str;
    /// Checks now. The caller bounds the time.
    async fn check(&self) -> Health;
}
