//! Reads files by URL: through the integration of their host, else as far as the configuration allows.

use std::sync::Arc;

use bytes::Bytes;
use config::Config;
use http::StatusCode;
use model::{Fault, FaultKind};
use outside::OutsideCalls;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use crate::allow::AllowList;
use crate::fetch::{Answer, Fetcher, Reach, Request};
use crate::integrations::{Integration, Integrations};

/// Reads at the same time, over all callers.
const MAX_CONCURRENT_READS: usize = 32;

/// The name in metrics of all hosts that are read without an integration.
const ALLOWED: &str = "backend.reading.allow";

/// A file that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// The content; empty when not modified.
    pub bytes: Bytes,
    /// Version to pass to the next read.
    pub etag: Option<String>,
    /// The version at hand is still the current one.
    pub not_modified: bool,
    /// Commit that last changed the file, where the host says so.
    pub commit: Option<String>,
}

/// One file that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its URL.
    pub url: String,
    /// Its content.
    pub bytes: Bytes,
    /// Commit that last changed it, where the host says so.
    pub commit: Option<String>,
}

/// The result of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// The files; none when nothing matches or nothing is modified.
    pub files: Vec<Found>,
    /// Version to pass to the next search.
    pub etag: Option<String>,
    /// The version at hand is still the current one.
    pub not_modified: bool,
}

/// Reads files by URL. Cloning is cheap; dropping a future stops its read.
#[derive(Clone)]
pub struct UrlReader {
    inner: Arc<Inner>,
}

struct Inner {
    integrations: Integrations,
    allow: AllowList,
    /// Nothing where nothing is read.
    fetcher: Option<Fetcher>,
    permits: Semaphore,
}

impl UrlReader {
    /// A reader for the configured hosts, over the calls that all features share. Fails when the system offers no
    /// usable TLS.
    pub fn new(config: &Config, calls: OutsideCalls) -> Result<Self, Fault> {
        let fetcher = Fetcher::new(calls, &config.portal().reading, MAX_CONCURRENT_READS)?;
        Ok(Self::over(config, Some(fetcher)))
    }

    /// A reader that knows the configured hosts, judges addresses, and reads nothing.
    pub fn offline(config: &Config) -> Self {
        Self::over(config, None)
    }

    fn over(config: &Config, fetcher: Option<Fetcher>) -> Self {
        Self {
            inner: Arc::new(Inner {
                integrations: Integrations::new(config.integrations()),
                allow: AllowList::new(&config.backend().reading.allow),
                fetcher,
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
        let _permit = self
            .inner
            .permits
            .acquire()
            .await
            .map_err(|_| Fault::error("the reader was closed"))?;
        match self.inner.integrations.by_url(&parsed) {
            Some(integration) => self.through(integration, url, etag).await,
            None => self.plainly(parsed, url, etag).await,
        }
    }

    /// Reads the files that a URL names. A file that does not exist is no error: nothing is found.
    /// Patterns in URLs are not supported yet.
    pub async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        self.check_searched(url)?;
        match self.read_url(url, etag).await {
            Ok(Read {
                not_modified: true,
                etag,
                ..
            }) => Ok(Search {
                etag,
                not_modified: true,
                files: Vec::new(),
            }),
            Ok(Read {
                bytes, etag, commit, ..
            }) => {
                let commit = match commit {
                    None => self.commit_of_file(url).await,
                    known => known,
                };
                let files = vec![Found {
                    url: url.to_owned(),
                    bytes,
                    commit,
                }];
                Ok(Search {
                    files,
                    etag,
                    not_modified: false,
                })
            }
            Err(fault) if fault.is(&FaultKind::NotFound) => Ok(Search::default()),
            Err(fault) => Err(fault),
        }
    }

    /// Checks an address without reading it: its form, and whether its host may be read.
    pub fn check(&self, url: &str) -> Result<(), Fault> {
        let parsed = self.check_searched(url)?;
        match self.inner.integrations.by_url(&parsed) {
            Some(integration) => integration.raw_file(url).map(drop),
            None => Ok(()),
        }
    }

    pub(crate) fn fetcher(&self, url: &str) -> Result<&Fetcher, Fault> {
        let offline = || Fault::error(format!("Unable to read {url}, nothing is read by URL here"));
        self.inner.fetcher.as_ref().ok_or_else(offline)
    }

    fn check_searched(&self, url: &str) -> Result<Url, Fault> {
        let parsed = parse(url)?;
        self.permit(&parsed, url)?;
        if decoded_path(&parsed).contains(['*', '?']) {
            return Err(Fault::error("Unsupported search pattern URL"));
        }
        Ok(parsed)
    }

    fn permit(&self, parsed: &Url, url: &str) -> Result<(), Fault> {
        let known = self.inner.integrations.by_url(parsed).is_some() || self.inner.allow.allows(parsed);
        if known { Ok(()) } else { Err(not_allowed(url)) }
    }

    async fn plainly(&self, parsed: Url, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        self.permit(&parsed, url)?;
        let request = Request {
            url: parsed,
            accept: None,
            authorization: None,
            etag,
            bounds: None,
        };
        let reach = |hop: &Url| {
            let refused = || format!("URL not allowed by backend.reading.allow configuration: {hop}");
            self.inner
                .allow
                .allows(hop)
                .then_some(Reach::Configured)
                .ok_or_else(|| Fault::error(refused()))
        };
        let answer = self
            .fetcher(url)?
            .fetch(&request, ALLOWED, reach)
            .await
            .map_err(|fault| match fault.kind() {
                FaultKind::Fetch => Fault::error(format!("Unable to read {url}, {fault}")),
                _ => fault,
            })?;
        let failure = format!("could not read {}, {}", answer.url, phrase(answer.status));
        read(answer, etag, failure)
    }

    async fn through(&self, integration: &Integration, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        let raw = integration.raw_file(url)?;
        let request = Request {
            url: raw.url.clone(),
            accept: raw.accept,
            authorization: integration.authorization.as_ref(),
            etag,
            bounds: None,
        };
        let answer = self.ask(integration, url, &request).await?;
        if integration.kind() == "gitea" && answer.status == StatusCode::FORBIDDEN {
            return Err(Fault::new(
                FaultKind::Authentication,
                format!("{url} could not be read, {}", phrase(answer.status)),
            ));
        }
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
        let parsed = parse(url)?;
        let integration = self.inner.integrations.by_url(&parsed);
        let integration = integration.ok_or_else(|| {
            Fault::not_allowed(format!(
                "Unable to read {url}, its host is none of the configured 'integrations', which folders need"
            ))
        })?;
        let permit = self.inner.permits.acquire().await;
        Ok((
            integration,
            permit.map_err(|_| Fault::error("the reader was closed"))?,
        ))
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

fn decoded_path(url: &Url) -> String {
    // An encoded `?` cannot start a query, so it counts like the original's pattern characters.
    percent_encoding::percent_decode_str(url.path())
        .decode_utf8_lossy()
        .into_owned()
}

fn not_allowed(url: &str) -> Fault {
    Fault::not_allowed(format!(
        "Reading from '{url}' is not allowed. You may need to configure an integration for the target host, \
         or add it to the configured list of allowed hosts at 'backend.reading.allow'"
    ))
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

fn read(answer: Answer, etag: Option<&str>, failure: String) -> Result<Read, Fault> {
    let Answer {
        status,
        etag: new_etag,
        commit,
        bytes,
        ..
    } = answer;
    match status {
        StatusCode::NOT_MODIFIED => {
            let etag = new_etag.or_else(|| etag.map(str::to_owned));
            Ok(Read {
                etag,
                not_modified: true,
                ..Read::default()
            })
        }
        status if status.is_success() => Ok(Read {
            bytes,
            etag: new_etag,
            not_modified: false,
            commit,
        }),
        StatusCode::NOT_FOUND => Err(Fault::not_found(failure)),
        _ => Err(Fault::error(failure)),
    }
}
