//! Decisions about permissions, for gates and for handlers that apply them.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{Fault, Principal, Viewer};
use plugin::{Decision, Permission, PluginId, Policy};

use crate::api::ApiError;

/// Decides what a caller may do with the plugin that serves the request. The gate puts it into every request.
#[derive(Clone)]
pub struct Permissions {
    policy: Option<Arc<dyn Policy>>,
    plugin: PluginId,
    needs: Option<&'static Permission>,
}

impl Permissions {
    /// Decisions about what `plugin` serves. Without a policy everybody who is somebody may do everything.
    pub fn new(policy: Option<Arc<dyn Policy>>, plugin: PluginId) -> Self {
        Self {
            policy,
            plugin,
            needs: None,
        }
    }

    pub(crate) fn needing(mut self, permission: Option<&'static Permission>) -> Self {
        self.needs = permission;
        self
    }

    /// Whether a viewer has a permission. Services have those that their tokens leave; a policy is asked about all others.
    pub async fn decide(&self, viewer: &Viewer, permission: &'static Permission) -> Result<Decision, Fault> {
        if !permission.is_left_to(viewer, &self.plugin) {
            return Ok(Decision::Deny);
        }
        match &self.policy {
            Some(policy) if !viewer.is_service_alone() => {
                let decisions = policy.decide(viewer, &[permission]).await?;
                // A policy that does not answer lets nobody in.
                Ok(decisions.into_iter().next().unwrap_or(Decision::Deny))
            }
            None if viewer.who == Principal::Nobody => Ok(Decision::Deny),
            _ => Ok(Decision::Allow),
        }
    }
}

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
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let permissions = parts.extensions.get::<Permissions>().cloned();
        let viewer = parts.extensions.get::<Viewer>().cloned();
        let needs = permissions.as_ref().and_then(|permissions| permissions.needs);
        let (Some(permissions), Some(permission), Some(viewer)) = (permissions, needs, viewer) else {
            return Ok(Self(Decision::Deny));
        };
        let decision = permissions.decide(&viewer, permission).await;
        decision
            .map(Self)
            .map_err(|fault| ApiError::new(fault).into_response())
    }
}
