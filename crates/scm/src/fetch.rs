//! One HTTP read with every bound: connections, redirects, bytes, time, and where it may lead.
//!
//! A server of Gitea gets few reads at once, and the pauses that it asks for.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use config::{ReadingLimits, Secret};
use futures::StreamExt;
use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION};
use model::{Fault, FaultKind};
use outside::dns::Resolve;
use outside::{BreakerPolicy, Host, HostPolicy, OutsideCalls, OutsideError, What};
use url::Url;

use crate::address::{PublicResolver, names_private_address};

/// Requests for one file, redirects included.
const MAX_REQUESTS: usize = 5;

/// Reads of a host that is spared at the same time.
const MAX_AT_SPARED: usize = 6;
/// A spared host gets the pauses that it asks for. Failures alone stop no reads: the catalog decides when a source is read again.
const PAUSES: BreakerPolicy = BreakerPolicy {
    failures: u32::MAX,
    first_pause: Duration::from_secs(5),
    longest_pause: Duration::from_mins(5),
};
/// Longest refusal that is read for its reason, in bytes.
const MAX_REASON_BYTES: usize = 16 << 10;

/// The name in metrics of all hosts that a redirect leads to and that the configuration does not name.
const REDIRECTED: &str = "redirects of Git hosts";

/// Where a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anywhere: the host was named in the configuration.
    Configured,
    /// Only to public addresses: a redirect chose the host, not the configuration.
    PublicOnly,
}

/// A request for one file.
pub(crate) struct Request<'a> {
    /// Where to ask first.
    pub url: Url,
    /// The `Accept` header.
    pub accept: Option<&'static str>,
    /// The `Authorization` header, for the first origin only.
    pub authorization: Option<&'a Secret>,
    /// The version at hand.
    pub etag: Option<&'a str>,
    /// Other bounds than those of single files.
    pub bounds: Option<Bounds>,
    /// The reason of a refusal is read.
    pub wants_reason: bool,
}

/// Bounds of one read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Most bytes.
    pub bytes: u64,
    /// Time to the last byte.
    pub time: Duration,
}

/// The final answer.
pub(crate) struct Answer {
    /// Where it came from, after redirects.
    pub url: Url,
    /// The status of the last answer; a redirect only if it was not followed.
    pub status: StatusCode,
    /// Version of the content.
    pub etag: Option<String>,
    /// Commit that last changed the file, where the host says so.
    pub commit: Option<String>,
    /// The content; empty unless the status is a success.
    pub bytes: Bytes,
    /// The content is a page for people.
    pub is_page: bool,
    /// What a refusal says, where that was asked for.
    pub said: String,
    /// The pause that is asked for.
    pub pause: Option<String>,
}

/// Performs reads.
pub(crate) struct Fetcher {
    calls: OutsideCalls,
    configured: HostPolicy,
    /// The names of the hosts that are spared, and their bounds.
    spared: (HashSet<String>, HostPolicy),
    public_only: HostPolicy,
}

/// A read that failed: refused before it was sent, or by the other side.
enum Failed {
    Refused(Fault),
    Outside(OutsideError),
}

impl From<OutsideError> for Failed {
    fn from(error: OutsideError) -> Self {
        Self::Outside(error)
    }
}

impl Fetcher {
    /// Prepares connections; those to `spared` hosts are few. Fails when the system offers no usable TLS.
    pub(crate) fn new(
        calls: OutsideCalls,
        limits: &ReadingLimits,
        concurrency: usize,
        spared: HashSet<String>,
    ) -> Result<Self, Fault> {
        let configured = HostPolicy {
            concurrency,
            queue_time: Duration::MAX,
            connect_time: limits.connect_timeout.0,
            answer_time: limits.total_timeout.0,
            max_answer_bytes: limits.max_bytes,
            // The catalog leaves hosts alone by itself, and decides when a source is read again.
            breaker: None,
            resolver: None,
            trust: None,
        };
        let few = HostPolicy {
            concurrency: MAX_AT_SPARED,
            breaker: Some(PAUSES),
            ..configured.clone()
        };
        let resolver: Arc<dyn Resolve> = Arc::new(PublicResolver);
        let fetcher = Self {
            calls,
            public_only: HostPolicy {
                resolver: Some(resolver),
                ..configured.clone()
            },
            spared: (spared, few),
            configured,
        };
        fetcher.host(REDIRECTED, Reach::PublicOnly)?;
        Ok(fetcher)
    }

    fn host(&self, name: &str, reach: Reach) -> Result<Host, Fault> {
        let host = match reach {
            Reach::Configured if self.spared.0.contains(name) => self.calls.host(name, &self.spared.1),
            Reach::Configured => self.calls.host(name, &self.configured),
            Reach::PublicOnly => self.calls.host(REDIRECTED, &self.public_only),
        };
        host.map_err(|error| Fault::error(error.to_string()))
    }

    /// Reads, following redirects that `reach` agrees to. `name` is that of the configured hosts in metrics.
    pub(crate) async fn fetch(
        &self,
        request: &Request<'_>,
        name: &str,
        reach: impl Fn(&Url) -> Result<Reach, Fault>,
    ) -> Result<Answer, Fault> {
        let host_for = |url: &Url| match reach(url)? {
            Reach::PublicOnly if names_private_address(url) => Err(Fault::error(format!(
                "Unable to read {}, redirects to private addresses are not followed unless backend.reading.allow names \
                 their host",
                without_query(url)
            ))),
            reach => self.host(name, reach),
        };
        let failed = |failed| match failed {
            Failed::Refused(fault) => fault,
            Failed::Outside(error) => unreadable(request, &error),
        };
        let first = host_for(&request.url)?;
        let answer = prepared(&first, request)
            .follow(MAX_REQUESTS, |url| host_for(url).map_err(Failed::Refused))
            .await
            .map_err(failed)?;
        finish(answer, request.wants_reason)
            .await
            .map_err(|error| failed(error.into()))
    }
}

fn prepared(host: &Host, request: &Request<'_>) -> outside::Request {
    let mut prepared = host
        .get(request.url.clone())
        .any_status()
        .if_changed(request.etag);
    if let Some(accept) = request.accept {
        prepared = prepared.header(ACCEPT, accept);
    }
    if let Some(bounds) = request.bounds {
        prepared = prepared.max_bytes(bounds.bytes).within(bounds.time);
    }
    if let Some(secret) = request.authorization {
        prepared = prepared.secret_header(AUTHORIZATION, secret.current().expose());
    }
    prepared
}

async fn finish(answer: outside::Answer, wants_reason: bool) -> Result<Answer, OutsideError> {
    let header = |name: &str| answer.header(name).map(str::to_owned);
    let content_type = header("content-type").unwrap_or_default();
    let mut finished = Answer {
        url: answer.url().clone(),
        status: answer.status(),
        etag: answer.etag().map(str::to_owned),
        commit: header("x-gitlab-last-commit-id"),
        is_page: content_type.to_ascii_lowercase().contains("text/html"),
        pause: header("retry-after"),
        bytes: Bytes::new(),
        said: String::new(),
    };
    if finished.status.is_success() {
        finished.bytes = answer.bytes().await?;
    } else if wants_reason && !answer.is_not_modified() {
        finished.said = beginning(answer).await;
    }
    Ok(finished)
}

/// The beginning of an answer, as far as it comes.
async fn beginning(answer: outside::Answer) -> String {
    let mut said = Vec::new();
    let mut parts = std::pin::pin!(answer.stream());
    while let Some(Ok(part)) = parts.next().await {
        said.extend_from_slice(&part);
        if said.len() >= MAX_REASON_BYTES {
            break;
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// An address that a server redirects to, without what may be a signature.
fn without_query(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url
}

/// A read that failed, in the words of the original's client where it has some.
fn unreadable(request: &Request<'_>, error: &OutsideError) -> Fault {
    let asked = &request.url;
    let url = &if error.address().origin() == asked.origin() {
        error.address().clone()
    } else {
        without_query(error.address())
    };
    let host = url.host_str().unwrap_or_default();
    let reason = match &error.what {
        What::TooSlow(within) => {
            let seconds = within.as_secs_f64();
            return Fault::error(format!(
                "Unable to read {asked}, no complete answer within {seconds} s"
            ));
        }
        What::TooManyRedirects(most) => {
            return Fault::error(format!("Too many redirects (max {most}) when reading {asked}"));
        }
        What::UnusableRedirect => {
            return Fault::error(format!(
                "Unable to read {url}, it redirects to an unusable address"
            ));
        }
        What::TooLarge(bytes) if request.bounds.is_some() => {
            return Fault::error(format!("Unable to read {url}, it is larger than {bytes} bytes"));
        }
        What::TooLarge(bytes) => {
            return Fault::error(format!(
                "Unable to read {url}, the file is larger than {bytes} bytes (portal.reading.maxBytes)"
            ));
        }
        What::Refused => format!(
            "connect ECONNREFUSED {host}:{}",
            url.port_or_known_default().unwrap_or_default()
        ),
        What::UnknownName => format!("getaddrinfo ENOTFOUND {host}"),
        What::NoConnection(_) => "the connection timed out".to_owned(),
        What::Away(reason) | What::BrokenOff(reason) | What::UnusableRequest(reason) => reason.clone(),
        what => what.to_string(),
    };
    Fault::new(
        FaultKind::Fetch,
        format!("request to {url} failed, reason: {reason}"),
    )
}
