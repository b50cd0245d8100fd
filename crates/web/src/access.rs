//! Callers that the configuration alone lets in: services with a static token, and the guest where there is one.
//!
//! People sign in through the authenticators of plugins, which the doorkeeper asks between the two.

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse, Response};
use model::{Actor, Fault, FaultKind, Principal, Problem, Restriction, Viewer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::administrators::Administrators;
use crate::api::ApiError;
use crate::guest::{self, GuestRule};
use crate::peer::Peer;
use crate::request_log::RequestId;
use crate::throttle::WrongTokens;

/// Who may call this server.
#[derive(Debug, Clone)]
pub struct Access {
    /// Callers with a token of their own.
    pub tokens: Vec<StaticToken>,
    /// Everybody who reaches the server is the guest.
    pub is_open: bool,
    /// Whether people can sign in, which an authenticator of a plugin then knows.
    pub signs_people_in: bool,
    /// Whether a caller on this machine is the guest.
    pub guest: GuestRule,
    /// Host names under which the guest may call, beside `localhost` and loopback addresses.
    pub host_names: Vec<String>,
    /// Callers that try tokens.
    pub wrong_tokens: WrongTokens,
    /// Callers who administer the portal.
    pub administrators: Administrators,
}

/// A token from `backend.auth.externalAccess`. Only its digest is kept.
#[derive(Debug, Clone)]
pub struct StaticToken {
    digest: [u8; 32],
    subject: String,
    restrictions: Vec<Restriction>,
}

impl StaticToken {
    /// Knows a caller by a token.
    pub fn new(token: &str, subject: impl Into<String>) -> Self {
        Self {
            digest: Sha256::digest(token).into(),
            subject: subject.into(),
            restrictions: Vec::new(),
        }
    }

    /// The same token, good only for this.
    pub fn restricted_to(mut self, restrictions: Vec<Restriction>) -> Self {
        self.restrictions = restrictions;
        self
    }

    /// Whether a text is this token. The comparison takes the same time for every text.
    pub(crate) fn is(&self, token: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(token).into();
        self.digest.ct_eq(&digest).into()
    }
}

/// The author of the changes that the request at hand makes.
#[derive(Debug, Clone)]
pub struct CurrentActor(pub Actor);

/// A viewer as the author of changes, with the request that asks for them.
pub(crate) fn actor_of(viewer: &Viewer, extensions: &Extensions) -> Actor {
    let id = extensions.get::<RequestId>();
    Actor::caller(viewer, id.map(|id| id.0.clone()))
}

/// The viewer of the request at hand.
#[derive(Debug, Clone)]
pub struct CurrentViewer(pub Viewer);

impl Access {
    /// The service of a token; nothing for a token that is not configured.
    pub(crate) fn service(&self, token: &str, peer: Option<Peer>) -> Option<Result<Viewer, Fault>> {
        let index = self.tokens.iter().position(|known| known.is(token))?;
        if peer.is_some_and(|peer| !self.wrong_tokens.may_try(peer, Some(index))) {
            return Some(Err(too_many_tries()));
        }
        let known = &self.tokens[index];
        Some(Ok(Viewer::service(&known.subject, known.restrictions.clone())))
    }

    /// The refusal of an unknown token.
    pub(crate) fn unknown_token(&self, peer: Option<Peer>) -> Fault {
        let illegal = unauthenticated("Illegal token");
        self.wrong_token(
            peer,
            if self.is_open {
                unauthenticated("Could not resolve credentials").caused_by(illegal)
            } else {
                illegal
            },
        )
    }

    /// Counts a wrong token and refuses it. After too many, the refusal says only that there were too many.
    pub(crate) fn wrong_token(&self, peer: Option<Peer>, fault: Fault) -> Fault {
        if peer.is_some_and(|peer| !self.wrong_tokens.may_try(peer, None)) {
            return too_many_tries();
        }
        fault
    }

    /// Who calls without any credential: the guest, where there is one.
    pub(crate) fn guest(&self, request: &Request) -> Result<Viewer, Fault> {
        if self.is_open || self.is_guest(request) {
            return Ok(Viewer::guest());
        }
        Err(unauthenticated("Missing credentials"))
    }

    /// Whether the sender of a request, of which this is the head, is the guest without any credential.
    pub fn admits_as_guest(&self, parts: &Parts) -> bool {
        let request = Request::from_parts(parts.clone(), Body::empty());
        self.guest(&request).is_ok()
    }

    /// Whether a request without a token is the guest's.
    fn is_guest(&self, request: &Request) -> bool {
        self.guest.admits() && guest::is_local(request, &self.host_names)
    }

    /// Whether a caller administers the portal where no policy decides: one that the configuration names, and the person
    /// of the machine that nobody else reaches.
    pub(crate) fn is_administrator(&self, request: &Request, viewer: &Viewer) -> bool {
        let is_at_home =
            || self.guest == GuestRule::OnlyThisMachine && guest::is_local(request, &self.host_names);
        self.administrators.include(viewer) || (viewer.who == Principal::Guest && is_at_home())
    }

    /// Who administers, in a part of a sentence for the log.
    fn administration(&self) -> String {
        match (
            self.guest == GuestRule::OnlyThisMachine,
            self.administrators.is_empty(),
        ) {
            (true, true) => "the guest administers the portal".to_owned(),
            (true, false) => format!("the guest and {} administer the portal", self.administrators),
            (false, false) => format!("administrators: {}", self.administrators),
            (false, true) => {
                "nobody administers the portal (/audit, /work, /connections), because portal.administrators names nobody"
                    .to_owned()
            }
        }
    }

    /// Who may call and who administers, in a sentence for the log.
    pub fn summary(&self) -> String {
        let services = match self.tokens.len() {
            0 => "no service has a token".to_owned(),
            1 => "one service has a token".to_owned(),
            count => format!("{count} services have a token"),
        };
        let administration = self.administration();
        if self.is_open {
            format!(
                "everybody who reaches the server is the guest, because \
                 backend.auth.dangerouslyDisableDefaultAuthPolicy is true; {services}; {administration}"
            )
        } else if self.signs_people_in {
            format!(
                "people sign in at /sign-in; {}; {services}; {administration}",
                self.guest
            )
        } else {
            format!("{}; {services}; {administration}", self.guest)
        }
    }

    /// Whether a person can open the pages at all.
    pub fn admits_people(&self) -> bool {
        self.is_open || self.signs_people_in || self.guest.admits()
    }

    /// The problem that the portal is there for other machines, but nobody there can open its pages, and the key that it
    /// is due to. Nothing when that was asked for.
    pub fn shuts_people_out(&self) -> Option<(&'static str, Problem)> {
        let key = match &self.guest {
            _ if self.is_open || self.signs_people_in => return None,
            GuestRule::ListensElsewhere { .. } => "backend.listen",
            GuestRule::ServesAnotherHost { key, .. } => key,
            _ => return None,
        };
        let fault = Fault::input(format!(
            "people on other machines reach the portal, but cannot open its pages: {}",
            self.guest
        ));
        Some((key, Problem::warning(fault).hint(self.guest.remedy())))
    }

    /// The text of a page that its caller may not open: who may open it, and how that is changed.
    pub(crate) fn refusal(&self) -> String {
        if self.signs_people_in {
            return "Sign in to open this page.".to_owned();
        }
        let who = if self.guest.admits() {
            "This portal shows its pages only on the machine it runs on."
        } else {
            "This portal shows its pages to nobody without a token."
        };
        format!("{who} Now {}. {}", self.guest, self.guest.remedy())
    }
}

fn too_many_tries() -> Fault {
    Fault::new(
        FaultKind::TooManyRequests,
        "Too many wrong tokens came from this address; try again in a minute",
    )
}

fn unauthenticated(message: &str) -> Fault {
    Fault::new(FaultKind::Authentication, message)
}

/// The token of a request, as clients of the original send it. A text with spaces in it is none.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let is_one = !token.is_empty() && !token.contains(char::is_whitespace);
    (is_one && scheme.eq_ignore_ascii_case("bearer")).then_some(token)
}

impl<S: Send + Sync> FromRequestParts<S> for CurrentActor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let CurrentViewer(viewer) = CurrentViewer::from_request_parts(parts, state).await?;
        Ok(Self(actor_of(&viewer, &parts.extensions)))
    }
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
