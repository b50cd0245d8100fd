//! Who may call: static tokens for services, the guest where there is one, nobody else yet.
//!
//! Sign-in of people comes with its own plugin; the extractor is already what handlers use.

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use model::Fault;
use model::Viewer;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::api::ApiError;
use crate::guest::{self, GuestRule};
use crate::peer::Peer;
use crate::throttle::WrongTokens;

/// Who may call this server.
#[derive(Debug, Clone)]
pub struct Access {
    /// Callers with a token of their own.
    pub tokens: Vec<StaticToken>,
    /// Everybody who reaches the server is the guest.
    pub is_open: bool,
    /// Whether a caller on this machine is the guest.
    pub guest: GuestRule,
    /// Host names under which the guest may call, beside `localhost` and loopback addresses.
    pub host_names: Vec<String>,
    /// Callers that try tokens.
    pub wrong_tokens: WrongTokens,
}

/// A token from `backend.auth.externalAccess`. Only its digest is kept.
#[derive(Debug, Clone)]
pub struct StaticToken {
    digest: [u8; 32],
    subject: String,
}

impl StaticToken {
    /// Knows a caller by a token.
    pub fn new(token: &str, subject: impl Into<String>) -> Self {
        Self {
            digest: Sha256::digest(token).into(),
            subject: subject.into(),
        }
    }

    /// Whether a text is this token. The time that takes tells nothing about the token.
    pub(crate) fn is(&self, token: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(token).into();
        self.digest.ct_eq(&digest).into()
    }
}

/// The viewer of the request at hand.
#[derive(Debug, Clone)]
pub struct CurrentViewer(pub Viewer);

impl Access {
    /// Finds out who calls.
    pub(crate) fn viewer(&self, request: &Request) -> Result<Viewer, Fault> {
        match bearer(request.headers()) {
            Some(token) => self.service(token, Peer::of(request.extensions())),
            None if self.is_open || self.is_guest(request) => Ok(Viewer::guest()),
            None => Err(unauthenticated("Missing credentials")),
        }
    }

    /// Whether a request without a token is the guest's.
    pub(crate) fn is_guest(&self, request: &Request) -> bool {
        self.guest.admits() && guest::is_local(request, &self.host_names)
    }

    fn service(&self, token: &str, peer: Option<Peer>) -> Result<Viewer, Fault> {
        let known = self.tokens.iter().position(|known| known.is(token));
        if peer.is_some_and(|peer| !self.wrong_tokens.may_try(peer, known)) {
            return Err(Fault::new(
                "TooManyRequestsError",
                "Too many wrong tokens came from this address; try again in a minute",
            ));
        }
        match known.map(|index| &self.tokens[index]) {
            Some(known) => Ok(Viewer::service(&known.subject, Vec::new())),
            None if self.is_open => {
                Err(unauthenticated("Could not resolve credentials")
                    .caused_by(unauthenticated("Illegal token")))
            }
            None => Err(unauthenticated("Illegal token")),
        }
    }

    /// Who may call, in a sentence for the log.
    pub fn summary(&self) -> String {
        let services = match self.tokens.len() {
            0 => "no service has a token".to_owned(),
            1 => "one service has a token".to_owned(),
            count => format!("{count} services have a token"),
        };
        if self.is_open {
            format!(
                "everybody who reaches the server may do everything, because \
                 backend.auth.dangerouslyDisableDefaultAuthPolicy is true; {services}"
            )
        } else {
            format!("{}; {services}", self.guest)
        }
    }

    /// Whether a person can open the pages at all.
    pub fn admits_people(&self) -> bool {
        self.is_open || self.guest.admits()
    }

    /// What a person reads who may not open a page: who may, and how that is changed.
    pub(crate) fn refusal(&self) -> String {
        let who = if self.guest.admits() {
            "This portal shows its pages only on the machine it runs on."
        } else {
            "This portal shows its pages to nobody without a token."
        };
        format!("{who} Now {}. {}", self.guest, self.guest.remedy())
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
