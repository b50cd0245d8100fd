//! The permissions of templates, named as in the original.

use plugin::{Permission, PermissionAction};

/// Have an action run as a step.
pub static ACTION_EXECUTE: Permission =
    Permission::new("scaffolder.action.execute", PermissionAction::Use).on("scaffolder-action");
/// See a page of parameters.
pub static TEMPLATE_PARAMETER_READ: Permission =
    Permission::new("scaffolder.template.parameter.read", PermissionAction::Read).on("scaffolder-template");
/// See and run a step.
pub static TEMPLATE_STEP_READ: Permission =
    Permission::new("scaffolder.template.step.read", PermissionAction::Read).on("scaffolder-template");
/// See tasks.
pub static TASK_READ: Permission =
    Permission::new("scaffolder.task.read", PermissionAction::Read).on("scaffolder-task");
/// End tasks.
pub static TASK_CANCEL: Permission =
    Permission::new("scaffolder.task.cancel", PermissionAction::Use).on("scaffolder-task");
/// Begin tasks.
pub static TASK_CREATE: Permission = Permission::new("scaffolder.task.create", PermissionAction::Create);
/// Try a template without a trace.
pub static TEMPLATE_DRY_RUN: Permission =
    Permission::new("scaffolder.template.dry-run", PermissionAction::Use);
/// Work on templates: the editor and its tools.
pub static TEMPLATE_MANAGEMENT: Permission =
    Permission::new("scaffolder.template.management", PermissionAction::Use);

/// All permissions of the plugin.
pub static PERMISSIONS: [&Permission; 8] = [
    &ACTION_EXECUTE,
    &TEMPLATE_PARAMETER_READ,
    &TEMPLATE_STEP_READ,
    &TASK_READ,
    &TASK_CANCEL,
    &TASK_CREATE,
    &TEMPLATE_DRY_RUN,
    &TEMPLATE_MANAGEMENT,
];
