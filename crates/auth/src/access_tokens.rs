//! Access tokens that people make for their programs, and administrators for service accounts.
//!
//! The text of a token is shown once; the database has its digest, so that nobody who reads the database can act as somebody
//! else. A token is good for its scopes, of all that its holder may do, until it expires or is revoked.

mod api;
mod known;
mod page;
mod samples;
mod tables;
mod text;
pub(crate) mod view;
mod wish;

pub use known::KnownScopes;
pub(crate) use page::TokensSection;
pub(crate) use samples::page_samples;
pub(crate) use tables::ACCESS_TOKENS;

use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::request::Parts;
use catalog::{Catalog, Sight};
use jiff::{SignedDuration, Timestamp};
use model::{Actor, Clock, EntityRef, Fault, FaultKind, Scope, Viewer};
use moka::sync::Cache;
use plugin::{AuditEvent, AuditLog, AuditOutcome, Authenticator, Permission, PermissionAction, Rows};
use store::{Lane, Store, StoreError};
use url::Url;
use uuid::Uuid;
use web::{Brake, bearer};

use crate::oidc::digest;
use crate::session::unavailable;
use crate::tokens::Owners;
use wish::Wish;

/// Make, see and revoke the tokens of service accounts and of everybody.
pub static TOKENS_ADMINISTER: Permission =
    Permission::new("auth.token.administer", PermissionAction::Update).for_administrators();

/// How often the use of a token is noted.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// How long a token is still listed after it has expired.
const LISTED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Most tokens of one holder.
const MAX_OF_ONE: usize = 50;
/// Most tokens that administrators see at once, the newest first.
const MAX_LISTED: usize = 1_000;
/// Most tokens that one caller makes in a minute.
const MADE_A_MINUTE: u32 = 10;
/// How long it counts that the catalog knows a person, and how many people that is remembered of.
const KNOWN_FOR: Duration = Duration::from_mins(1);
const REMEMBERED: u64 = 10_000;

/// Whether a person is there is asked before anybody can say what it may see.
static EVERYBODY: Sight = Sight::system("an access token finds its person");

/// The access tokens of a portal. Clones share them.
#[derive(Clone)]
pub(crate) struct AccessTokens {
    store: Store,
    catalog: Catalog,
    owners: Owners,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    scopes: Arc<KnownScopes>,
    /// The address of the portal, with a slash at its end.
    address: Arc<str>,
    making: Brake<String>,
    people: Cache<EntityRef, bool>,
}

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    Person(EntityRef),
    /// A program that acts for itself, by its name.
    Account(String),
}

/// A token as its holder and the portal know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessToken {
    /// Its name in addresses, which is no secret.
    pub id: String,
    pub holder: Holder,
    /// What its holder calls it.
    pub name: String,
    pub scopes: Vec<Scope>,
    /// Who made it.
    pub made_by: String,
    /// Whether the catalog knew the person when the token was made; then it has to know it still.
    pub is_in_catalog: bool,
    pub created: Timestamp,
    pub expires: Timestamp,
    pub last_used: Option<Timestamp>,
}

/// A token that was just made, with its text.
pub(crate) struct Made {
    pub token: AccessToken,
    pub text: String,
}

impl Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(entity) => entity.fmt(formatter),
            Self::Account(name) => write!(formatter, "account:{name}"),
        }
    }
}

impl Holder {
    /// Reads what its display form says.
    fn parse(text: &str) -> Result<Self, Fault> {
        match text.strip_prefix("account:") {
            Some(name) if !name.contains('/') => Ok(Self::Account(name.to_owned())),
            _ => text.parse().map(Self::Person),
        }
    }
}

impl AccessTokens {
    /// The tokens in a database.
    pub fn new(
        store: Store,
        (catalog, owners): (Catalog, Owners),
        audit: Arc<dyn AuditLog>,
        clock: Arc<dyn Clock>,
        (scopes, address): (KnownScopes, &Url),
    ) -> Self {
        Self {
            store,
            catalog,
            owners,
            audit,
            clock,
            scopes: Arc::new(scopes),
            address: format!("{}/", address.as_str().trim_end_matches('/')).into(),
            making: Brake::new(MADE_A_MINUTE),
            people: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(KNOWN_FOR)
                .build(),
        }
    }

    /// The rows below `/api/auth`.
    pub fn api(&self) -> Rows {
        api::rows(self)
    }

    /// The pages with their full paths.
    pub fn pages(&self) -> Rows {
        page::rows(self)
    }

    /// Makes a token.
    async fn make(&self, holder: Holder, wish: Wish, actor: Actor) -> Result<Made, Fault> {
        let made_by = actor.name();
        self.making.pass(&made_by).map_err(|_| {
            Fault::new(
                FaultKind::TooManyRequests,
                "You made many tokens; try again in a minute",
            )
        })?;
        let is_in_catalog = match &holder {
            Holder::Person(person) => self.is_in_catalog(person).await?,
            Holder::Account(_) => false,
        };
        let now = self.clock.now();
        let text = text::new(&holder);
        let token = AccessToken {
            id: Uuid::new_v4().to_string(),
            holder,
            name: wish.name,
            scopes: wish.scopes,
            made_by,
            is_in_catalog,
            created: now,
            expires: now.checked_add(wish.lasts).unwrap_or(Timestamp::MAX),
            last_used: None,
        };
        let kept = self.keep(&token, digest(&text), actor).await;
        if !kept.map_err(|error| unavailable(&error))? {
            return Err(Fault::conflict(format!(
                "{} has {MAX_OF_ONE} tokens, which is the most; revoke one first",
                token.holder
            )));
        }
        Ok(Made { token, text })
    }

    /// Whether there was room for it.
    async fn keep(&self, token: &AccessToken, digest: Vec<u8>, actor: Actor) -> Result<bool, StoreError> {
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        tables::forget(&mut tx, token.created - LISTED).await?;
        if tables::count(&mut tx, &token.holder, token.created).await? >= MAX_OF_ONE {
            return Ok(false);
        }
        tables::insert(&mut tx, token, digest).await?;
        self.audit
            .record(&mut tx, event(actor, "auth.token.create", token))
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The tokens of a holder, the newest first.
    async fn of(&self, holder: &Holder) -> Result<Vec<AccessToken>, Fault> {
        let found = async { tables::of(&mut self.store.read().await?, Some(holder), MAX_LISTED).await };
        found.await.map_err(|error: StoreError| unavailable(&error))
    }

    /// The tokens of everybody, the newest first.
    async fn all(&self) -> Result<Vec<AccessToken>, Fault> {
        let found = async { tables::of(&mut self.store.read().await?, None, MAX_LISTED).await };
        found.await.map_err(|error: StoreError| unavailable(&error))
    }

    /// Revokes a token: of a holder, or of anybody. Fails where there is none.
    async fn revoke(&self, id: &str, of: Option<&Holder>, actor: Actor) -> Result<(), Fault> {
        let revoked = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            let Some(token) = tables::remove(&mut tx, id, of).await? else {
                return Ok(false);
            };
            self.audit
                .record(&mut tx, event(actor, "auth.token.delete", &token))
                .await?;
            tx.commit().await?;
            Ok(true)
        };
        let is_revoked = revoked.await.map_err(|error: StoreError| unavailable(&error))?;
        is_revoked
            .then_some(())
            .ok_or_else(|| Fault::not_found("There is no such token"))
    }

    /// The caller that a token stands for.
    async fn caller(&self, text: &str) -> Result<Viewer, Fault> {
        let token = self.found(text).await?;
        let viewer = match &token.holder {
            Holder::Person(person) => {
                if token.is_in_catalog && !self.is_in_catalog(person).await? {
                    return Err(refused("The person of this token is no longer in the catalog"));
                }
                self.owners.viewer(person.clone()).await?
            }
            account @ Holder::Account(_) => Viewer::service(&account.to_string(), Vec::new()),
        };
        self.note_use(&token).await;
        Ok(viewer.limited_to(token.scopes.into()))
    }

    async fn found(&self, text: &str) -> Result<AccessToken, Fault> {
        // What somebody made up does not reach the database.
        if !text::is_whole(text) {
            return Err(refused("Illegal token"));
        }
        let found = async { tables::find(&mut self.store.read().await?, &digest(text)).await };
        let found = found.await.map_err(|error: StoreError| unavailable(&error))?;
        let token = found.ok_or_else(|| refused("Illegal token"))?;
        if token.expires <= self.clock.now() {
            return Err(refused("This token has expired; make a new one at /tokens"));
        }
        Ok(token)
    }

    /// Keeps when a token was used, at most once a minute. A database that takes no writes does not keep a program out.
    async fn note_use(&self, token: &AccessToken) {
        let now = self.clock.now();
        if token
            .last_used
            .is_some_and(|used| now.duration_since(used) < NOTED_EVERY)
        {
            return;
        }
        let noted = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            tables::note_use(&mut tx, &token.id, now, now - NOTED_EVERY).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!("the use of an access token cannot be noted: {error}");
        }
    }

    async fn is_in_catalog(&self, person: &EntityRef) -> Result<bool, Fault> {
        if let Some(known) = self.people.get(person) {
            return Ok(known);
        }
        let is_known = self.catalog.seen_by(&EVERYBODY).entity(person).await?.is_some();
        self.people.insert(person.clone(), is_known);
        Ok(is_known)
    }
}

/// Knows callers by the access token in their header.
#[async_trait]
impl Authenticator for AccessTokens {
    fn name(&self) -> &'static str {
        "access token"
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        match bearer(&request.headers).filter(|text| text::is_one(text)) {
            Some(text) => self.caller(text).await.map(Some),
            None => Ok(None),
        }
    }
}

fn refused(message: &str) -> Fault {
    Fault::new(FaultKind::Authentication.as_wire(), message)
}

fn event(actor: Actor, action: &'static str, token: &AccessToken) -> AuditEvent {
    AuditEvent {
        actor,
        action: action.into(),
        subject: format!("{}, '{}': {}", token.holder, token.name, words(&token.scopes)),
        outcome: AuditOutcome::Done,
    }
}

/// Scopes as people read them.
fn words(scopes: &[Scope]) -> String {
    let words: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    words.join(", ")
}
