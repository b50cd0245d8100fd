//! Reading by URL, bounded for each host: one that accepts and never answers must not keep others waiting.
//!
//! A host that did not answer several times in a row is left alone for a while, and longer each time; then
//! one request tries whether it is back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::Fault;
use parking_lot::Mutex;
use scm::{Commit, Integrations, Read, Search};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::UrlSource;

/// Requests to one host at the same time.
const AT_ONCE: usize = 12;
/// Requests without an answer after which a host is left alone.
const PATIENCE: u32 = 3;
/// The first pause, doubled each time, and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// Hosts remembered before hosts that answer are forgotten.
const MANY_HOSTS: usize = 256;
/// Words in the error of a request that no host answered: at the connection, or after it.
const NO_ANSWER: [&str; 2] = ["timed out", "no complete answer within"];

/// A source of files that is patient with no host for long.
pub(crate) struct PerHost {
    inner: Arc<dyn UrlSource>,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

struct Host {
    room: Semaphore,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    /// Requests in a row without an answer.
    unanswered: u32,
    /// Until then the host is left alone.
    alone_until: Option<Instant>,
}

impl PerHost {
    /// Reads through `inner`.
    pub fn new(inner: Arc<dyn UrlSource>) -> Self {
        Self {
            inner,
            hosts: Mutex::default(),
        }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock();
        if hosts.len() >= MANY_HOSTS {
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.health.lock().unanswered > 0);
        }
        hosts
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Host::new()))
            .clone()
    }

    async fn guarded<T>(
        &self,
        url: &str,
        request: impl Future<Output = Result<T, Fault>> + Send,
    ) -> Result<T, Fault> {
        let name = host_of(url);
        let host = self.host(&name);
        host.admit(&name, Instant::now())?;
        let _room = host.room.acquire().await;
        // While this one waited, others may have found out.
        host.admit(&name, Instant::now())?;
        let result = request.await;
        host.note(result.as_ref().err(), Instant::now());
        result
    }
}

impl Host {
    fn new() -> Self {
        Self {
            room: Semaphore::new(AT_ONCE),
            health: Mutex::default(),
        }
    }

    fn admit(&self, name: &str, now: Instant) -> Result<(), Fault> {
        let mut health = self.health.lock();
        match health.alone_until {
            Some(until) if now < until => Err(Fault::error(format!(
                "requests to {name} timed out several times in a row; it is tried again in {} s",
                until.duration_since(now).as_secs().saturating_add(1)
            ))),
            Some(_) => {
                // This request tries; the others wait for its answer.
                health.alone_until = Some(now + pause(health.unanswered));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn note(&self, fault: Option<&Fault>, now: Instant) {
        let mut health = self.health.lock();
        let is_unanswered = |fault: &Fault| {
            let text = fault.describe();
            NO_ANSWER.iter().any(|sign| text.contains(sign))
        };
        if !fault.is_some_and(is_unanswered) {
            *health = Health::default();
            return;
        }
        health.unanswered = health.unanswered.saturating_add(1);
        if health.unanswered >= PATIENCE {
            health.alone_until = Some(now + pause(health.unanswered));
        }
    }
}

fn pause(unanswered: u32) -> Duration {
    let doublings = unanswered.saturating_sub(PATIENCE).min(10);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

/// The host of an address with its port; addresses without one share a name.
pub(crate) fn host_of(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|url| {
        let host = url.host_str()?.to_ascii_lowercase();
        Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
    });
    host.unwrap_or_default()
}

#[async_trait]
impl UrlSource for PerHost {
    async fn read(&self, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        self.guarded(url, self.inner.read(url, etag)).await
    }

    async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        self.guarded(url, self.inner.search(url, etag)).await
    }

    fn integrations(&self) -> &Integrations {
        self.inner.integrations()
    }

    fn names_repository(&self, address: &str) -> bool {
        self.inner.names_repository(address)
    }

    async fn contents_of(&self, address: &str) -> Result<String, Fault> {
        self.guarded(address, self.inner.contents_of(address)).await
    }

    /// Does not count: whether a host tells of commits says nothing about whether it can be read.
    async fn about_commit(&self, address: &str, sha: &str) -> Result<Option<Commit>, Fault> {
        self.inner.about_commit(address, sha).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unanswered() -> Fault {
        Fault::error("request failed; the connection timed out")
    }

    #[test]
    fn a_host_that_takes_requests_and_never_answers_is_left_alone_too() {
        let (host, now) = (Host::new(), Instant::now());
        let silent = Fault::error("Unable to read https://slow.example/a, no complete answer within 30 s");
        for _ in 0..PATIENCE {
            host.admit("slow.example", now).unwrap();
            host.note(Some(&silent), now);
        }
        host.admit("slow.example", now).unwrap_err();
    }

    #[test]
    fn a_host_that_hangs_is_left_alone_and_tried_by_one() {
        let (host, mut now) = (Host::new(), Instant::now());
        for _ in 0..3 {
            host.admit("slow.example", now).unwrap();
            host.note(Some(&unanswered()), now);
        }
        let fault = host.admit("slow.example", now).unwrap_err();
        assert!(
            fault.message.contains("slow.example timed out several times"),
            "{fault}"
        );
        now += FIRST_PAUSE;
        host.admit("slow.example", now).expect("one may try");
        host.admit("slow.example", now)
            .expect_err("the others wait for it");
        host.note(Some(&unanswered()), now);
        now += FIRST_PAUSE;
        host.admit("slow.example", now)
            .expect_err("the pause is longer now");
        now += FIRST_PAUSE;
        host.admit("slow.example", now).unwrap();
        host.note(None, now);
        host.admit("slow.example", now).unwrap();
        host.admit("slow.example", now).expect("all is well again");
    }

    #[test]
    fn a_host_that_says_no_has_answered() {
        let (host, now) = (Host::new(), Instant::now());
        for _ in 0..10 {
            host.note(Some(&Fault::not_found("404")), now);
        }
        host.admit("a.example", now).unwrap();
    }

    #[test]
    fn hosts_are_told_apart_by_port() {
        assert_eq!(host_of("http://A.example:81/x"), "a.example:81");
        assert_eq!(host_of("https://a.example/x"), "a.example");
        assert_eq!(host_of("nonsense"), "");
    }
}
