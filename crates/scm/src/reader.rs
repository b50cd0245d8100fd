//! Reads files by URL: through the integration of their host, else as far as the configuration allows.

mod answers;
mod gitea;
mod pattern;
mod plain;
mod search;

use std::collections::HashMap;
use std::sync::Arc;

use config::Config;
use http::StatusCode;
use model::{Fault, FaultKind};
use outside::OutsideCalls;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use crate::allow::AllowList;
pub use answers::{Found, Read, Search};

pub(crate) use gitea::Server;

use answers::read;
use search::{has_patterns, no_patterns};

use crate::fetch::{Answer, Fetcher, Reach, Request};
use crate::gitea::Gitea;
use crate::integrations::{Integration, Integrations};

/// Reads at the same time, over all callers.
const MAX_CONCURRENT_READS: usize = 32;

/// Reads files by URL. Cloning is cheap; dropping a future stops its read.
#[derive(Clone)]
pub struct UrlReader {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    integrations: Integrations,
    allow: AllowList,
    /// Nothing where nothing is read.
    fetcher: Option<Fetcher>,
    /// For asking a repository as Git does; nothing where nothing is read.
    pub(crate) calls: Option<OutsideCalls>,
    /// The accounts at servers of Gitea, by host; none where nothing is read.
    gitea: HashMap<String, Gitea>,
    /// Largest file in bytes.
    max_bytes: u64,
    permits: Semaphore,
}

impl UrlReader {
    /// A reader for the configured hosts, over the calls that all features share. Fails when the system offers no
    /// usable TLS.
    pub fn new(config: &Config, calls: OutsideCalls) -> Result<Self, Fault> {
        let section = config.integrations();
        let mut gitea = HashMap::new();
        for one in &section.gitea {
            let account = Gitea::reading(section, &calls, &one.host)?;
            gitea.entry(one.host.clone()).or_insert(account);
        }
        let spared = gitea.keys().cloned().collect();
        let limits = &config.portal().reading;
        let fetcher = Fetcher::new(calls.clone(), limits, MAX_CONCURRENT_READS, spared)?;
        Ok(Self::over(config, Some((fetcher, calls)), gitea))
    }

    /// A reader that knows the configured hosts, judges addresses, and reads nothing.
    pub fn offline(config: &Config) -> Self {
        Self::over(config, None, HashMap::new())
    }

    fn over(config: &Config, asks: Option<(Fetcher, OutsideCalls)>, gitea: HashMap<String, Gitea>) -> Self {
        let (fetcher, calls) = asks.unzip();
        Self {
            inner: Arc::new(Inner {
                integrations: Integrations::new(config.integrations()),
                allow: AllowList::new(&config.backend().reading.allow),
                fetcher,
                calls,
                gitea,
                max_bytes: config.portal().reading.max_bytes,
                permits: Semaphore::new(MAX_CONCURRENT_READS),
            }),
        }
    }

    /// The configured Git hosts.
    pub fn integrations(&self) -> &Integrations {
        &self.inner.integrations
    }

    /// Reads one file. With the `etag` of the last read, unchanged content is not sent again.
    pub async fn read_url(&self, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        let parsed = parse(url)?;
        let integration = self.inner.integrations.by_url(&parsed);
        if let Some(server) = integration.and_then(|integration| self.gitea(integration)) {
            // Its reads are few at a time already, and must not keep those of other hosts waiting.
            return self.read_at_gitea(&server, url, etag).await;
        }
        let _permit = self.turn().await?;
        match integration {
            Some(integration) => self.through(integration, url, etag).await,
            None => self.plainly(parsed, url, etag).await,
        }
    }

    /// Reads the files that a URL names, or those that match the pattern in it: `*` and `?` within a name, `**` for any folders.
    /// Patterns are known for Gitea, GitHub and GitLab. A file that does not exist is no error: nothing is found.
    pub async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        let parsed = parse(url)?;
        self.permit(&parsed, url)?;
        let found = if self.is_pattern(&parsed) {
            self.search_pattern(&parsed, url, etag).await
        } else {
            self.read_url(url, etag).await.map(|read| read.found(url))
        };
        match found {
            Err(fault) if fault.is(&FaultKind::NotFound) => Ok(Search::default()),
            found => found,
        }
    }

    /// Checks an address without reading it: its form, and whether its host may be read.
    pub fn check(&self, url: &str) -> Result<(), Fault> {
        let parsed = parse(url)?;
        self.permit(&parsed, url)?;
        let integration = self.inner.integrations.by_url(&parsed);
        if self.is_pattern(&parsed) && !integration.is_some_and(has_patterns) {
            return Err(no_patterns());
        }
        integration.map_or(Ok(()), |integration| integration.raw_file(url).map(drop))
    }

    pub(crate) fn fetcher(&self, url: &str) -> Result<&Fetcher, Fault> {
        let offline = || Fault::error(format!("Unable to read {url}, nothing is read by URL here"));
        self.inner.fetcher.as_ref().ok_or_else(offline)
    }

    async fn through(&self, integration: &Integration, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        let raw = integration.raw_file(url)?;
        let request = Request {
            url: raw.url.clone(),
            accept: raw.accept,
            authorization: integration.authorization.as_ref(),
            etag,
            bounds: None,
            wants_reason: false,
        };
        let answer = self.ask(integration, url, &request).await?;
        let failure = match integration.kind() {
            "github" => format!("Request failed for {}, {}", raw.url, phrase(answer.status)),
            _ => format!(
                "{url} could not be read as {}, {}",
                raw.url,
                phrase(answer.status)
            ),
        };
        read(answer, etag, failure)
    }

    /// Asks a configured host, and follows where it leads as far as that is allowed.
    pub(crate) async fn ask(
        &self,
        integration: &Integration,
        url: &str,
        request: &Request<'_>,
    ) -> Result<Answer, Fault> {
        let first = request.url.origin();
        let reach = |hop: &Url| {
            let configured = hop.origin() == first
                || self.inner.allow.allows(hop)
                || self.inner.integrations.by_url(hop).is_some();
            Ok(if configured {
                Reach::Configured
            } else {
                Reach::PublicOnly
            })
        };
        self.fetcher(url)?.fetch(request, &integration.host, reach).await
    }

    /// The integration that reads a URL, and a place among the reads.
    pub(crate) async fn enter(&self, url: &str) -> Result<(&Integration, SemaphorePermit<'_>), Fault> {
        self.fetcher(url)?;
        let parsed = parse(url)?;
        let integration = self.inner.integrations.by_url(&parsed);
        let integration = integration.ok_or_else(|| {
            Fault::not_allowed(format!(
                "Unable to read {url}, its host is none of the configured 'integrations', which folders need"
            ))
        })?;
        Ok((integration, self.turn().await?))
    }

    /// A place among the reads.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        let permit = self.inner.permits.acquire().await;
        permit.map_err(|_| Fault::error("the reader was closed"))
    }
}

fn parse(url: &str) -> Result<Url, Fault> {
    let parsed = Url::parse(url).map_err(|_| Fault::type_error("Invalid URL"))?;
    if parsed.username().is_empty() && parsed.password().is_none() {
        return Ok(parsed);
    }
    let mut shown = parsed;
    let _ = (shown.set_username(""), shown.set_password(None));
    Err(Fault::input(format!(
        "Unable to read {shown}, the URL must not contain credentials"
    )))
}

pub(crate) fn phrase(status: StatusCode) -> String {
    format!(
        "{} {}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    )
    .trim_end()
    .to_owned()
}
