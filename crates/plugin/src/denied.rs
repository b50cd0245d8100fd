//! What the viewer of a page may not do.

use std::collections::BTreeSet;

use crate::Permission;

/// Permissions that parts of the page name and the viewer lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denied(BTreeSet<&'static str>);

impl Denied {
    /// Whether the viewer lacks a permission. One that no part named is not among them.
    pub fn has(&self, permission: &Permission) -> bool {
        self.0.contains(permission.name)
    }
}

impl FromIterator<&'static Permission> for Denied {
    fn from_iter<I: IntoIterator<Item = &'static Permission>>(permissions: I) -> Self {
        Self(
            permissions
                .into_iter()
                .map(|permission| permission.name)
                .collect(),
        )
    }
}
