//! The server's settings, taken from the configuration once.

use std::time::Duration;

use config::{BackendSection, Config};
use model::Fault;

use crate::access::{Access, StaticToken};
use crate::cors::Cors;
use crate::security_headers::SecurityHeaders;

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
    /// Bounds.
    pub limits: Limits,
}

/// Bounds of the server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections served at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// Time for a client to send its headers.
    pub header_timeout: Duration,
    /// Time until an answer must begin.
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
            access: access(config),
            headers: SecurityHeaders::from_config(backend)?,
            cors: backend.cors.as_ref().map(Cors::from_config),
            health_headers: backend.health.headers.clone().into_iter().collect(),
            limits: limits(backend),
        })
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
            Some(StaticToken::new(
                token.expose(),
                entry.options.subject.as_deref().unwrap_or("external"),
            ))
        });
    let base_url = config.base_url();
    let authority = base_url.split("://").nth(1).unwrap_or_default();
    let host = authority.split(['/', ':']).next().unwrap_or_default();
    Access {
        tokens: tokens.collect(),
        is_open: authentication.dangerously_disable_default_auth_policy,
        host_names: vec![host.to_owned()],
    }
}

fn limits(backend: &BackendSection) -> Limits {
    let default = Limits::default();
    let duration = |setting: Option<config::HumanDuration>| setting.map(|duration| duration.0);
    Limits {
        header_timeout: backend
            .server
            .headers_timeout
            .map_or(default.header_timeout, config::Timeout::duration),
        startup_pause: duration(backend.lifecycle.startup_request_pause_timeout)
            .unwrap_or(default.startup_pause),
        shutdown_delay: duration(backend.lifecycle.server_shutdown_delay).unwrap_or(default.shutdown_delay),
        ..default
    }
}
