//! Sessions of the pages: who signed in, in which browser, until when.
//!
//! A browser has a random text in a cookie; the database has its digest, so that nobody who reads the database can act as
//! somebody else. A session ends by itself after [`IDLE`] without use and after the time of its provider. What its person owns
//! by is found anew while it is used.

mod browser;
pub(crate) mod cookie;
mod ended_elsewhere;
mod opened;
pub(crate) mod tables;

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use catalog::Catalog;
use jiff::{SignedDuration, Timestamp};
use model::{Actor, Clock, EntityRef, Fault, FaultKind, Viewer};
use plugin::{AuditEvent, AuditLog, AuditOutcome, Authenticator};
use store::{Lane, Store, StoreError};
use uuid::Uuid;
use web::bearer;

use crate::oidc::{AtProvider, ProviderTokens, digest, random, seal, unseal};
use crate::resolver::ownership;
use browser::browser;
use cookie::Cookies;
use opened::Opened;
use tables::Row;

/// How long a session lasts that nobody uses.
pub(crate) const IDLE: SignedDuration = SignedDuration::from_hours(24);
/// How often the use of a session is noted, and what its person owns by is found anew.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Most sessions of one person; the oldest ones end.
const MAX_SESSIONS: usize = 50;

/// The sessions of a portal.
#[derive(Clone)]
pub(crate) struct Sessions {
    store: Store,
    catalog: Catalog,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    pub cookies: Cookies,
    opened: Opened,
}

/// A session as its own person and the portal know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Its name, which is no secret.
    pub id: String,
    pub entity: EntityRef,
    pub claims: Vec<EntityRef>,
    /// The name of the provider (`OidcSettings::key`).
    pub provider: String,
    pub browser: String,
    pub created: Timestamp,
    pub last_used: Timestamp,
    pub expires: Timestamp,
}

/// A person who has just proved who it is.
pub(crate) struct Arrival<'a> {
    pub entity: EntityRef,
    pub provider: &'a str,
    pub at_provider: &'a AtProvider,
    pub tokens: &'a ProviderTokens,
    pub lasts: std::time::Duration,
    pub headers: &'a HeaderMap,
    pub request: Option<Arc<str>>,
}

/// A session that has ended, with what its provider needs to end its own.
pub(crate) struct Departure {
    pub provider: String,
    pub id_token: Option<String>,
}

impl Session {
    /// The person as a caller.
    pub fn viewer(&self) -> Viewer {
        let id: Arc<str> = self.id.as_str().into();
        Viewer::person(self.entity.clone(), self.claims.clone(), Some(id))
    }
}

impl Sessions {
    /// The sessions in a database.
    pub fn new(
        store: Store,
        catalog: Catalog,
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
        cookies: Cookies,
    ) -> Self {
        Self {
            store,
            catalog,
            audit,
            clock,
            cookies,
            opened: Opened::default(),
        }
    }

    /// Begins a session and returns the text for the cookie. One that the browser had before ends: what was in the cookie
    /// before the sign-in is worth nothing afterwards.
    pub async fn begin(&self, arrival: Arrival<'_>) -> Result<String, Fault> {
        let claims = ownership(&self.catalog, &arrival.entity).await?;
        let (secret, now) = (random(), self.clock.now());
        let lasts = SignedDuration::try_from(arrival.lasts).unwrap_or(SignedDuration::from_hours(24));
        let row = Row {
            sealed: sealed(&secret, arrival.tokens),
            digest: digest(&secret),
            session: Session {
                id: Uuid::new_v4().to_string(),
                entity: arrival.entity,
                claims,
                provider: arrival.provider.to_owned(),
                browser: browser(arrival.headers),
                created: now,
                last_used: now,
                expires: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
            },
        };
        let before = self.cookies.session(arrival.headers);
        let actor = Actor::caller(&row.session.viewer(), arrival.request);
        self.insert(&row, arrival.at_provider, before, actor)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(secret)
    }

    async fn insert(
        &self,
        row: &Row,
        at_provider: &AtProvider,
        before: Option<&str>,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        let now = row.session.created;
        tables::forget(&mut tx, now, now - IDLE).await?;
        if let Some(before) = before {
            tables::end_by_digest(&mut tx, &digest(before)).await?;
        }
        tables::insert(&mut tx, row).await?;
        tables::at_provider::note(&mut tx, &row.session.id, at_provider).await?;
        tables::keep_newest(&mut tx, &row.session.entity, MAX_SESSIONS).await?;
        let event = event(actor, "auth.session.create", &row.session, AuditOutcome::Done);
        self.audit.record(&mut tx, event).await?;
        tx.commit().await
    }

    /// The session of a request.
    pub async fn of(&self, headers: &HeaderMap) -> Result<Option<Session>, Fault> {
        let Some(secret) = self.cookies.session(headers) else {
            return Ok(None);
        };
        let row = self.row(secret).await.map_err(|error| unavailable(&error))?;
        let Some(mut session) = row.map(|row| row.session) else {
            return Ok(None);
        };
        self.opened.note(&session.id, secret);
        if self.clock.now().duration_since(session.last_used) >= NOTED_EVERY {
            self.note_use(&mut session).await?;
        }
        Ok(Some(session))
    }

    /// The row of a session that has not ended.
    async fn row(&self, secret: &str) -> Result<Option<Row>, StoreError> {
        let now = self.clock.now();
        let row = tables::find(&mut self.store.read().await?, &digest(secret)).await?;
        Ok(row.filter(|row| row.session.expires > now && row.session.last_used > now - IDLE))
    }

    async fn note_use(&self, session: &mut Session) -> Result<(), Fault> {
        session.claims = ownership(&self.catalog, &session.entity).await?;
        session.last_used = self.clock.now();
        let noted = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            tables::note_use(&mut tx, session).await?;
            tx.commit().await
        };
        noted.await.map_err(|error| unavailable(&error))
    }

    /// What opens the tokens of a session whose browser is asking now.
    pub fn opened(&self, session: &str) -> Option<(Arc<str>, Arc<tokio::sync::Mutex<()>>)> {
        self.opened.of(session)
    }

    /// The tokens of a session that has not ended, with the name of their provider.
    pub async fn kept_tokens(&self, secret: &str) -> Result<Option<(String, ProviderTokens)>, Fault> {
        let row = self.row(secret).await.map_err(|error| unavailable(&error))?;
        Ok(row.and_then(|row| Some((row.session.provider.clone(), tokens(secret, &row)?))))
    }

    /// Keeps new tokens of a session.
    pub async fn keep_tokens(
        &self,
        session: &str,
        secret: &str,
        tokens: &ProviderTokens,
    ) -> Result<(), Fault> {
        let sealed = sealed(secret, tokens);
        let kept = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            tables::keep_sealed(&mut tx, session, sealed).await?;
            tx.commit().await
        };
        kept.await.map_err(|error: StoreError| unavailable(&error))
    }

    /// The sessions of a person, the one used last first.
    pub async fn all_of(&self, person: &EntityRef) -> Result<Vec<Session>, Fault> {
        let now = self.clock.now();
        let found = async { tables::all_of(&mut self.store.read().await?, person, now, now - IDLE).await };
        found.await.map_err(|error| unavailable(&error))
    }

    /// Ends the session of a request.
    pub async fn end(
        &self,
        headers: &HeaderMap,
        request: Option<Arc<str>>,
    ) -> Result<Option<Departure>, Fault> {
        let Some(secret) = self.cookies.session(headers) else {
            return Ok(None);
        };
        let ended = async {
            let Some(row) = self.row(secret).await? else {
                return Ok(None);
            };
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            tables::end_by_digest(&mut tx, &row.digest).await?;
            let actor = Actor::caller(&row.session.viewer(), request);
            let event = event(actor, "auth.session.delete", &row.session, AuditOutcome::Done);
            self.audit.record(&mut tx, event).await?;
            tx.commit().await?;
            self.opened.forget(&row.session.id);
            Ok(Some(Departure {
                id_token: tokens(secret, &row).and_then(|tokens| tokens.id_token),
                provider: row.session.provider,
            }))
        };
        ended.await.map_err(|error: StoreError| unavailable(&error))
    }

    /// Ends one session of a person, or all of them.
    pub async fn end_of_person(
        &self,
        person: &EntityRef,
        id: Option<&str>,
        actor: Actor,
    ) -> Result<(), Fault> {
        let ended = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            tables::end_of_person(&mut tx, person, id).await?;
            let event = AuditEvent {
                actor,
                action: "auth.session.delete".into(),
                subject: format!("{person}, {}", id.unwrap_or("all sessions")),
                outcome: AuditOutcome::Done,
            };
            self.audit.record(&mut tx, event).await?;
            tx.commit().await
        };
        ended.await.map_err(|error| unavailable(&error))
    }

    /// Keeps that somebody whom the provider knows could not sign in.
    pub async fn refused(&self, who: &str, reason: &str, request: Option<Arc<str>>) {
        let event = AuditEvent {
            actor: Actor::caller(&Viewer::nobody(), request),
            action: "auth.session.create".into(),
            subject: who.to_owned(),
            outcome: AuditOutcome::Refused(reason.to_owned()),
        };
        self.audit.record_attempt(event).await;
    }
}

/// Knows people by the cookie of their session. A cookie of a session that has ended is no credential, and no mistake of the
/// caller. Beside a token it does not count: a client that sends one means it.
#[async_trait]
impl Authenticator for Sessions {
    fn name(&self) -> &'static str {
        "session"
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        if bearer(&request.headers).is_some() {
            return Ok(None);
        }
        Ok(self.of(&request.headers).await?.map(|session| session.viewer()))
    }
}

fn sealed(secret: &str, tokens: &ProviderTokens) -> Option<Vec<u8>> {
    seal(secret, &serde_json::to_string(tokens).ok()?)
}

/// The tokens of a session; nothing where an older version of the portal kept them.
fn tokens(secret: &str, row: &Row) -> Option<ProviderTokens> {
    serde_json::from_str(&unseal(secret, row.sealed.as_deref()?)?).ok()
}

fn event(actor: Actor, action: &'static str, session: &Session, outcome: AuditOutcome) -> AuditEvent {
    AuditEvent {
        actor,
        action: action.into(),
        subject: format!("{}, {} by {}", session.entity, session.browser, session.provider),
        outcome,
    }
}

/// A database that does not answer; the details are for the log.
pub(crate) fn unavailable(error: &StoreError) -> Fault {
    tracing::error!("sessions: the database failed: {error}");
    Fault::new(FaultKind::Unavailable, "The database does not answer")
}
