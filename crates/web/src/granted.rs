//! The decision about the permission of a row, for handlers that apply it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use plugin::Decision;

/// What the caller may do of the permission that the row needs. Without a row's gate it is nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Granted(pub Decision);

impl Granted {
    /// Whether the caller has the permission for everything.
    pub fn is_whole(&self) -> bool {
        self.0 == Decision::Allow
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Granted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let granted = parts.extensions.get::<Self>().cloned();
        Ok(granted.unwrap_or(Self(Decision::Deny)))
    }
}
