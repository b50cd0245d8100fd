//! Ways to find out who calls.

use async_trait::async_trait;
use axum::http::request::Parts;
use model::{Fault, Viewer};

/// Knows callers by one sort of credential: a token of its own, a session's cookie.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The sort of credential, for the log.
    fn name(&self) -> &str;

    /// Whether its credential is good only for routes that take [`crate::Caller::PersonByCookie`].
    fn is_limited(&self) -> bool {
        false
    }

    /// The caller; nothing when the request has no credential of this sort, an error when it has a wrong one.
    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault>;
}
