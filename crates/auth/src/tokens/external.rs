//! Services outside the portal: tokens that a shared secret signs (`legacy`), and those of servers that publish their keys
//! (`jwks`), as `backend.auth.externalAccess` of the original has them. Fixed tokens are known to `web`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use config::{Config, ExternalAccess, OneOrMany, Secret};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use model::{Clock, Fault, FaultKind, Restriction, Viewer};
use outside::{BreakerPolicy, Host, HostPolicy, NotPrepared, OutsideCalls};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use web::restrictions;

use super::jwt::Jwt;
use crate::oidc::{Age, PublishedKeys, TokenFault, key_for};
use crate::settings::public_key_algorithm;

/// The subject of every token that a shared secret signs (`@backstage/backend-defaults` 0.18.0).
const LEGACY_SUBJECT: &str = "backstage-server";
/// The name of callers with a secret of `backend.auth.keys`.
const OLD_KEYS: &str = "external:backstage-plugin";
/// Largest set of keys, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// The services that sign their tokens.
pub(crate) struct ExternalTokens {
    secrets: Vec<SharedSecret>,
    publishers: Vec<Publisher>,
    clock: Arc<dyn Clock>,
}

struct SharedSecret {
    key: DecodingKey,
    subject: String,
    restrictions: Vec<Restriction>,
}

struct Publisher {
    /// The entry of the configuration, for the log.
    entry: String,
    host: Host,
    url: Url,
    keys: PublishedKeys,
    algorithms: Vec<Algorithm>,
    issuers: Vec<String>,
    audiences: Vec<String>,
    prefix: Option<String>,
    restrictions: Vec<Restriction>,
}

#[derive(Deserialize)]
struct Claims {
    sub: Option<String>,
    iss: Option<String>,
    #[serde(default)]
    aud: Audience,
    exp: Option<f64>,
    nbf: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
    #[default]
    Nobody,
}

impl Claims {
    /// Whether the token counts at a second.
    fn is_within_time(&self, now: f64) -> bool {
        self.exp.is_none_or(|end| end > now) && self.nbf.is_none_or(|begin| begin <= now)
    }

    fn names_one_of(&self, audiences: &[String]) -> bool {
        let named: &[String] = match &self.aud {
            Audience::One(one) => std::slice::from_ref(one),
            Audience::Several(all) => all,
            Audience::Nobody => &[],
        };
        audiences.is_empty() || named.iter().any(|one| audiences.contains(one))
    }
}

impl ExternalTokens {
    /// The services of a configuration. Entries that its check refuses are left out.
    pub fn new(config: &Config, outside: &OutsideCalls, clock: Arc<dyn Clock>) -> Self {
        let section = &config.backend().auth;
        let old = section.keys.iter();
        let old = old.filter_map(|key| SharedSecret::new(&key.secret, OLD_KEYS, Vec::new()));
        let legacy = section
            .external_access
            .iter()
            .filter(|entry| entry.kind == "legacy");
        let legacy = legacy.filter_map(|entry| {
            let options = &entry.options;
            SharedSecret::new(
                options.secret.as_ref()?,
                options.subject.as_deref()?,
                restrictions(entry),
            )
        });
        let published = section.external_access.iter().enumerate();
        let published = published.filter(|(_, entry)| entry.kind == "jwks");
        let publishers = published.filter_map(|(index, entry)| {
            let name = format!("backend.auth.externalAccess[{index}]");
            match Publisher::new(name, entry, outside)? {
                Ok(publisher) => Some(publisher),
                Err(error) => {
                    tracing::error!("backend.auth.externalAccess[{index}] cannot be used: {error}");
                    None
                }
            }
        });
        Self {
            secrets: legacy.chain(old).collect(),
            publishers: publishers.collect(),
            clock,
        }
    }

    /// The service of a token; nothing for one of nobody. Fails where the keys of a server cannot be had.
    pub async fn viewer(&self, text: &str) -> Result<Option<Viewer>, Fault> {
        let Some(token) = Jwt::read(text) else {
            return Ok(None);
        };
        if let Some(viewer) = self.by_secret(&token, text) {
            return Ok(Some(viewer));
        }
        let mut away = None;
        for publisher in &self.publishers {
            match publisher.viewer(&token, text, &*self.clock).await {
                Ok(Some(viewer)) => return Ok(Some(viewer)),
                Ok(None) => {}
                Err(fault) => away = Some(fault),
            }
        }
        away.map_or(Ok(None), Err)
    }

    fn by_secret(&self, token: &Jwt<'_>, text: &str) -> Option<Viewer> {
        let said: Value = token.claims()?;
        let is_legacy = token.header.alg == "HS256" && said["sub"] == LEGACY_SUBJECT && said["aud"].is_null();
        if !is_legacy || token.header.crit.is_some() {
            return None;
        }
        let now = self.clock.now().as_duration().as_secs_f64();
        let signed = |known: &&SharedSecret| {
            let claims: Option<Claims> = verified(text, &known.key, Algorithm::HS256);
            claims.is_some_and(|claims| claims.is_within_time(now))
        };
        let known = self.secrets.iter().find(signed)?;
        Some(Viewer::service(&known.subject, known.restrictions.clone()))
    }
}

impl SharedSecret {
    fn new(secret: &Secret, subject: &str, restrictions: Vec<Restriction>) -> Option<Self> {
        // Either alphabet, with or without padding, as the original reads it.
        let text = secret
            .expose()
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .filter(|bytes| !bytes.is_empty())?;
        Some(Self {
            key: DecodingKey::from_secret(&bytes).ok()?,
            subject: subject.to_owned(),
            restrictions,
        })
    }
}

impl Publisher {
    fn new(
        name: String,
        entry: &ExternalAccess,
        outside: &OutsideCalls,
    ) -> Option<Result<Self, NotPrepared>> {
        let options = &entry.options;
        let url = Url::parse(options.url.as_deref()?).ok()?;
        let words = |list: &Option<OneOrMany>| list.as_ref().map(OneOrMany::words).unwrap_or_default();
        let policy = HostPolicy {
            max_answer_bytes: MAX_ANSWER,
            breaker: Some(BreakerPolicy::default()),
            ..HostPolicy::default()
        };
        let host = outside.host(
            &format!("keys of {}", url.host_str().unwrap_or_default()),
            &policy,
        );
        Some(host.map(|host| {
            Self {
                entry: name,
                host,
                url,
                keys: PublishedKeys::default(),
                algorithms: words(&options.algorithm)
                    .iter()
                    .filter_map(|name| public_key_algorithm(name))
                    .collect(),
                issuers: words(&options.issuer),
                audiences: words(&options.audience),
                prefix: options.subject_prefix.clone(),
                restrictions: restrictions(entry),
            }
        }))
    }

    async fn viewer(&self, token: &Jwt<'_>, text: &str, clock: &dyn Clock) -> Result<Option<Viewer>, Fault> {
        let Some(algorithm) = self.algorithm(token) else {
            return Ok(None);
        };
        let now = clock.now();
        let mut found = None;
        for age in [Age::Usual, Age::New] {
            let keys = self.keys.get(&self.host, &self.url, age, now).await;
            let keys = keys.map_err(|error| self.away(&error))?;
            match key_for(&keys, token.header.kid.as_deref(), algorithm) {
                Ok(key) => found = Some(key),
                Err(TokenFault::UnknownKey) if age == Age::Usual => continue,
                Err(_) => {}
            }
            break;
        }
        let claims: Option<Claims> = found.and_then(|key| verified(text, &key, algorithm));
        let now = now.as_duration().as_secs_f64();
        let subject = claims
            .filter(|claims| self.is_right(claims, now))
            .and_then(|claims| claims.sub);
        Ok(subject.map(|subject| self.service(&subject)))
    }

    /// The algorithm of a token, if tokens of this server may have it.
    fn algorithm(&self, token: &Jwt<'_>) -> Option<Algorithm> {
        let algorithm = public_key_algorithm(&token.header.alg)?;
        let is_one = self.algorithms.is_empty() || self.algorithms.contains(&algorithm);
        (is_one && token.header.crit.is_none()).then_some(algorithm)
    }

    fn is_right(&self, claims: &Claims, now: f64) -> bool {
        let is_issuer = |issuer: &String| self.issuers.contains(issuer);
        claims.is_within_time(now)
            && claims.names_one_of(&self.audiences)
            && (self.issuers.is_empty() || claims.iss.as_ref().is_some_and(is_issuer))
    }

    fn service(&self, subject: &str) -> Viewer {
        let name = match &self.prefix {
            Some(prefix) => format!("external:{prefix}:{subject}"),
            None => format!("external:{subject}"),
        };
        Viewer::service(&name, self.restrictions.clone())
    }

    fn away(&self, error: &outside::OutsideError) -> Fault {
        tracing::warn!("the keys of {} cannot be had: {error}", self.entry);
        Fault::new(
            FaultKind::Unavailable.as_wire(),
            "The keys for this token cannot be had at the moment",
        )
    }
}

/// The claims of a token whose signature is right. Times are not looked at: the library reads the machine's clock.
pub(super) fn verified<T: DeserializeOwned>(
    text: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
) -> Option<T> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    decode(text, key, &validation).ok().map(|token| token.claims)
}
