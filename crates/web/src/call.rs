//! Facts about a request that become known while it is answered, for the log, the metrics and error pages.

use std::sync::{Arc, OnceLock};

use axum::http::Extensions;
use model::Viewer;
use plugin::Permission;

use crate::granted::Permissions;

/// Filled in by the gate of the route; every layer outside reads it afterwards.
#[derive(Clone, Default)]
pub(crate) struct Call(Arc<Known>);

#[derive(Default)]
struct Known {
    route: OnceLock<Route>,
    viewer: OnceLock<Viewer>,
    permissions: OnceLock<Permissions>,
    missing: OnceLock<&'static Permission>,
}

/// The row of the table that a request was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) plugin: Arc<str>,
    /// The path with its parameters' names.
    pub(crate) path: Arc<str>,
}

impl Call {
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    pub(crate) fn is_for(&self, route: &Route) {
        let _ = self.0.route.set(route.clone());
    }

    pub(crate) fn is_by(&self, viewer: &Viewer) {
        let _ = self.0.viewer.set(viewer.clone());
    }

    pub(crate) fn has(&self, permissions: &Permissions) {
        let _ = self.0.permissions.set(permissions.clone());
    }

    /// The caller was refused because it does not have a permission.
    pub(crate) fn lacks(&self, permission: &'static Permission) {
        let _ = self.0.missing.set(permission);
    }

    pub(crate) fn route(&self) -> Option<&Route> {
        self.0.route.get()
    }

    pub(crate) fn viewer(&self) -> Option<&Viewer> {
        self.0.viewer.get()
    }

    pub(crate) fn permissions(&self) -> Option<&Permissions> {
        self.0.permissions.get()
    }

    pub(crate) fn missing(&self) -> Option<&'static Permission> {
        self.0.missing.get().copied()
    }
}
