//! Who may call: static tokens for services, the guest on loopback, nobody else yet.
//!
//! Sign-in of people comes with its own plugin; the extractor is already what handlers use.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Response};
use model::Fault;
use model::Viewer;
use sha1::{Digest, Sha1};

use crate::api::ApiError;

/// Who may call this server.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Callers with a token of their own.
    pub tokens: Vec<StaticToken>,
    /// Everybody who reaches the server is the guest.
    pub is_open: bool,
    /// Host names under which a guest on loopback may call, beside `localhost` and loopback
    /// addresses. Others are refused, so that a web page cannot reach the portal through a name
    /// that it had resolved to this machine.
    pub host_names: Vec<String>,
}

/// A token from `backend.auth.externalAccess`. Only its digest is kept.
#[derive(Debug, Clone)]
pub struct StaticToken {
    digest: [u8; 20],
    subject: String,
}

impl StaticToken {
    /// Knows a caller by a token.
    pub fn new(token: &str, subject: impl Into<String>) -> Self {
        Self {
            digest: Sha1::digest(token).into(),
            subject: subject.into(),
        }
    }
}

/// The viewer of the request at hand.
#[derive(Debug, Clone)]
pub struct CurrentViewer(pub Viewer);

impl Access {
    /// Finds out who calls.
    pub(crate) fn viewer(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<Viewer, Fault> {
        match bearer(headers) {
            Some(token) => self.service(token),
            None if self.is_open || self.is_local(headers, extensions) => Ok(Viewer::guest()),
            None => Err(unauthenticated("Missing credentials")),
        }
    }

    fn service(&self, token: &str) -> Result<Viewer, Fault> {
        // Comparing digests tells nothing about the token by its timing.
        let digest: [u8; 20] = Sha1::digest(token).into();
        match self.tokens.iter().find(|known| known.digest == digest) {
            Some(known) => Ok(Viewer::service(&known.subject, Vec::new())),
            None if self.is_open => {
                Err(unauthenticated("Could not resolve credentials")
                    .caused_by(unauthenticated("Illegal token")))
            }
            None => Err(unauthenticated("Illegal token")),
        }
    }

    /// A direct connection of this machine to itself. Behind a proxy every peer looks local.
    fn is_local(&self, headers: &HeaderMap, extensions: &Extensions) -> bool {
        let peer = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_canonical());
        let is_proxied = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
        peer.is_some_and(|peer| peer.is_loopback()) && !is_proxied && self.is_own_name(headers)
    }

    fn is_own_name(&self, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
            return true;
        };
        let name = match host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        let is_loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        is_loopback
            || name.eq_ignore_ascii_case("localhost")
            || self
                .host_names
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn unauthenticated(message: &str) -> Fault {
    Fault::new("AuthenticationError", message)
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<S: Send + Sync> FromRequestParts<S> for CurrentViewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let viewer = parts.extensions.get::<Viewer>().cloned();
        viewer
            .map(Self)
            .ok_or_else(|| ApiError::new(unauthenticated("Missing credentials")).into_response())
    }
}
