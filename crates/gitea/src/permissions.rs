//! What a policy can decide about the plugin.

use plugin::{Permission, PermissionAction};

/// See which repositories were found. Names and descriptions of private ones are among them.
pub static READ: Permission =
    Permission::new("gitea.repository.read", PermissionAction::Read).for_administrators();
/// Propose a descriptor for a repository, with the token of the portal.
pub static PROPOSE: Permission =
    Permission::new("gitea.descriptor.create", PermissionAction::Create).for_administrators();
/// See what goes on in the repository of an entity that the caller sees.
pub static ACTIVITY_READ: Permission = Permission::new("gitea.activity.read", PermissionAction::Read);

/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 3] = [&READ, &PROPOSE, &ACTIVITY_READ];
