//! Tokens of plugins that another backend runs, for whom `discovery.endpoints` says where it is: a plugin calls with a token that it
//! signs with a key of its own, for one plugin of this portal, and in the name of a person or in its own.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use config::Config;
use jsonwebtoken::Algorithm;
use model::{Clock, Fault, FaultKind, Viewer};
use outside::{BreakerPolicy, Host, HostPolicy, NotPrepared, OutsideCalls, OutsideError};
use serde::Deserialize;
use url::Url;

use super::external::verified;
use super::jwt::Jwt;
use super::keys::ALGORITHM;
use super::owners::Owners;
use super::user::UserTokens;
use crate::oidc::{Age, PublishedKeys, TokenFault, key_for};
use crate::settings::discovery::{Endpoint, endpoints};

/// The type of such a token.
const KIND: &str = "vnd.backstage.plugin";
/// Largest set of keys, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// The plugins of other backends.
pub(crate) struct PluginTokens {
    plugins: HashMap<String, RemotePlugin>,
    users: UserTokens,
    owners: Owners,
    clock: Arc<dyn Clock>,
}

struct RemotePlugin {
    host: Host,
    keys_url: Url,
    keys: PublishedKeys,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    #[serde(rename = "iat")]
    _issued: i64,
    exp: i64,
    obo: Option<String>,
}

impl PluginTokens {
    /// The plugins that a configuration says are elsewhere. Endpoints that its check refuses are left out.
    pub fn new(
        config: &Config,
        outside: &OutsideCalls,
        (users, owners): (UserTokens, Owners),
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (endpoints, _) = endpoints(config.value().get("discovery"));
        let mut plugins = HashMap::new();
        for endpoint in &endpoints {
            for plugin in &endpoint.plugins {
                match RemotePlugin::new(plugin, endpoint, outside) {
                    Ok(Some(remote)) => drop(plugins.insert(plugin.clone(), remote)),
                    Ok(None) => {}
                    Err(error) => tracing::error!("discovery.endpoints cannot be used for {plugin}: {error}"),
                }
            }
        }
        Self {
            plugins,
            users,
            owners,
            clock,
        }
    }

    /// The caller by a token of a plugin; nothing for a text that is none. Fails for one that is not to be believed.
    pub async fn viewer(&self, text: &str, request: &Parts) -> Result<Option<Viewer>, Fault> {
        let Some(token) = Jwt::read(text).filter(|token| token.kind() == KIND) else {
            return Ok(None);
        };
        let claims = self.checked(&token, text, request).await?.ok_or_else(failed)?;
        let Some(person) = &claims.obo else {
            let name = format!("plugin:{}", claims.sub);
            return Ok(Some(Viewer::service(&name, Vec::new())));
        };
        let person = self.users.verify(person).await?.ok_or_else(failed)?;
        self.owners.viewer(person.entity).await.map(Some)
    }

    /// The claims of a token that is right in everything.
    async fn checked(&self, token: &Jwt<'_>, text: &str, request: &Parts) -> Result<Option<Claims>, Fault> {
        let said: Option<Claims> = token.claims();
        let caller = said.and_then(|claims| self.plugins.get(&claims.sub));
        let Some(remote) = caller.filter(|_| token.header.alg == ALGORITHM && token.header.crit.is_none())
        else {
            return Ok(None);
        };
        let name = token.header.kid.as_deref().unwrap_or_default();
        let Some(key) = remote.key(name, &*self.clock).await? else {
            return Ok(None);
        };
        let claims: Option<Claims> = verified(text, &key, Algorithm::ES256);
        let now = self.clock.now().as_second();
        let is_right = |claims: &Claims| claims.exp > now && called(request) == Some(claims.aud.as_str());
        Ok(claims.filter(is_right))
    }
}

/// The plugin that a request calls.
fn called(request: &Parts) -> Option<&str> {
    let original = request.extensions.get::<OriginalUri>();
    let path = original.map_or_else(|| request.uri.path(), |uri| uri.0.path());
    path.strip_prefix("/api/")?.split('/').next()
}

fn failed() -> Fault {
    Fault::new(
        FaultKind::Authentication.as_wire(),
        "Failed plugin token verification",
    )
}

impl RemotePlugin {
    fn new(plugin: &str, endpoint: &Endpoint, outside: &OutsideCalls) -> Result<Option<Self>, NotPrepared> {
        let Some(keys_url) = endpoint.address_of(plugin, "/.backstage/auth/v1/jwks.json") else {
            return Ok(None);
        };
        let policy = HostPolicy {
            max_answer_bytes: MAX_ANSWER,
            breaker: Some(BreakerPolicy::default()),
            ..HostPolicy::default()
        };
        let host = keys_url.host_str().unwrap_or_default();
        Ok(Some(Self {
            host: outside.host(&format!("plugin {plugin} at {host}"), &policy)?,
            keys_url,
            keys: PublishedKeys::default(),
        }))
    }

    /// The key of a name.
    async fn key(&self, name: &str, clock: &dyn Clock) -> Result<Option<jsonwebtoken::DecodingKey>, Fault> {
        let now = clock.now();
        for age in [Age::Usual, Age::New] {
            let keys = self.keys.get(&self.host, &self.keys_url, age, now).await;
            let keys = keys.map_err(|error| self.away(&error))?;
            match key_for(&keys, Some(name), Algorithm::ES256) {
                Err(TokenFault::UnknownKey) => {}
                other => return Ok(other.ok()),
            }
        }
        Ok(None)
    }

    fn away(&self, error: &OutsideError) -> Fault {
        tracing::warn!("the keys at {} cannot be had: {error}", self.keys_url);
        Fault::new(
            FaultKind::Unavailable.as_wire(),
            "The keys for this token cannot be had at the moment",
        )
    }
}
