//! The permissions of the plugin.

use plugin::{Permission, PermissionAction};

/// See what goes on in the repository of an entity that one sees.
pub static ACTIVITY_READ: Permission = Permission::new("gitea.activity.read", PermissionAction::Read);

/// All of them.
pub(crate) static ALL: [&Permission; 1] = [&ACTIVITY_READ];
