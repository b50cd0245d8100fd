//! How often a client may begin sign-ins and fail to end them, and a person sign in. Each process counts for itself.

use axum::http::Extensions;
use model::EntityRef;
use web::{Brake, Peer, RequestId};

use crate::refusal::Refusal;
use crate::session::Sessions;

/// Sign-ins that one address begins in a minute. As they are kept for ten minutes, and 10,000 of them, one address alone does
/// not push out those of others.
const BEGUN: u32 = 300;
/// Ends of sign-ins of one address in a minute that were refused.
const REFUSED: u32 = 100;
/// Sessions of one person that begin in a minute.
const SESSIONS: u32 = 30;

/// The counts. Clones share them.
#[derive(Clone)]
pub(crate) struct Brakes {
    begun: Brake<Peer>,
    refused: Brake<Peer>,
    people: Brake<EntityRef>,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            begun: Brake::new(BEGUN),
            refused: Brake::new(REFUSED),
            people: Brake::new(SESSIONS),
        }
    }
}

impl Brakes {
    /// A client begins a sign-in.
    pub async fn begin(&self, sessions: &Sessions, extensions: &Extensions) -> Result<(), Refusal> {
        let Some(peer) = Peer::client(extensions) else {
            return Ok(());
        };
        match self.begun.pass(&peer) {
            Ok(()) => Ok(()),
            Err(held) => Err(told(sessions, extensions, &peer.to_string(), held.is_first).await),
        }
    }

    /// A client comes back from a provider: whether it may be believed at all.
    pub fn may_end(&self, extensions: &Extensions) -> Result<(), Refusal> {
        match Peer::client(extensions) {
            Some(peer) if self.refused.holds(&peer) => Err(Refusal::too_often()),
            _ => Ok(()),
        }
    }

    /// The way back of a client was refused. What fails because a server is away counts for nobody.
    pub async fn refused(&self, sessions: &Sessions, extensions: &Extensions, refusal: &Refusal) {
        let Some(peer) = Peer::client(extensions).filter(|_| refusal.status.is_client_error()) else {
            return;
        };
        let passed = self.refused.pass(&peer);
        if passed.is_ok() && self.refused.holds(&peer) {
            told(sessions, extensions, &peer.to_string(), true).await;
        }
    }

    /// A person has proved who it is and begins a session.
    pub async fn person(
        &self,
        sessions: &Sessions,
        extensions: &Extensions,
        person: &EntityRef,
    ) -> Result<(), Refusal> {
        match self.people.pass(person) {
            Ok(()) => Ok(()),
            Err(held) => Err(told(sessions, extensions, &person.to_string(), held.is_first).await),
        }
    }
}

/// The refusal; the first one of a minute is in the audit.
async fn told(sessions: &Sessions, extensions: &Extensions, who: &str, is_first: bool) -> Refusal {
    let refusal = Refusal::too_often();
    if is_first {
        let request = extensions.get::<RequestId>().map(|id| id.0.clone());
        sessions.refused(who, &refusal.message, request).await;
    }
    refusal
}
