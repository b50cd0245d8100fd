//! Decisions about permissions, for gates and for handlers that apply them.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{Fault, Principal, Viewer};
use plugin::{Audience, Decision, Permission, PluginId, Policy};

use crate::api::ApiError;

/// Decides what a caller may do with the plugin that serves the request. The gate puts it into every request.
#[derive(Clone)]
pub struct Permissions {
    policy: Option<Arc<dyn Policy>>,
    plugin: PluginId,
    needs: Option<&'static Permission>,
    is_administrator: bool,
}

impl Permissions {
    /// Decisions about what `plugin` serves. Without a policy everybody who is somebody may do everything but
    /// administer.
    pub fn new(policy: Option<Arc<dyn Policy>>, plugin: PluginId) -> Self {
        Self {
            policy,
            plugin,
            needs: None,
            is_administrator: false,
        }
    }

    pub(crate) fn needing(mut self, permission: Option<&'static Permission>) -> Self {
        self.needs = permission;
        self
    }

    /// For a caller that administers the portal where no policy decides, or for one that does not.
    pub(crate) fn administrator(mut self, is_administrator: bool) -> Self {
        self.is_administrator = is_administrator;
        self
    }

    /// Whether a policy decides.
    pub fn has_policy(&self) -> bool {
        self.policy.is_some()
    }

    /// Whether a viewer has a permission. A service has the permissions that its token leaves; the policy decides about all
    /// other viewers.
    pub async fn decide(&self, viewer: &Viewer, permission: &'static Permission) -> Result<Decision, Fault> {
        let decisions = self.decide_all(viewer, &[(&self.plugin, permission)]).await?;
        Ok(decisions.into_iter().next().unwrap_or(Decision::Deny))
    }

    /// The same for permissions of any plugins, asked in one go; decisions in the same order.
    pub async fn decide_all(
        &self,
        viewer: &Viewer,
        asked: &[(&PluginId, &'static Permission)],
    ) -> Result<Vec<Decision>, Fault> {
        let by_policy = match &self.policy {
            Some(policy) if !viewer.is_service_alone() && !asked.is_empty() => {
                let permissions: Vec<_> = asked.iter().map(|(_, permission)| *permission).collect();
                Some(policy.decide(viewer, &permissions).await?)
            }
            _ => None,
        };
        let decide = |(at, (plugin, permission)): (usize, &(&PluginId, &'static Permission))| {
            if !permission.is_left_to(viewer, plugin) {
                return Decision::Deny;
            }
            match &by_policy {
                // A policy that leaves out a decision denies it.
                Some(decisions) => decisions.get(at).cloned().unwrap_or(Decision::Deny),
                None => self.without_policy(viewer, plugin, permission),
            }
        };
        Ok(asked.iter().enumerate().map(decide).collect())
    }

    fn without_policy(&self, viewer: &Viewer, plugin: &PluginId, permission: &Permission) -> Decision {
        let is_granted = match permission.audience {
            Audience::Everyone => viewer.who != Principal::Nobody,
            Audience::Administrators => self.is_administrator || permission.is_named_for(viewer, plugin),
        };
        if is_granted {
            Decision::Allow
        } else {
            Decision::Deny
        }
    }

    /// Why the caller does not have a permission, for people.
    pub(crate) fn refusal(&self, viewer: &Viewer, permission: &Permission) -> String {
        let needs = format!("This needs the permission {}", permission.name);
        let is_asked = self.policy.is_some() && !viewer.is_service_alone();
        if is_asked || permission.audience == Audience::Everyone {
            return format!("{needs}.");
        }
        format!("{needs}, which administrators have. portal.administrators of the configuration names them.")
    }
}

/// The decision about the permission that the row needs. It is a denial for a request that no gate has seen.
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
