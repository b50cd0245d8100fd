//! People whom a proxy in front of the portal has signed in, and whom it names in headers of each request.
//!
//! There is no session for them: whom the proxy names now is who asks. A header is believed because its connection comes from
//! the proxy (`plain`), or because the proxy signed it (`assertion`, `balancer`).

mod assertion;
mod balancer;
mod plain;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use catalog::Catalog;
use http::HeaderName;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use model::{Clock, EntityRef, Fault, Viewer};
use moka::sync::Cache;
use outside::{BreakerPolicy, Host, HostPolicy, NotPrepared, OutsideCalls};
use plugin::Authenticator;
use serde_json::Value;
use url::Url;
use web::bearer;

use self::balancer::BalancerKeys;
use crate::oidc::{Age, PublishedKeys, digest};
use crate::refusal::Refusal;
use crate::resolver::{Profile, resolve};
use crate::settings::{Proof, ProxySettings};
use crate::tokens::Owners;

/// How long what headers stand for counts.
const FRESH: SignedDuration = SignedDuration::from_mins(1);
/// People who are remembered, by their headers.
const REMEMBERED: u64 = 10_000;
/// Largest set of keys, in bytes.
const MAX_ANSWER: u64 = 1 << 20;
/// Longest header that is looked at, in bytes.
const LONGEST: usize = 32_768;

/// The proxies of a portal. Clones share what was found.
#[derive(Clone)]
pub(crate) struct Proxies {
    all: Arc<Vec<Proxy>>,
    catalog: Catalog,
    owners: Owners,
    clock: Arc<dyn Clock>,
    known: Cache<Vec<u8>, (Timestamp, Arc<Person>)>,
}

/// One proxy, with what is known of its keys.
pub(crate) struct Proxy {
    settings: ProxySettings,
    host: Option<Host>,
    keys: PublishedKeys,
    balancer_keys: BalancerKeys,
}

/// A person whom a proxy names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Person {
    pub entity: EntityRef,
    /// Name and address as the proxy says them.
    pub profile: Profile,
    /// A token for calls in the person's name, where the proxy hands one on.
    pub access_token: Option<String>,
}

/// What a proxy says by the headers of one request.
struct Named {
    profile: Profile,
    access_token: Option<String>,
    /// When that is over, if the proxy says so.
    until: Option<Timestamp>,
}

impl Proxies {
    /// The proxies that can be used, and why the others cannot.
    pub fn new(
        settings: &[ProxySettings],
        outside: &OutsideCalls,
        (catalog, owners): (Catalog, Owners),
        clock: Arc<dyn Clock>,
    ) -> (Self, Vec<NotPrepared>) {
        let made = settings.iter().map(|one| Proxy::new(one.clone(), outside));
        let (mut all, mut failures) = (Vec::new(), Vec::new());
        for one in made {
            match one {
                Ok(proxy) => all.push(proxy),
                Err(error) => failures.push(error),
            }
        }
        let known = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(Duration::from_mins(1));
        let proxies = Self {
            all: Arc::new(all),
            catalog,
            owners,
            clock,
            known: known.build(),
        };
        (proxies, failures)
    }

    /// The proxy of this name.
    pub fn get(&self, id: &str) -> Option<&Proxy> {
        self.all.iter().find(|proxy| proxy.settings.id == id)
    }

    /// What people call the first one, with the header by which it names them.
    pub fn first(&self) -> Option<(&'static str, &str)> {
        let proxy = self.all.first()?;
        Some((proxy.settings.title, proxy.header()))
    }

    /// Whom a proxy names; nothing where none names anybody.
    pub async fn person(&self, parts: &Parts) -> Result<Option<Arc<Person>>, Refusal> {
        for proxy in self.all.iter() {
            if let Some(person) = self.person_of(proxy, parts).await? {
                return Ok(Some(person));
            }
        }
        Ok(None)
    }

    /// Whom one proxy names.
    pub async fn person_of(&self, proxy: &Proxy, parts: &Parts) -> Result<Option<Arc<Person>>, Refusal> {
        let now = self.clock.now();
        let Some(texts) = proxy.texts(parts)? else {
            return Ok(None);
        };
        let name = digest(&format!("{} {texts:?}", proxy.settings.id));
        if let Some((_, person)) = self.known.get(&name).filter(|(until, _)| now < *until) {
            return Ok(Some(person));
        }
        let named = proxy.named(&texts, now).await?;
        let place = proxy.settings.place();
        let entity = resolve(&self.catalog, &proxy.settings.resolvers, &named.profile, &place).await?;
        let fresh = now.checked_add(FRESH).unwrap_or(Timestamp::MAX);
        let person = Arc::new(Person {
            entity,
            profile: named.profile,
            access_token: named.access_token,
        });
        let until = named.until.map_or(fresh, |until| until.min(fresh));
        self.known.insert(name, (until, person.clone()));
        Ok(Some(person))
    }
}

/// Knows people by the headers of a proxy. Beside a token they do not count: a client that sends one means it.
#[async_trait]
impl Authenticator for Proxies {
    fn name(&self) -> &'static str {
        "proxy"
    }

    async fn authenticate(&self, request: &Parts) -> Result<Option<Viewer>, Fault> {
        if self.all.is_empty() || bearer(&request.headers).is_some() {
            return Ok(None);
        }
        match self.person(request).await {
            Ok(Some(person)) => Ok(Some(self.owners.viewer(person.entity.clone()).await?)),
            Ok(None) => Ok(None),
            // Nobody is let in by them; the sign-in page, to which pages lead then, says why.
            Err(refusal) => {
                tracing::debug!("headers of a proxy are not believed: {}", refusal.message);
                Ok(None)
            }
        }
    }
}

/// Headers that name somebody, with what follows from them alone.
#[derive(Debug, PartialEq, Eq)]
enum Texts {
    Plain(plain::PlainTexts),
    Assertion(String),
}

impl Proxy {
    fn new(settings: ProxySettings, outside: &OutsideCalls) -> Result<Self, NotPrepared> {
        let policy = HostPolicy {
            max_answer_bytes: MAX_ANSWER,
            breaker: Some(BreakerPolicy::default()),
            ..HostPolicy::default()
        };
        let host = match &settings.proof {
            Proof::Sender(..) => None,
            Proof::Signature(_) => Some(outside.host(&format!("sign-in {}", settings.id), &policy)?),
        };
        Ok(Self {
            settings,
            host,
            keys: PublishedKeys::default(),
            balancer_keys: BalancerKeys::default(),
        })
    }

    fn header(&self) -> &str {
        match &self.settings.proof {
            Proof::Sender(_, headers) => headers.first(),
            Proof::Signature(assertion) => assertion.header.as_str(),
        }
    }

    /// What the request says in the name of this proxy. Headers that come from elsewhere are a refusal, and so are two of one name:
    /// the proxy writes one.
    fn texts(&self, parts: &Parts) -> Result<Option<Texts>, Refusal> {
        match &self.settings.proof {
            Proof::Sender(networks, headers) => {
                let texts = headers.read(&parts.headers, &self.settings.place())?;
                if let Some(texts) = &texts {
                    plain::check_sender(networks, parts, texts.header(), &self.settings.place())?;
                }
                Ok(texts.map(Texts::Plain))
            }
            Proof::Signature(assertion) => {
                let header = single(&parts.headers, &assertion.header, &self.settings.place())?;
                let cookie = || cookie(&parts.headers, assertion.cookie.as_deref()?);
                Ok(header.or_else(cookie).map(Texts::Assertion))
            }
        }
    }

    async fn named(&self, texts: &Texts, now: Timestamp) -> Result<Named, Refusal> {
        match (texts, &self.settings.proof) {
            (Texts::Plain(texts), _) => texts.named(&self.settings.place(), now),
            (Texts::Assertion(token), Proof::Signature(assertion)) => {
                self.verified(assertion, token, now).await
            }
            (Texts::Assertion(_), Proof::Sender(..)) => Err(self.unproved("It sends another header")),
        }
    }

    /// The keys of a document. Fails where they cannot be had.
    async fn key_set(&self, url: &Url, age: Age, now: Timestamp) -> Result<Arc<Vec<Jwk>>, Refusal> {
        let host = self.host()?;
        let keys = self.keys.get(host, url, age, now).await;
        keys.map_err(|error| Refusal::away(&error, &self.settings.place()))
    }

    fn host(&self) -> Result<&Host, Refusal> {
        self.host
            .as_ref()
            .ok_or_else(|| self.unproved("It publishes no keys"))
    }

    fn unproved(&self, reason: &str) -> Refusal {
        Refusal::unproved(reason, &self.settings.place())
    }
}

/// The one value of a header, if it is a text. Of two nobody knows which one the proxy wrote.
fn single(headers: &HeaderMap, name: &HeaderName, place: &str) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refusal::unproved(
            &format!("It sends the header {name} twice; the proxy has to remove those of clients"),
            place,
        ));
    }
    let text = first.and_then(|value| value.to_str().ok()).map(str::trim);
    let usable = text.filter(|text| !text.is_empty() && text.len() <= LONGEST);
    Ok(usable.map(str::to_owned))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(known, _)| *known == name)?;
    let is_usable = !value.is_empty() && value.len() <= LONGEST;
    is_usable.then(|| value.to_owned())
}

/// A text of a claim that is not empty.
fn text(claims: &Value, name: &str) -> Option<String> {
    let text = claims[name].as_str().filter(|text| !text.trim().is_empty());
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_in_one_header_or_in_the_cookie() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "theme=dark; CF_Authorization=a.b.c".parse().unwrap());
        assert_eq!(cookie(&headers, "CF_Authorization").as_deref(), Some("a.b.c"));
        assert_eq!(cookie(&headers, "Authorization"), None);
        let name = HeaderName::from_static("x-assertion");
        let one = |headers: &HeaderMap| single(headers, &name, "auth.providers.gcpIap");
        assert_eq!(one(&headers), Ok(None));
        headers.append(&name, " a.b.c ".parse().unwrap());
        assert_eq!(one(&headers), Ok(Some("a.b.c".to_owned())));
        headers.append(&name, "d.e.f".parse().unwrap());
        assert!(one(&headers).unwrap_err().message.contains("x-assertion twice"));
        headers.insert(&name, "a".repeat(LONGEST + 1).parse().unwrap());
        assert_eq!(one(&headers), Ok(None));
    }
}
