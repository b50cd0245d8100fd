//! Calls to this server from within, in the name of a caller that the portal knows.
//!
//! Such a call has no connection and no credential. It passes the same gates as every other call, and may do what its caller may.

use std::sync::{Arc, OnceLock, Weak};

use axum::extract::Request;
use axum::http::{HeaderName, header};
use axum::response::Response;
use axum::{Extension, Router};
use model::{Fault, FaultKind, Viewer};
use tower::ServiceExt;

/// Headers that say who calls or from where; a call from within has none of them.
const OF_OTHERS: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::FORWARDED,
    header::HOST,
    header::ORIGIN,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-forwarded-for"),
];

/// The caller of a request that comes from within. Nothing that arrives over a connection carries it.
#[derive(Clone)]
pub(crate) struct FromWithin(pub(crate) Viewer);

/// Keeps the routes that are called from within for as long as the server has its own.
#[derive(Clone)]
struct Kept(#[expect(dead_code, reason = "it is there to be held")] Arc<Router>);

/// Calls to the server from within. Clones call the same server.
#[derive(Debug, Clone, Default)]
pub struct Inward(Arc<OnceLock<Weak<Router>>>);

impl Inward {
    /// Calls go to these routes, as long as the router that this gives back is there.
    pub fn serve(&self, router: Router) -> Router {
        let kept = Arc::new(router.clone());
        let _ = self.0.set(Arc::downgrade(&kept));
        router.layer(Extension(Kept(kept)))
    }

    /// Whether there is a server to call.
    pub fn is_served(&self) -> bool {
        self.0.get().and_then(Weak::upgrade).is_some()
    }

    /// Calls a route in a caller's name.
    pub async fn call(&self, viewer: Viewer, mut request: Request) -> Result<Response, Fault> {
        let router = self.0.get().and_then(Weak::upgrade).ok_or_else(|| {
            Fault::new(
                FaultKind::Unavailable,
                "The portal does not serve at the moment, so that it cannot be called",
            )
        })?;
        for name in OF_OTHERS {
            request.headers_mut().remove(name);
        }
        request.extensions_mut().insert(FromWithin(viewer));
        let router = Router::clone(&router);
        Ok(router
            .oneshot(request)
            .await
            .unwrap_or_else(|never| match never {}))
    }
}
