//! Permissions: their names, and a policy's decisions.
//!
//! Only data and the trait of a policy. A condition becomes a filter in the crate whose things it is about.

use async_trait::async_trait;
use model::{Fault, Principal, Restriction, Viewer};
use serde_json::{Value, json};

use crate::condition::Condition;
use crate::id::PluginId;

/// What a permission lets a caller do, the `action` attribute of the wire contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PermissionAction {
    /// Make something.
    Create,
    /// See something.
    Read,
    /// Change something.
    Update,
    /// Remove something.
    Delete,
    /// Use something: a proxy, a template's step.
    Use,
}

impl PermissionAction {
    /// The word on the wire; the contract has none for [`PermissionAction::Use`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Use => "use",
        }
    }
}

/// Who has a permission where no policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Every caller that is somebody.
    Everyone,
    /// Administrators, and services whose token names the plugin.
    Administrators,
}

/// A permission that a route or an action may need.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    /// Its name on the wire, for example `catalog.entity.read`.
    pub name: &'static str,
    /// What it lets a caller do.
    pub action: PermissionAction,
    /// The type of things that it is decided for one by one, for example `catalog-entity`; nothing for a
    /// permission that is granted as a whole.
    pub resource: Option<&'static str>,
    /// Who has it where no policy decides.
    pub audience: Audience,
}

impl Permission {
    /// A permission that is granted as a whole, to everybody where no policy decides.
    pub const fn new(name: &'static str, action: PermissionAction) -> Self {
        Self {
            name,
            action,
            resource: None,
            audience: Audience::Everyone,
        }
    }

    /// Decided for each thing of this type.
    pub const fn on(mut self, resource: &'static str) -> Self {
        self.resource = Some(resource);
        self
    }

    /// For administrators where no policy decides.
    pub const fn for_administrators(mut self) -> Self {
        self.audience = Audience::Administrators;
        self
    }

    /// The permission as the wire contract of the original describes it.
    pub fn to_wire(&self) -> Value {
        let attributes = match self.action {
            PermissionAction::Use => json!({}),
            action => json!({ "action": action.as_str() }),
        };
        match self.resource {
            None => json!({"type": "basic", "name": self.name, "attributes": attributes}),
            Some(resource) => {
                json!({"type": "resource", "name": self.name, "attributes": attributes, "resourceType": resource})
            }
        }
    }

    /// Whether the credential of a viewer leaves this permission of a plugin. Tokens of services and those with scopes take
    /// some away.
    pub fn is_left_to(&self, viewer: &Viewer, plugin: &PluginId) -> bool {
        let is_reading = self.action == PermissionAction::Read;
        if let Some(scopes) = viewer.scopes()
            && !scopes.iter().any(|scope| scope.leaves(self.name, is_reading))
        {
            return false;
        }
        let Principal::Service { restrictions, .. } = &viewer.who else {
            return true;
        };
        restrictions.is_empty() || restrictions.iter().any(|limit| self.is_within(limit, plugin))
    }

    /// Whether the token of a service names the plugin and leaves this permission of it.
    pub fn is_named_for(&self, viewer: &Viewer, plugin: &PluginId) -> bool {
        let Principal::Service { restrictions, .. } = &viewer.who else {
            return false;
        };
        let scopes = viewer.scopes().unwrap_or_default();
        restrictions.iter().any(|limit| self.is_within(limit, plugin))
            || scopes
                .iter()
                .any(|scope| scope.names(self.name) && self.is_left_to(viewer, plugin))
    }

    fn is_within(&self, limit: &Restriction, plugin: &PluginId) -> bool {
        let has = |list: &[String], word: &str| list.is_empty() || list.iter().any(|one| one == word);
        limit.plugin == plugin.as_str()
            && has(&limit.permissions, self.name)
            && has(&limit.actions, self.action.as_str())
    }
}

/// A policy's answer for one viewer and one permission.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Always.
    Allow,
    /// Never.
    Deny,
    /// For things that meet a condition.
    Conditional(Condition),
}

/// Decides what viewers may do.
#[async_trait]
pub trait Policy: Send + Sync {
    /// Decisions for these permissions, in the same order.
    async fn decide(&self, viewer: &Viewer, asked: &[&'static Permission]) -> Result<Vec<Decision>, Fault>;
}
