//! Connections: one TLS provider, no redirects on their own, a pool for each kind of host.

use std::sync::{Arc, Once};
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Client;
use reqwest::dns::Resolve;
use url::Url;

use crate::calls::Settings;
use crate::error::innermost;
use crate::host_trust::HostTrust;
use crate::policy::HostPolicy;
use crate::trust::Trust;

/// The system offers no usable TLS, for example no root certificates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Cannot prepare HTTP client, {0}")]
pub struct NotPrepared(String);

/// The pools made so far. Hosts with the same settings share one.
pub(crate) struct Connections {
    user_agent: String,
    trust: Trust,
    pub is_offline: bool,
    pools: Mutex<Vec<Pool>>,
}

struct Pool {
    connect_time: Duration,
    resolver: Option<Arc<dyn Resolve>>,
    trust: Option<HostTrust>,
    /// The host with certificates of its own; nothing for all other hosts.
    trusted: Option<String>,
    client: Client,
}

impl Connections {
    pub fn new(settings: Settings) -> Self {
        install_provider();
        Self {
            user_agent: settings.user_agent,
            trust: settings.trust,
            is_offline: settings.is_offline,
            pools: Mutex::default(),
        }
    }

    /// The pool for hosts without certificates of their own.
    pub fn client(&self, policy: &HostPolicy) -> Result<Client, NotPrepared> {
        self.pool(policy, None)
    }

    /// The pool for an address whose host has certificates of its own.
    pub fn special_client(&self, policy: &HostPolicy, url: &Url) -> Option<Result<Client, NotPrepared>> {
        if policy.trust.is_some() {
            return None;
        }
        let trusted = self.trust.host_of(url)?;
        Some(self.pool(policy, Some(trusted)))
    }

    fn pool(&self, policy: &HostPolicy, trusted: Option<&str>) -> Result<Client, NotPrepared> {
        let mut pools = self.pools.lock();
        // Trust that was renewed leaves a pool behind that nobody can ask for.
        pools.retain(|pool| pool.trust.as_ref().is_none_or(|trust| !trust.is_forgotten()));
        if let Some(pool) = pools.iter().find(|pool| pool.fits(policy, trusted)) {
            return Ok(pool.client.clone());
        }
        let mut builder = Client::builder()
            .connect_timeout(policy.connect_time)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(&self.user_agent)
            .pool_max_idle_per_host(4);
        if let Some(resolver) = &policy.resolver {
            builder = builder.no_proxy().dns_resolver(resolver.clone());
        }
        let builder = match &policy.trust {
            Some(own) => own.apply(builder),
            None => self.trust.apply(trusted, builder),
        };
        let client = builder.build().map_err(|error| NotPrepared(innermost(&error)))?;
        pools.push(Pool {
            connect_time: policy.connect_time,
            resolver: policy.resolver.clone(),
            trust: policy.trust.clone(),
            trusted: trusted.map(str::to_owned),
            client: client.clone(),
        });
        Ok(client)
    }
}

impl Pool {
    fn fits(&self, policy: &HostPolicy, trusted: Option<&str>) -> bool {
        let has_same_resolver = match (&self.resolver, &policy.resolver) {
            (None, None) => true,
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            _ => false,
        };
        let has_same_trust = match (&self.trust, &policy.trust) {
            (None, None) => true,
            (Some(own), Some(other)) => own.is_same(other),
            _ => false,
        };
        has_same_resolver
            && has_same_trust
            && self.connect_time == policy.connect_time
            && self.trusted.as_deref() == trusted
    }
}

/// Makes ring the TLS provider of the process, unless one was chosen already.
fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error only says that the process has a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
