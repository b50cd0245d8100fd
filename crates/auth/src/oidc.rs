//! The portal as a relying party of OpenID Connect: discovery, authorization code with PKCE, verified identity.
//!
//! Every call goes through the one client for outside calls. What a provider says of itself is kept for a while; its keys are
//! fetched again as soon as a token names one that is not known.

mod id_token;
mod metadata;
mod provider_tokens;
mod published_keys;
mod secrets;

pub(crate) use id_token::{Claims, Expected, TokenFault, key_for, verify};
pub(crate) use metadata::Metadata;
pub(crate) use provider_tokens::{NotRenewed, ProviderTokens};
pub(crate) use published_keys::{Age, PublishedKeys};
pub(crate) use secrets::{challenge, digest, random, seal, unseal};

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::ACCEPT;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use model::Clock;
use outside::{BreakerPolicy, Host, HostPolicy, NotPrepared, OutsideCalls};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded::Serializer;

use self::provider_tokens::TokenAnswer;
use crate::refusal::Refusal;
use crate::resolver::Profile;
use crate::settings::{ClientAuthentication, OidcSettings};

/// How long what a provider says of itself counts when a sign-in begins: a browser is not sent to one that is away.
const FRESH: SignedDuration = SignedDuration::from_secs(30);
/// The same while a sign-in is under way.
const USABLE: SignedDuration = SignedDuration::from_hours(24);
/// Largest answer of a provider, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// One provider. Its clones share what is known of it.
#[derive(Clone)]
pub(crate) struct Provider {
    pub settings: Arc<OidcSettings>,
    /// Where the provider sends browsers back to.
    pub callback: Url,
    host: Host,
    clock: Arc<dyn Clock>,
    known: Arc<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Mutex<Option<(Timestamp, Arc<Metadata>)>>,
    keys: PublishedKeys,
}

/// What one sign-in has to come back with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proofs {
    pub state: String,
    pub nonce: String,
    /// Of PKCE: only who began the sign-in can redeem its code.
    pub verifier: String,
}

/// A person whom the provider knows.
pub(crate) struct Identified {
    pub profile: Profile,
    /// For calls in its name. The ID token tells the provider at the sign-out which of its sessions ends.
    pub tokens: ProviderTokens,
}

impl Proofs {
    /// New ones, which nobody can guess.
    pub fn new() -> Self {
        Self {
            state: random(),
            nonce: random(),
            verifier: random(),
        }
    }
}

impl Provider {
    /// A provider that is called through the one client.
    pub fn new(
        settings: OidcSettings,
        callback: Url,
        outside: &OutsideCalls,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NotPrepared> {
        let policy = HostPolicy {
            answer_time: settings.timeout,
            max_answer_bytes: MAX_ANSWER,
            // People wait in front of the page: a provider that is back is tried soon.
            breaker: Some(BreakerPolicy {
                failures: 5,
                first_pause: Duration::from_secs(2),
                longest_pause: Duration::from_secs(15),
            }),
            ..HostPolicy::default()
        };
        Ok(Self {
            host: outside.host(&format!("sign-in {}", settings.key()), &policy)?,
            settings: Arc::new(settings),
            callback,
            clock,
            known: Arc::default(),
        })
    }

    /// Where a browser goes to sign in.
    pub async fn authorization(&self, proofs: &Proofs) -> Result<Url, Refusal> {
        let metadata = self.metadata(FRESH).await?;
        let mut url = metadata.authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("scope", &self.settings.scopes.join(" "))
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", self.callback.as_str())
            .append_pair("state", &proofs.state)
            .append_pair("nonce", &proofs.nonce)
            .append_pair("code_challenge", &challenge(&proofs.verifier))
            .append_pair("code_challenge_method", "S256");
        if let Some(prompt) = &self.settings.prompt {
            query.append_pair("prompt", prompt);
        }
        query.extend_pairs(&self.settings.parameters);
        drop(query);
        Ok(url)
    }

    /// Whether an answer that names its issuer comes from this provider (RFC 9207).
    pub async fn is_issuer(&self, issuer: &str) -> Result<bool, Refusal> {
        Ok(self.metadata(USABLE).await?.issuer == issuer)
    }

    /// The person behind a code.
    pub async fn redeem(&self, code: &str, proofs: &Proofs) -> Result<Identified, Refusal> {
        let metadata = self.metadata(USABLE).await?;
        let tokens = self.exchange(&metadata, code, &proofs.verifier).await?;
        let id_token = tokens.id_token.clone().ok_or_else(|| {
            Refusal::unproved("It holds no ID token; is 'openid' among the scopes of the client")
        })?;
        let claims = self.verified(&metadata, &id_token, &proofs.nonce).await?;
        let claims = match &tokens.access_token {
            Some(access) if claims.is_bare() => self.with_user_info(&metadata, claims, access).await?,
            _ => claims,
        };
        Ok(Identified {
            profile: claims.into_profile(),
            tokens: ProviderTokens::new(id_token, tokens, self.clock.now()),
        })
    }

    /// Where the provider's own session is ended, if it says where.
    pub async fn end_of_session(&self, id_token: Option<&str>, back: &Url) -> Option<Url> {
        let mut url = self.metadata(USABLE).await.ok()?.end_session_endpoint.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", back.as_str())
            .extend_pairs(id_token.map(|token| ("id_token_hint", token)));
        Some(url)
    }

    /// What the provider says of itself, no older than that.
    async fn metadata(&self, oldest: SignedDuration) -> Result<Arc<Metadata>, Refusal> {
        let mut known = self.known.metadata.lock().await;
        let now = self.clock.now();
        if let Some((at, metadata)) = &*known
            && now.duration_since(*at) < oldest
        {
            return Ok(metadata.clone());
        }
        let url = self.settings.metadata_url.clone();
        let answer = self.host.get(url).header(ACCEPT, "application/json").send().await;
        let document: Value = match answer {
            Ok(answer) => answer.json().await.map_err(|error| Refusal::away(&error))?,
            Err(error) => return Err(Refusal::away(&error)),
        };
        let metadata = Metadata::read(&document, self.settings.metadata_url.scheme() == "https");
        let metadata = Arc::new(metadata.map_err(Refusal::unusable)?);
        *known = Some((now, metadata.clone()));
        Ok(metadata)
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
    ) -> Result<TokenAnswer, Refusal> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.callback.as_str()),
            ("code_verifier", verifier),
        ];
        let answer = self.token_answer(metadata, &form).await;
        answer.map_err(|error| Refusal::of_exchange(&error))
    }

    /// A form with the login of the portal, and the login itself where it goes by a header.
    fn with_login(&self, pairs: &[(&str, &str)]) -> (Option<String>, String) {
        let settings = &self.settings;
        let (id, secret) = (&settings.client_id, settings.client_secret.as_ref());
        let secret = secret.map(config::Secret::current);
        let secret = secret.as_ref().map_or("", |secret| secret.expose());
        let mut form = Serializer::new(String::new());
        form.extend_pairs(pairs);
        let login = match settings.authentication {
            ClientAuthentication::Basic => {
                let login = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
                Some(format!("Basic {login}"))
            }
            ClientAuthentication::Post => {
                form.append_pair("client_id", id)
                    .append_pair("client_secret", secret);
                None
            }
            ClientAuthentication::None => {
                form.append_pair("client_id", id);
                None
            }
        };
        (login, form.finish())
    }

    /// The claims of an ID token. A key that is not known is looked for once more.
    async fn verified(&self, metadata: &Metadata, token: &str, nonce: &str) -> Result<Claims, Refusal> {
        let expected = Expected {
            issuer: &metadata.issuer,
            client_id: &self.settings.client_id,
            nonce,
            algorithm: self.settings.algorithm,
            now: self.clock.now(),
        };
        let keys = self.keys(metadata, Age::Usual).await?;
        let claims = match verify(token, &keys, &expected) {
            Err(TokenFault::UnknownKey) => verify(token, &self.keys(metadata, Age::New).await?, &expected),
            other => other,
        };
        claims.map_err(|fault| {
            tracing::warn!(provider = self.settings.key(), "an ID token is refused: {fault}");
            Refusal::unproved(&fault.to_string())
        })
    }

    async fn keys(&self, metadata: &Metadata, age: Age) -> Result<Arc<Vec<Jwk>>, Refusal> {
        let (keys, now) = (&self.known.keys, self.clock.now());
        let keys = keys.get(&self.host, &metadata.jwks_uri, age, now).await;
        keys.map_err(|error| Refusal::away(&error))
    }

    /// Claims that the ID token leaves out, from the endpoint for them.
    async fn with_user_info(
        &self,
        metadata: &Metadata,
        claims: Claims,
        access: &str,
    ) -> Result<Claims, Refusal> {
        let Some(url) = metadata.userinfo_endpoint.clone() else {
            return Ok(claims);
        };
        let answer = self
            .host
            .get(url)
            .bearer(access)
            .header(ACCEPT, "application/json")
            .send()
            .await;
        let info: Value = match answer {
            Ok(answer) => answer.json().await.map_err(|error| Refusal::away(&error))?,
            Err(error) => return Err(Refusal::away(&error)),
        };
        claims
            .completed(&info)
            .ok_or_else(|| Refusal::unproved("Its user information is about somebody else than its ID token"))
    }
}

/// A part of the login of a client, encoded before it is joined (RFC 6749 §2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
