//! The calls of `object_store`, made by the one client for other servers: bounded, counted, and shown at Connections.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use outside::{Answer, Host, HostPolicy, OutsideCalls, OutsideError, What};
use url::Url;

use super::objects::Most;
use super::trouble::Trouble;

/// The storage's name at Connections.
const NAME: &str = "documentation bucket";
/// Largest answer where the question does not say how large it may be: a page of a list, credentials.
const MAX_ANSWER: u64 = 4 << 20;
/// Largest refusal that is read for its reason.
const MAX_REFUSAL: usize = 16 << 10;
/// Headers whose values are secret, besides that of the authorization.
const SECRET: [&str; 4] = [
    "x-amz-security-token",
    "x-aws-ec2-metadata-token",
    "x-amz-server-side-encryption-customer-key",
    "x-identity-header",
];
/// Longest name of an error of a service for credentials.
const MAX_NAME: usize = 60;

/// What errors say of a server.
#[derive(Clone, Copy)]
pub(crate) struct Verdicts {
    /// What a refusal means: its status, and its body.
    pub(crate) refusal: fn(StatusCode, &str) -> Trouble,
    /// What to set where there is no key.
    pub(crate) no_key: &'static str,
}

/// Makes the calls of one store, and those for its credentials.
#[derive(Clone)]
pub(crate) struct Calls {
    host: Host,
    /// The address of the store. What is called elsewhere gives credentials.
    server: Url,
    verdicts: Verdicts,
}

impl Calls {
    pub(crate) fn new(outside: &OutsideCalls, server: Url, verdicts: Verdicts) -> Result<Self, Trouble> {
        let host = outside.host(NAME, &HostPolicy::default());
        Ok(Self {
            host: host.map_err(|error| Trouble::Other(error.to_string()))?,
            server,
            verdicts,
        })
    }
}

/// One more try, soon: people wait for the page. What is away rests by itself.
pub(crate) fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_millis(500),
            base: 2.0,
        },
        max_retries: 1,
        retry_timeout: Duration::from_secs(10),
    }
}

/// A variable of the environment that is not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The host of an address, as people are shown it.
pub(crate) fn shown(address: &Url) -> String {
    let origin = address.origin().ascii_serialization();
    origin
        .split_once("://")
        .map_or(origin.clone(), |(_, host)| host.to_owned())
}

impl fmt::Debug for Calls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Calls({})", self.host.name())
    }
}

impl HttpConnector for Calls {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Calls {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .map_err(|error| failed(HttpErrorKind::Unknown, Trouble::Other(error.to_string())))?;
        let most = parts.extensions.get::<Most>().map_or(MAX_ANSWER, |most| most.0);
        let is_for_key = url.origin() != self.server.origin();
        let mut call = self.host.request(parts.method, url).any_status();
        for (name, value) in &parts.headers {
            let value = value.to_str().unwrap_or_default();
            call = if *name == AUTHORIZATION || SECRET.contains(&name.as_str()) {
                call.secret_header(name.clone(), value)
            } else {
                call.header(name.clone(), value)
            };
        }
        let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX).await;
        let body = body.map_err(|error| failed(HttpErrorKind::Unknown, Trouble::Other(error.to_string())))?;
        // A refusal is read whatever the size of the file that was asked for.
        let bound = most.max(MAX_REFUSAL as u64);
        let answer = call.body(body).max_bytes(bound).send().await;
        let answer = answer.map_err(|error| self.away(error, most, is_for_key))?;
        self.finish(answer, most, is_for_key).await
    }
}

impl Calls {
    async fn finish(&self, answer: Answer, most: u64, is_for_key: bool) -> Result<HttpResponse, HttpError> {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let is_success = answer.is_success();
        let bytes = if answer.is_not_modified() {
            Bytes::new()
        } else {
            answer
                .bytes()
                .await
                .map_err(|error| self.away(error, most, is_for_key))?
        };
        let text = || String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_REFUSAL)]);
        let refused = match status {
            StatusCode::NOT_MODIFIED => None,
            StatusCode::ACCEPTED => refused_within(&text()),
            status => (!is_success).then_some(status),
        };
        if let Some(status) = refused {
            let trouble = if is_for_key {
                let why = format!("the service for credentials answers {status}{}", named(&bytes));
                Trouble::NoKey(self.verdicts.no_key, why)
            } else {
                (self.verdicts.refusal)(status, &text())
            };
            let is_passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            let kind = if is_passing {
                HttpErrorKind::Request
            } else {
                HttpErrorKind::Unknown
            };
            return Err(failed(kind, trouble));
        }
        let mut response = Response::builder().status(status);
        for (name, value) in &headers {
            response = response.header(name.clone(), value.clone());
        }
        let mut response = response
            .body(HttpResponseBody::from(bytes.clone()))
            .map_err(|error| failed(HttpErrorKind::Unknown, Trouble::Other(error.to_string())))?;
        // The length of what was unpacked, where the server packed it.
        let (name, length): (HeaderName, HeaderValue) = (CONTENT_LENGTH, bytes.len().into());
        response.headers_mut().insert(name, length);
        Ok(response)
    }

    /// A call without a usable answer. An answer that broke off is asked for again, as is one that says
    /// that the server fails just now; all else is for the caller.
    fn away(&self, error: OutsideError, most: u64, is_for_key: bool) -> HttpError {
        let kind = match error.what {
            What::BrokenOff(_) => HttpErrorKind::Interrupted,
            _ => HttpErrorKind::Unknown,
        };
        let trouble = match &error.what {
            What::TooLarge(_) => Trouble::TooLarge(most),
            _ if is_for_key => Trouble::NoKey(self.verdicts.no_key, error.to_string()),
            what => Trouble::Away(what.to_string()),
        };
        failed(kind, trouble)
    }
}

fn failed(kind: HttpErrorKind, trouble: Trouble) -> HttpError {
    HttpError::new(kind, trouble)
}

/// The refusal in an answer to several questions at once. Azure removes files like this; one question is asked at a time.
fn refused_within(body: &str) -> Option<StatusCode> {
    let (_, answer) = body.split_once("HTTP/1.1 ")?;
    let status: StatusCode = answer.get(..3)?.parse().ok()?;
    (!status.is_success()).then_some(status)
}

/// The name of an error as services for credentials write it, `invalid_client` for example.
fn named(body: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let is_name = |name: &&str| {
        let is_part = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        name.len() <= MAX_NAME && name.bytes().all(is_part)
    };
    let name = value["error"].as_str().filter(is_name);
    name.map_or_else(String::new, |name| format!(": {name}"))
}
