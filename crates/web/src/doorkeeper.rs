//! Finds out who calls.
//!
//! A call from within names its caller ([`crate::Inward`]). For all others it asks, in this order, the static tokens of the
//! configuration, the authenticators of plugins, and the rule for the guest.

use std::sync::Arc;

use axum::extract::Request;
use model::{Fault, FaultKind, Viewer};
use plugin::Authenticator;

use crate::access::{Access, bearer};
use crate::inward::FromWithin;
use crate::peer::Peer;

/// The ways to identify a caller.
pub(crate) struct Doorkeeper {
    pub(crate) access: Access,
    pub(crate) authenticators: Vec<Arc<dyn Authenticator>>,
}

impl Doorkeeper {
    /// The caller of a request; the request comes back. `takes_limited`: credentials for special routes count too.
    pub(crate) async fn viewer(
        &self,
        request: Request,
        takes_limited: bool,
    ) -> (Request, Result<Viewer, Fault>) {
        if let Some(FromWithin(viewer)) = request.extensions().get().cloned() {
            return (request, Ok(viewer));
        }
        let token = bearer(request.headers()).map(str::to_owned);
        let peer = Peer::client(request.extensions());
        if let Some(known) = token
            .as_deref()
            .and_then(|token| self.access.service(token, peer))
        {
            return (request, known);
        }
        let (parts, body) = request.into_parts();
        let found = self.by_authenticators(&parts, takes_limited).await;
        let request = Request::from_parts(parts, body);
        let viewer = match found {
            Ok(Some(viewer)) => Ok(viewer),
            Ok(None) if token.is_some() => Err(self.access.unknown_token(peer)),
            Ok(None) => self.access.guest(&request),
            Err(fault) if token.is_some() && fault.is(&FaultKind::Authentication) => {
                Err(self.access.wrong_token(peer, fault))
            }
            Err(fault) => Err(fault),
        };
        (request, viewer)
    }

    async fn by_authenticators(
        &self,
        parts: &axum::http::request::Parts,
        takes_limited: bool,
    ) -> Result<Option<Viewer>, Fault> {
        // A credential that is good everywhere counts before one that is good for a few routes.
        let known = self.known(parts, false).await;
        if !takes_limited || matches!(known, Ok(Some(_))) {
            return known;
        }
        // What is refused elsewhere may be good here.
        match self.known(parts, true).await? {
            Some(viewer) => Ok(Some(viewer)),
            None => known,
        }
    }

    /// The caller by the first authenticator that knows it, of those that are limited or of the others.
    async fn known(
        &self,
        parts: &axum::http::request::Parts,
        is_limited: bool,
    ) -> Result<Option<Viewer>, Fault> {
        let asked = self.authenticators.iter();
        for authenticator in asked.filter(|one| one.is_limited() == is_limited) {
            if let Some(viewer) = authenticator.authenticate(parts).await? {
                return Ok(Some(viewer));
            }
        }
        Ok(None)
    }
}
