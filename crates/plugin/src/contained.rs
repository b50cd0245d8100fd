//! Runs a plugin's part so that it can fail without hurting anything else.

use std::any::Any;
use std::future::Future;
use std::time::Duration;

use crate::{PluginId, RenderError};

/// How a part of a plugin did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartFailure<E> {
    /// It said why.
    Failed(E),
    /// It took longer than allowed and was ended.
    TooSlow(Duration),
    /// It panicked.
    Panicked,
}

impl PartFailure<RenderError> {
    /// What the viewer reads in the part's place.
    pub fn explain(self, plugin: &PluginId) -> RenderError {
        match self {
            Self::Failed(error) => error,
            Self::TooSlow(limit) => RenderError {
                message: format!("The plugin {plugin} did not answer within {} ms.", limit.as_millis()),
                hint: Some("Load the page again. If it stays slow, the operators of the portal find the plugin's failures in the metrics.".to_owned()),
            },
            Self::Panicked => RenderError {
                message: format!("The plugin {plugin} stopped unexpectedly."),
                hint: Some("The log of the portal has the reason; please report it to the plugin's authors.".to_owned()),
            },
        }
    }
}

/// Runs work of a plugin as a task of its own, for at most `limit`. A failure is counted by plugin, part and
/// reason (`plugin_failures_total`); a panic was logged by the panic hook.
pub async fn contained<T, E>(
    plugin: &PluginId,
    part: &'static str,
    limit: Duration,
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, PartFailure<E>>
where
    T: Send + 'static,
    E: Send + 'static,
{
    let mut task = AbortOnDrop(tokio::spawn(work));
    let failure = match tokio::time::timeout(limit, &mut task.0).await {
        Ok(Ok(Ok(done))) => return Ok(done),
        Ok(Ok(Err(error))) => PartFailure::Failed(error),
        Ok(Err(_)) => PartFailure::Panicked,
        Err(_) => PartFailure::TooSlow(limit),
    };
    count(plugin, part, &failure);
    Err(failure)
}

/// Runs quick work of a plugin on this thread; a panic is counted and gives nothing.
pub fn contained_now<T>(plugin: &PluginId, part: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    let result: Result<T, Box<dyn Any + Send>> = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    result
        .map_err(|_| count::<()>(plugin, part, &PartFailure::Panicked))
        .ok()
}

/// The work ends when the request that waits for it is gone.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn count<E>(plugin: &PluginId, part: &'static str, failure: &PartFailure<E>) {
    let reason = match failure {
        PartFailure::Failed(_) => "failed",
        PartFailure::TooSlow(_) => "slow",
        PartFailure::Panicked => "panicked",
    };
    metrics::counter!("plugin_failures_total", "plugin" => plugin.to_string(), "part" => part, "reason" => reason)
        .increment(1);
    if reason != "failed" {
        tracing::warn!(%plugin, part, reason, "a part of a plugin did not answer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLUGIN: PluginId = PluginId::built_in("unruly");

    #[tokio::test]
    async fn failures_are_told_apart() {
        let soon = Duration::from_millis(20);
        let done = contained(&PLUGIN, "card", soon, async { Ok::<_, ()>(1) }).await;
        assert_eq!(done, Ok(1));
        let failed = contained(&PLUGIN, "card", soon, async { Err::<(), _>("away") }).await;
        assert_eq!(failed, Err(PartFailure::Failed("away")));
        let slow = contained(&PLUGIN, "card", soon, std::future::pending::<Result<(), ()>>()).await;
        assert_eq!(slow, Err(PartFailure::TooSlow(soon)));
        let panicked: Result<(), PartFailure<()>> =
            contained(&PLUGIN, "card", soon, async { panic!("as tests do") }).await;
        assert_eq!(panicked, Err(PartFailure::Panicked));
        assert_eq!(
            contained_now(&PLUGIN, "badge", || -> u8 { panic!("as tests do") }),
            None
        );
    }
}
