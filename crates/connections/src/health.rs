//! The health check: hosts that do not answer.

use async_trait::async_trait;
use outside::OutsideCalls;
use plugin::{Health, HealthCheck};

/// Says which hosts do not answer. It calls none of them.
pub(crate) struct Hosts(pub OutsideCalls);

#[async_trait]
impl HealthCheck for Hosts {
    fn name(&self) -> &'static str {
        "connections"
    }

    async fn check(&self) -> Health {
        let status = self.0.status().into_iter();
        let failing: Vec<String> = status
            .filter(|one| one.failing_since.is_some())
            .map(|one| one.host)
            .collect();
        if failing.is_empty() {
            return Health::Ok;
        }
        Health::Degraded(format!("no answer from {}; see /connections", failing.join(", ")))
    }
}
