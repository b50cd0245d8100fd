//! One HTTP read with every bound: connections, redirects, bytes, time, and where it may lead.

use std::sync::{Arc, Once};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use config::{ReadingLimits, Secret};
use model::Fault;
use reqwest::header::{ACCEPT, AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, LOCATION};
use reqwest::{Client, StatusCode};
use url::Url;

use crate::address::{PublicResolver, names_private_address};

/// Requests for one file, redirects included.
const MAX_REQUESTS: usize = 5;

/// Longest entity tag that is remembered, in bytes.
const MAX_ETAG_BYTES: usize = 512;

/// Where a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Anywhere: the host was named in the configuration.
    Configured,
    /// Only to public addresses: somebody else chose the host.
    PublicOnly,
}

/// What to ask for.
pub(crate) struct Request<'a> {
    /// Where to ask first.
    pub url: Url,
    /// The `Accept` header.
    pub accept: Option<&'static str>,
    /// The `Authorization` header, for the first origin only.
    pub authorization: Option<&'a Secret>,
    /// The version at hand.
    pub etag: Option<&'a str>,
}

/// The final answer.
pub(crate) struct Answer {
    /// Where it came from, after redirects.
    pub url: Url,
    /// Its status; never a followed redirect.
    pub status: StatusCode,
    /// Version of the content.
    pub etag: Option<String>,
    /// Commit that last changed the file, where the host says so.
    pub commit: Option<String>,
    /// The content; empty unless the status is a success.
    pub bytes: Bytes,
}

/// Performs reads.
pub(crate) struct Fetcher {
    configured: Client,
    public_only: Client,
    max_bytes: u64,
    total: Duration,
}

impl Fetcher {
    /// Prepares connections. Fails when the system offers no usable TLS.
    pub(crate) fn new(limits: &ReadingLimits) -> Result<Self, Fault> {
        install_provider();
        let builder = || {
            Client::builder()
                .connect_timeout(limits.connect_timeout.0)
                .redirect(reqwest::redirect::Policy::none())
                .user_agent("backstage-portal")
                .pool_max_idle_per_host(4)
        };
        let failed =
            |error: reqwest::Error| Fault::error(format!("Cannot prepare HTTP client, {}", reason(&error)));
        Ok(Self {
            configured: builder().build().map_err(failed)?,
            public_only: builder()
                .no_proxy()
                .dns_resolver(Arc::new(PublicResolver))
                .build()
                .map_err(failed)?,
            max_bytes: limits.max_bytes,
            total: limits.total_timeout.0,
        })
    }

    /// Reads, following redirects that `reach` agrees to.
    pub(crate) async fn fetch(
        &self,
        request: &Request<'_>,
        reach: impl Fn(&Url) -> Result<Reach, Fault>,
    ) -> Result<Answer, Fault> {
        let seconds = self.total.as_secs_f64();
        let too_slow = || {
            Fault::error(format!(
                "Unable to read {}, no complete answer within {seconds} s",
                request.url
            ))
        };
        tokio::time::timeout(self.total, self.follow(request, reach))
            .await
            .map_err(|_| too_slow())?
    }

    async fn follow(
        &self,
        request: &Request<'_>,
        reach: impl Fn(&Url) -> Result<Reach, Fault>,
    ) -> Result<Answer, Fault> {
        let mut url = request.url.clone();
        for _ in 0..MAX_REQUESTS {
            let client = match reach(&url)? {
                Reach::Configured => &self.configured,
                Reach::PublicOnly if names_private_address(&url) => {
                    return Err(Fault::error(format!(
                        "Unable to read {url}, redirects to private addresses are not followed"
                    )));
                }
                Reach::PublicOnly => &self.public_only,
            };
            let headers = headers(request, &url);
            let answer = client.get(url.clone()).headers(headers).send().await;
            let answer = answer.map_err(|error| unreadable(&url, &error))?;
            match redirect_target(&answer, &url) {
                Some(target) => url = target?,
                None => return self.finish(answer, url).await,
            }
        }
        Err(Fault::error(format!(
            "Too many redirects (max {MAX_REQUESTS}) when reading {}",
            request.url
        )))
    }

    async fn finish(&self, mut answer: reqwest::Response, url: Url) -> Result<Answer, Fault> {
        let status = answer.status();
        let etag = text_header(answer.headers(), ETAG.as_str()).filter(|etag| etag.len() <= MAX_ETAG_BYTES);
        let commit = text_header(answer.headers(), "x-gitlab-last-commit-id");
        let mut bytes = BytesMut::new();
        if status.is_success() {
            let mut chunk = self
                .within_limit(answer.content_length(), &url)
                .map(|()| Bytes::new())?;
            loop {
                bytes.extend_from_slice(&chunk);
                self.within_limit(Some(bytes.len() as u64), &url)?;
                match answer.chunk().await.map_err(|error| unreadable(&url, &error))? {
                    Some(next) => chunk = next,
                    None => break,
                }
            }
        }
        Ok(Answer {
            url,
            status,
            etag,
            commit,
            bytes: bytes.freeze(),
        })
    }

    fn within_limit(&self, length: Option<u64>, url: &Url) -> Result<(), Fault> {
        if length.unwrap_or(0) <= self.max_bytes {
            return Ok(());
        }
        Err(Fault::error(format!(
            "Unable to read {url}, the file is larger than {} bytes (portal.reading.maxBytes)",
            self.max_bytes
        )))
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

fn headers(request: &Request<'_>, url: &Url) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(accept) = request.accept {
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
    }
    if let Some(etag) = request.etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(IF_NONE_MATCH, etag);
    }
    let same_origin = url.origin() == request.url.origin();
    let secret = request.authorization.filter(|_| same_origin).map(Secret::expose);
    if let Some(mut value) = secret.and_then(|secret| HeaderValue::from_str(secret).ok()) {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers
}

/// Where an answer sends us, if it is a redirect that a browser would follow with the same request.
fn redirect_target(answer: &reqwest::Response, from: &Url) -> Option<Result<Url, Fault>> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 307 | 308) {
        return None;
    }
    let location = text_header(answer.headers(), LOCATION.as_str())?;
    let target = from
        .join(&location)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let target = target.filter(|url| url.username().is_empty() && url.password().is_none());
    Some(target.ok_or_else(|| {
        Fault::error(format!(
            "Unable to read {from}, it redirects to an unusable address"
        ))
    }))
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// A request that was not answered, in the words of the original's client where it has some.
fn unreadable(url: &Url, error: &reqwest::Error) -> Fault {
    let reason = connection_reason(url, error).unwrap_or_else(|| reason(error));
    Fault::new("FetchError", format!("request to {url} failed, reason: {reason}"))
}

fn connection_reason(url: &Url, error: &reqwest::Error) -> Option<String> {
    let host = url.host_str()?;
    let (mut is_refused, mut is_unknown) = (false, false);
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(known) = cause {
        let system = known.downcast_ref::<std::io::Error>();
        is_refused |= system.is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused);
        is_unknown |= known.to_string() == "dns error";
        cause = known.source();
    }
    if is_refused {
        let port = url.port_or_known_default()?;
        return Some(format!("connect ECONNREFUSED {host}:{port}"));
    }
    is_unknown.then(|| format!("getaddrinfo ENOTFOUND {host}"))
}

/// The innermost reason, which names no address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the connection timed out".to_owned();
    }
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if std::ptr::addr_eq(inner, error) {
        "the request failed".to_owned()
    } else {
        inner.to_string()
    }
}
