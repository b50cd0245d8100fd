//! The calls of `object_store`, made by the one client for other servers: bounded, counted, and shown at Connections.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use outside::{Answer, Host, OutsideError, What};
use url::Url;

use super::objects::Most;
use super::trouble::Trouble;

/// Largest answer where the question does not say how large it may be: a page of a list, credentials.
const MAX_ANSWER: u64 = 4 << 20;
/// Largest refusal that is read for its reason.
const MAX_REFUSAL: usize = 16 << 10;
/// Headers whose values are secret.
const SECRET: [&str; 3] = [
    "x-amz-security-token",
    "x-aws-ec2-metadata-token",
    "x-amz-server-side-encryption-customer-key",
];

/// What a refusal means: its status, and its body.
pub(crate) type Judge = fn(StatusCode, &str) -> Trouble;

/// Makes the calls of one store.
#[derive(Clone)]
pub(crate) struct Calls {
    host: Host,
    /// The address of the store. What is called elsewhere gives credentials.
    server: Url,
    judge: Judge,
}

impl Calls {
    pub(crate) fn new(host: Host, server: Url, judge: Judge) -> Self {
        Self { host, server, judge }
    }
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
        let answer = answer.map_err(|error| away(error, most, is_for_key))?;
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
                .map_err(|error| away(error, most, is_for_key))?
        };
        if !is_success && status != StatusCode::NOT_MODIFIED {
            let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_REFUSAL)]);
            let trouble = if is_for_key {
                Trouble::NoKey(format!("the service for credentials answers {status}"))
            } else {
                (self.judge)(status, &text)
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
}

fn failed(kind: HttpErrorKind, trouble: Trouble) -> HttpError {
    HttpError::new(kind, trouble)
}

/// A call without a usable answer. An answer that broke off is asked for again, as is one that says
/// that the server fails just now; all else is for the caller.
fn away(error: OutsideError, most: u64, is_for_key: bool) -> HttpError {
    let kind = match error.what {
        What::BrokenOff(_) => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    };
    let trouble = match &error.what {
        What::TooLarge(_) => Trouble::TooLarge(most),
        _ if is_for_key => Trouble::NoKey(error.to_string()),
        what => Trouble::Away(what.to_string()),
    };
    failed(kind, trouble)
}
