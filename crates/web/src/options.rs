//! The server's settings, taken from the configuration once.

use std::time::Duration;

use config::{AccessRestriction, Config, ExternalAccess};
use model::{Fault, Restriction};

use crate::access::{Access, StaticToken};
use crate::administrators::Administrators;
use crate::cors::Cors;
use crate::guest::{self, GuestRule};
use crate::metrics_endpoint::MetricsAccess;
use crate::security_headers::SecurityHeaders;
use crate::throttle::WrongTokens;
use crate::trusted_proxies::TrustedProxies;

/// How a server behaves.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Who may call.
    pub access: Access,
    /// Headers on every answer.
    pub headers: SecurityHeaders,
    /// Answers to other origins, if any.
    pub cors: Option<Cors>,
    /// Extra headers of the health endpoints.
    pub health_headers: Vec<(String, String)>,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
    /// Who may say whose request it hands on.
    pub proxies: TrustedProxies,
    /// Bounds.
    pub limits: Limits,
}

/// Bounds of the server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections served at once; of further ones only some that ask for the health are taken.
    pub max_connections: usize,
    /// The same for each client.
    pub max_connections_per_peer: usize,
    /// Bytes of finished answers that wait to be read.
    pub max_unread_bytes: usize,
    /// The same for each client.
    pub max_unread_bytes_per_peer: usize,
    /// Time for a client to read the next part of an answer.
    pub write_timeout: Duration,
    /// Time for a client to send its headers.
    pub header_timeout: Duration,
    /// Time until an answer must begin, unless the rule of its route says otherwise.
    pub answer_timeout: Duration,
    /// How long a request waits for the start to finish.
    pub startup_pause: Duration,
    /// How long the server still accepts requests after it was told to stop.
    pub shutdown_delay: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 4096,
            max_connections_per_peer: 2048,
            max_unread_bytes: 512 * 1024 * 1024,
            max_unread_bytes_per_peer: 128 * 1024 * 1024,
            write_timeout: Duration::from_secs(30),
            header_timeout: Duration::from_secs(15),
            answer_timeout: Duration::from_secs(30),
            startup_pause: Duration::from_secs(5),
            shutdown_delay: Duration::ZERO,
        }
    }
}

impl ServerOptions {
    /// Reads the `backend` section.
    pub fn from_config(config: &Config) -> Result<Self, Fault> {
        let backend = config.backend();
        Ok(Self {
            access: Access::from_config(config),
            headers: SecurityHeaders::from_config(backend)?,
            cors: backend.cors.as_ref().map(Cors::from_config),
            health_headers: backend.health.headers.clone().into_iter().collect(),
            metrics: MetricsAccess::from_config(config),
            proxies: TrustedProxies::from_config(config),
            limits: limits(config),
        })
    }
}

impl Access {
    /// Who may call a server with this configuration.
    pub fn from_config(config: &Config) -> Self {
        access(config)
    }
}

fn access(config: &Config) -> Access {
    let authentication = &config.backend().auth;
    let tokens = authentication
        .external_access
        .iter()
        .filter(|entry| entry.kind == "static")
        .filter_map(|entry| {
            let token = entry.options.token.as_ref()?;
            let subject = entry.options.subject.as_deref().unwrap_or("external");
            Some(StaticToken::new(token.expose(), subject).restricted_to(restrictions(entry)))
        });
    let guest = GuestRule::from_config(config);
    Access {
        tokens: tokens.collect(),
        is_open: authentication.dangerously_disable_default_auth_policy
            && !config.wants_sign_in()
            && !matches!(guest, GuestRule::ProtectionAsked { .. }),
        signs_people_in: config.signs_people_in(),
        guest,
        host_names: guest::host_of_url(&config.base_url()).into_iter().collect(),
        wrong_tokens: WrongTokens::default(),
        administrators: Administrators::from_config(config),
    }
}

/// What a caller outside the portal is held to.
pub fn restrictions(entry: &ExternalAccess) -> Vec<Restriction> {
    let restrictions = entry.access_restrictions.iter();
    let restriction = |one: &AccessRestriction| Restriction {
        plugin: one.plugin.clone(),
        permissions: one.permissions(),
        actions: one.actions(),
    };
    restrictions.map(restriction).collect()
}

fn limits(config: &Config) -> Limits {
    let (backend, connections) = (config.backend(), &config.portal().connections);
    let default = Limits::default();
    let duration = |setting: Option<config::HumanDuration>| setting.map(|duration| duration.0);
    let header_timeout = backend.server.headers_timeout.map(config::Timeout::duration);
    Limits {
        max_connections: connections.max,
        max_connections_per_peer: connections.max_per_address,
        // In the original, zero switches the bound off.
        header_timeout: header_timeout
            .filter(|timeout| !timeout.is_zero())
            .unwrap_or(default.header_timeout),
        startup_pause: duration(backend.lifecycle.startup_request_pause_timeout)
            .unwrap_or(default.startup_pause),
        shutdown_delay: duration(backend.lifecycle.server_shutdown_delay).unwrap_or(default.shutdown_delay),
        ..default
    }
}
