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

/// What stands still when a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HealthScope {
    /// The whole portal: an orchestrator must send requests elsewhere.
    Portal,
    /// One plugin; everything else serves on.
    #[default]
    Plugin,
}

/// A part of the portal that can say whether it works.
///
/// The readiness endpoint asks the check of the running portal. `doctor` makes the contributions of all plugins anew
/// and asks in its own process, where nothing runs in the background: a check asks its server or database now, and does not
/// answer from what a task of the running portal noticed.
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// What is checked, for example `database`.
    fn name(&self) -> &str;
    /// What stands still when this fails. Only the portal's own checks decide whether it is ready.
    fn scope(&self) -> HealthScope {
        HealthScope::default()
    }
    /// Checks now. The caller bounds the time; a panic counts as a failure of this check alone.
    async fn check(&self) -> Health;
}
