//! One server with its bounds.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use model::Clock;
use parking_lot::Mutex;
use reqwest::Client;
use tokio::sync::Semaphore;
use url::Url;

use crate::breaker::{Breaker, BreakerState, Sign};
use crate::connections::{Connections, NotPrepared};
use crate::error::What;
use crate::policy::HostPolicy;
use crate::request::Request;
use crate::status::{Failure, HostStatus};
use crate::ticket::{Outcome, Ticket, count};

/// Why a call fails where nothing outside is called.
pub const NO_CALLS: &str = "this runs without calls to other servers";

/// A server with its bounds. Cloning is cheap; clones share the bounds.
#[derive(Clone)]
pub struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    name: Arc<str>,
    policy: HostPolicy,
    connections: Arc<Connections>,
    client: Client,
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    health: Mutex<Health>,
}

struct Health {
    breaker: Breaker,
    calls: u64,
    failures: u64,
    failing_since: Option<Timestamp>,
    last_success: Option<Timestamp>,
    last_failure: Option<Failure>,
}

impl Host {
    pub(crate) fn new(
        name: &str,
        policy: HostPolicy,
        connections: Arc<Connections>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NotPrepared> {
        let client = connections.client(&policy)?;
        let places = Arc::new(Semaphore::new(
            policy.concurrency.clamp(1, Semaphore::MAX_PERMITS),
        ));
        let health = Mutex::new(Health {
            breaker: Breaker::new(policy.breaker),
            calls: 0,
            failures: 0,
            failing_since: None,
            last_success: None,
            last_failure: None,
        });
        let host = Self {
            inner: Arc::new(Inner {
                name: name.into(),
                policy,
                connections,
                client,
                clock,
                places,
                health,
            }),
        };
        host.show_breaker(BreakerState::Closed);
        Ok(host)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// A request that reads.
    pub fn get(&self, url: Url) -> Request {
        self.request(Method::GET, url)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, url: Url) -> Request {
        Request::new(self.clone(), method, url)
    }

    /// The state of the host now.
    pub fn status(&self) -> HostStatus {
        let now = self.inner.clock.now();
        let health = self.inner.health.lock();
        let age = |then: Timestamp| Duration::try_from(then.duration_until(now)).unwrap_or_default();
        HostStatus {
            host: self.name().to_owned(),
            calls: health.calls,
            failures: health.failures,
            failing_since: health.failing_since,
            last_success: health.last_success,
            last_failure: health.last_failure.clone(),
            breaker: health.breaker.state(),
            age: health.last_success.map(age),
            under_way: self
                .places()
                .saturating_sub(self.inner.places.available_permits()),
        }
    }

    fn places(&self) -> usize {
        self.policy().concurrency.clamp(1, Semaphore::MAX_PERMITS)
    }

    pub(crate) fn shared_name(&self) -> Arc<str> {
        self.inner.name.clone()
    }

    pub(crate) fn policy(&self) -> &HostPolicy {
        &self.inner.policy
    }

    /// The connections for an address.
    pub(crate) fn client(&self, url: &Url) -> Result<Client, What> {
        let special = self.inner.connections.special_client(self.policy(), url);
        let client = special.unwrap_or_else(|| Ok(self.inner.client.clone()));
        client.map_err(|error| What::UnusableRequest(error.to_string()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Waits for a place among the calls, unless the host is left alone.
    pub(crate) async fn enter(&self) -> Result<Ticket, What> {
        if self.inner.connections.is_offline {
            return Err(What::UnusableRequest(NO_CALLS.to_owned()));
        }
        let refuse = |left| {
            count(self.name(), Outcome::Paused);
            What::Paused(left)
        };
        if let Some(left) = self.inner.health.lock().breaker.pause_left(self.now()) {
            return Err(refuse(left));
        }
        let wait = self.policy().queue_time;
        let place = tokio::time::timeout(wait, self.inner.places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            count(self.name(), Outcome::QueueFull);
            return Err(What::QueueFull(wait));
        };
        // An earlier call may have found out meanwhile that the host is away.
        let is_probe = self.admit().map_err(refuse)?;
        Ok(Ticket::new(self.clone(), place, is_probe))
    }

    fn admit(&self) -> Result<bool, Duration> {
        let mut health = self.inner.health.lock();
        let admitted = health.breaker.admit(self.now());
        self.show_breaker(health.breaker.state());
        admitted
    }

    /// Counts a call that ended, and lets the breaker learn from it.
    pub(crate) fn note(&self, sign: Sign, is_probe: bool, failure: Option<String>) {
        let now = self.now();
        let mut health = self.inner.health.lock();
        health.breaker.note(sign, is_probe, now);
        health.calls += 1;
        match sign {
            Sign::Well => health.failing_since = None,
            Sign::Ill | Sign::Busy(_) => health.failing_since = health.failing_since.or(Some(now)),
            Sign::Nothing => {}
        }
        match failure {
            Some(reason) => {
                health.failures += 1;
                health.last_failure = Some(Failure { at: now, reason });
            }
            None if sign == Sign::Well => health.last_success = Some(now),
            None => {}
        }
        self.show_breaker(health.breaker.state());
    }

    fn show_breaker(&self, state: BreakerState) {
        let is_open = f64::from(u8::from(state != BreakerState::Closed));
        metrics::gauge!("outside_breaker_open", "host" => self.name().to_owned()).set(is_open);
    }
}
