//! A sign-in from its beginning to its end, and the sign-out: what pages and API share.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use catalog::Catalog;
use jiff::SignedDuration;
use model::{Clock, EntityRef, Fault};
use store::{Lane, Store, StoreError};
use url::Url;
use web::{Access, RequestId};

use crate::brakes::Brakes;
use crate::oidc::{Proofs, Provider, ProviderTokens, random};
use crate::proxies::Proxies;
use crate::refusal::Refusal;
use crate::resolver::resolve;
use crate::session::cookie::SIGN_IN_SECONDS;
use crate::session::tables::{self, SignIn};
use crate::session::{Arrival, Departure, Sessions, unavailable};
use crate::settings::Guest;
use crate::tokens::{Owners, UserTokens};

/// Where people go who are signed in, unless they wanted to go elsewhere.
pub(crate) const HOME: &str = "/";

/// What the handlers have at hand. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Front {
    pub sessions: Sessions,
    pub brakes: Brakes,
    pub providers: Arc<Vec<Provider>>,
    pub proxies: Proxies,
    /// The environment whose providers the pages offer.
    pub environment: Arc<str>,
    /// The names of providers that the configuration has, if with mistakes.
    pub configured: Arc<[&'static str]>,
    /// Why no provider can be offered although one is configured.
    pub unusable: Option<Arc<str>>,
    /// Whether there is a guest.
    pub access: Arc<Access>,
    pub guest: Arc<Guest>,
    pub tokens: UserTokens,
    pub owners: Owners,
    /// Whether a token says what its person owns by.
    pub names_owners: bool,
    /// The address people open.
    pub base_url: Url,
    /// The address of the original's frontend, where that is in use.
    pub app_url: Option<Url>,
    pub store: Store,
    pub catalog: Catalog,
    pub clock: Arc<dyn Clock>,
}

/// A sign-in that has begun.
pub(crate) struct Begun {
    /// Where the browser goes.
    pub url: Url,
    /// The text by which it is known again.
    pub browser: String,
}

/// A sign-in that has ended well.
pub(crate) struct SignedIn {
    /// The text for the cookie.
    pub secret: String,
    pub seconds: i64,
    pub return_to: String,
    pub entity: EntityRef,
    /// The name of the provider.
    pub provider: String,
    pub tokens: ProviderTokens,
}

/// What a provider sends a browser back with.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The provider of the address that it came to.
    pub provider: String,
    pub state: Option<String>,
    pub code: Option<String>,
    pub issuer: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

impl Front {
    /// The provider that sessions know by this name.
    pub fn provider(&self, key: &str) -> Option<&Provider> {
        self.providers
            .iter()
            .find(|provider| provider.settings.key() == key)
    }

    /// Whether the configuration has a provider of this name.
    pub fn is_configured(&self, id: &str) -> bool {
        self.configured.contains(&id)
    }

    /// The provider of an environment.
    pub fn provider_of(&self, id: &str, environment: &str) -> Option<&Provider> {
        let is_it =
            |provider: &&Provider| provider.settings.id == id && provider.settings.environment == environment;
        self.providers.iter().find(is_it)
    }

    /// The providers that the pages offer.
    pub fn offered(&self) -> impl Iterator<Item = &Provider> {
        let offered = |provider: &&Provider| provider.settings.environment == *self.environment;
        self.providers.iter().filter(offered)
    }

    /// Whether the sender of a request gets a token of the guest.
    pub fn admits_guest(&self, parts: &Parts) -> bool {
        self.guest.is_for_everybody || self.access.admits_as_guest(parts)
    }

    /// Whether pages of an origin belong to this portal.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        let own = std::iter::once(&self.base_url).chain(&self.app_url);
        // An address without a host has the origin `null`, which pages of nobody have, too.
        own.map(Url::origin)
            .any(|own| own.is_tuple() && own.ascii_serialization() == origin)
    }

    /// Begins a sign-in that leads to a page of this portal.
    pub async fn begin(
        &self,
        provider: &Provider,
        return_to: &str,
        headers: &HeaderMap,
    ) -> Result<Begun, Refusal> {
        let proofs = Proofs::new();
        let url = provider.authorization(&proofs).await?;
        // A browser with two sign-ins under way stays the same browser.
        let known = self.sessions.cookies.sign_in(headers);
        let browser = known.map_or_else(random, str::to_owned);
        let sign_in = SignIn {
            proofs,
            provider: provider.settings.key(),
            return_to: return_to.to_owned(),
        };
        self.keep(&sign_in, &browser)
            .await
            .map_err(|error| failed(&error))?;
        Ok(Begun { url, browser })
    }

    async fn keep(&self, sign_in: &SignIn, browser: &str) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut tx = self.store.write_unordered(Lane::Person).await?;
        tables::forget_sign_ins(&mut tx, now - SignedDuration::from_secs(SIGN_IN_SECONDS)).await?;
        tables::begin_sign_in(&mut tx, sign_in, browser, now).await?;
        tx.commit().await
    }

    /// Ends a sign-in with what the provider sent; also says where it was to lead, once that is known.
    pub async fn finish(&self, answer: Answer, parts: &Parts) -> (Option<String>, Result<SignedIn, Refusal>) {
        let sign_in = match self.taken(&answer, &parts.headers).await {
            Ok(Some(sign_in)) => sign_in,
            Ok(None) => return (None, Err(Refusal::interrupted(self.base_url.as_str()))),
            Err(refusal) => return (None, Err(refusal)),
        };
        let return_to = sign_in.return_to.clone();
        (Some(return_to), self.finish_one(sign_in, answer, parts).await)
    }

    async fn finish_one(&self, sign_in: SignIn, answer: Answer, parts: &Parts) -> Result<SignedIn, Refusal> {
        let interrupted = || Refusal::interrupted(self.base_url.as_str());
        let provider = self.provider(&sign_in.provider).ok_or_else(interrupted)?;
        let is_other = answer.provider != provider.settings.id;
        if is_other || !provider.is_from_here(answer.issuer.as_deref()).await? {
            return Err(Refusal::mixed_up());
        }
        let place = provider.settings.place();
        if let Some(error) = &answer.error {
            let description = answer.error_description.as_deref();
            return Err(Refusal::ended(error, description, &place, &provider.callback));
        }
        let code = answer.code.as_deref().ok_or_else(interrupted)?;
        let person = provider.redeem(code, &sign_in.proofs).await?;
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
        let resolvers = &provider.settings.resolvers;
        let found = resolve(&self.catalog, resolvers, &person.profile, &place).await;
        let entity = match found {
            Ok(entity) => entity,
            Err(refusal) => {
                let who = person.profile.words();
                self.sessions.refused(&who, &refusal.message, request).await;
                return Err(refusal);
            }
        };
        let extensions = &parts.extensions;
        self.brakes.person(&self.sessions, extensions, &entity).await?;
        let arrival = Arrival {
            entity: entity.clone(),
            provider: &sign_in.provider,
            at_provider: &person.at_provider,
            tokens: &person.tokens,
            lasts: provider.settings.session,
            headers: &parts.headers,
            request,
        };
        let secret = self
            .sessions
            .begin(arrival)
            .await
            .map_err(|fault| Refusal::failed(&fault))?;
        Ok(SignedIn {
            secret,
            seconds: i64::try_from(provider.settings.session.as_secs()).unwrap_or(i64::MAX),
            return_to: sign_in.return_to,
            provider: sign_in.provider,
            tokens: person.tokens,
            entity,
        })
    }

    /// The sign-in under way to which an answer belongs, in the browser that began it.
    async fn taken(&self, answer: &Answer, headers: &HeaderMap) -> Result<Option<SignIn>, Refusal> {
        let (Some(state), Some(browser)) = (&answer.state, self.sessions.cookies.sign_in(headers)) else {
            return Ok(None);
        };
        let since = self.clock.now() - SignedDuration::from_secs(SIGN_IN_SECONDS);
        let taken = async {
            let mut tx = self.store.write_unordered(Lane::Person).await?;
            let taken = tables::take_sign_in(&mut tx, state, browser, since).await?;
            tx.commit().await?;
            Ok(taken)
        };
        taken.await.map_err(|error: StoreError| failed(&error))
    }

    /// Ends the session of a browser, and says where its provider's own session is ended.
    pub async fn sign_out(
        &self,
        headers: &HeaderMap,
        request: Option<Arc<str>>,
    ) -> Result<Option<Url>, Fault> {
        let Some(Departure { provider, id_token }) = self.sessions.end(headers, request).await? else {
            return Ok(None);
        };
        let Some(provider) = self.provider(&provider) else {
            return Ok(None);
        };
        let back = self.address("/sign-in?notice=signed-out");
        Ok(provider.end_of_session(id_token.as_deref(), &back).await)
    }

    /// A page of this portal by the address people open.
    pub fn address(&self, path: &str) -> Url {
        self.base_url.join(path).unwrap_or_else(|_| self.base_url.clone())
    }

    /// The address of a page of the original's frontend, where that is in use at another origin.
    pub fn page_of_app(&self, text: &str) -> Option<String> {
        let (url, app) = (Url::parse(text).ok()?, self.app_url.as_ref()?);
        let is_app = url.origin() == app.origin() && url.origin() != self.base_url.origin();
        is_app.then(|| url.into())
    }

    /// The page behind a text that a client gave: a path, or an address of this portal. Nothing for all others.
    pub fn page_of(&self, text: &str) -> Option<String> {
        let path = match Url::parse(text) {
            Ok(url) if url.origin() == self.base_url.origin() => url[url::Position::BeforePath..].to_owned(),
            Ok(_) => return None,
            Err(_) => text.to_owned(),
        };
        // Coming back to the sign-in would be a circle, and an API is no page.
        let leads_back =
            path.starts_with("/sign-in") || path.starts_with("/sign-out") || path.starts_with("/api/");
        if !ui::href::is_local(&path) || leads_back {
            return None;
        }
        // As a browser would read it: escaped, and still of this portal.
        let url = self.base_url.join(&path).ok()?;
        let is_own = url.origin() == self.base_url.origin();
        is_own.then(|| url[url::Position::BeforePath..].to_owned())
    }
}

fn failed(error: &StoreError) -> Refusal {
    Refusal::failed(&unavailable(error))
}
