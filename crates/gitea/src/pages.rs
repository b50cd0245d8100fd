//! The pages of the plugin.

pub(crate) mod code;
mod descriptor;
pub(crate) mod ownership;
mod repositories;
mod samples;

pub use samples::PageSample;

use std::sync::Arc;

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{Fault, Viewer};
use plugin::{Decision, Permission, Rows, Rule};
use store::Store;
use web::{CurrentViewer, Permissions};

use crate::discovery::Provider;
use crate::permissions::{PROPOSE, READ};
use crate::proposal::Desk;

/// What handlers need.
#[derive(Clone)]
pub(crate) struct Pages {
    /// The providers of the configuration.
    pub providers: Arc<[Provider]>,
    /// The database.
    pub store: Store,
    /// Opens pull requests.
    pub desk: Desk,
}

/// The pages with their full paths.
pub(crate) fn rows(pages: &Pages) -> Rows {
    let see = Rule::signed_in().needs(&READ);
    let propose = Rule::person().needs(&PROPOSE);
    Rows::new()
        .get("/gitea", see.prefetch(), repositories::show)
        .get("/gitea/{provider}/{id}/descriptor", propose, descriptor::show)
        .post("/gitea/{provider}/{id}/descriptor", propose, descriptor::send)
        .with_state(pages)
}

/// The caller of a page, and what it may do.
pub(crate) struct Caller {
    viewer: Viewer,
    permissions: Permissions,
}

impl Caller {
    /// Whether the caller has a permission.
    pub async fn has(&self, permission: &'static Permission) -> Result<bool, Fault> {
        let decision = self.permissions.decide(&self.viewer, permission).await?;
        Ok(decision == Decision::Allow)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        let permissions = Extension::<Permissions>::from_request_parts(parts, state).await;
        let Extension(permissions) = permissions.map_err(IntoResponse::into_response)?;
        Ok(Self { viewer, permissions })
    }
}

/// All pages with their states: a name usable in a path, and the content.
pub fn page_samples() -> Vec<PageSample> {
    [samples::page_samples(), ownership::samples(), code::samples()].concat()
}
