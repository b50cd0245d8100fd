//! The catalog's permissions, by their names on the wire.

use plugin::{Permission, PermissionAction, Rule};
pub use sight::ENTITY_READ;

const ENTITY: &str = "catalog-entity";

/// Remove an entity.
pub static ENTITY_DELETE: Permission =
    Permission::new("catalog.entity.delete", PermissionAction::Delete).on(ENTITY);
/// Have an entity's sources read again.
pub static ENTITY_REFRESH: Permission =
    Permission::new("catalog.entity.refresh", PermissionAction::Update).on(ENTITY);
/// Have an entity judged that is not in the catalog.
pub static ENTITY_VALIDATE: Permission = Permission::new("catalog.entity.validate", PermissionAction::Use);
/// See registered locations.
pub static LOCATION_READ: Permission = Permission::new("catalog.location.read", PermissionAction::Read);
/// Register a location, or point one elsewhere.
pub static LOCATION_CREATE: Permission = Permission::new("catalog.location.create", PermissionAction::Create);
/// Unregister a location.
pub static LOCATION_DELETE: Permission = Permission::new("catalog.location.delete", PermissionAction::Delete);
/// Have a repository analysed before it is registered.
pub static LOCATION_ANALYZE: Permission = Permission::new("catalog.location.analyze", PermissionAction::Use);
/// See entities that are not served, and why.
pub static UNPROCESSED_READ: Permission =
    Permission::new("catalog.entities.unprocessed.read", PermissionAction::Read);
/// Remove entities that are not served.
pub static UNPROCESSED_DELETE: Permission =
    Permission::new("catalog.entities.unprocessed.delete", PermissionAction::Delete);

/// All of them.
pub static PERMISSIONS: [&Permission; 10] = [
    &ENTITY_READ,
    &ENTITY_DELETE,
    &ENTITY_REFRESH,
    &ENTITY_VALIDATE,
    &LOCATION_READ,
    &LOCATION_CREATE,
    &LOCATION_DELETE,
    &LOCATION_ANALYZE,
    &UNPROCESSED_READ,
    &UNPROCESSED_DELETE,
];

/// The rule of most routes: their handlers show what the caller's sight lets through.
pub(crate) const READ: Rule = Rule::signed_in().left_to_handler(&ENTITY_READ);
/// The rule of routes that show registered locations; who may not see any sees none.
pub(crate) const SEE_LOCATIONS: Rule = Rule::signed_in().left_to_handler(&LOCATION_READ);
