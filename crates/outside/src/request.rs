//! A request to a host.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use crate::answer::Answer;
use crate::body::Body;
use crate::error::{OutsideError, What, what_happened};
use crate::host::Host;
use crate::redirect;

/// A request. Dropping the future that sends it stops the call.
#[derive(Clone)]
pub struct Request {
    host: Host,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    takes_any_status: bool,
    answer_time: Duration,
    max_bytes: u64,
    /// Longest wait for each part of a stream without an end.
    pause: Option<Duration>,
    unusable: Option<String>,
}

impl Request {
    pub(crate) fn new(host: Host, method: Method, url: Url) -> Self {
        let (answer_time, max_bytes) = (host.policy().answer_time, host.policy().max_answer_bytes);
        Self {
            host,
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            takes_any_status: false,
            answer_time,
            max_bytes,
            pause: None,
            unusable: None,
        }
    }

    /// Sets a header.
    pub fn header(self, name: HeaderName, value: &str) -> Self {
        self.with_header(name, value, false)
    }

    /// Sets a header whose value is secret: errors do not show it, and a redirect to another origin does not carry it.
    pub fn secret_header(self, name: HeaderName, value: &str) -> Self {
        self.with_header(name, value, true)
    }

    /// Sends a token.
    pub fn bearer(self, token: &str) -> Self {
        self.secret_header(AUTHORIZATION, &format!("Bearer {}", token.trim()))
    }

    fn with_header(mut self, name: HeaderName, value: &str, is_secret: bool) -> Self {
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(is_secret);
                self.headers.insert(name, value);
            }
            Err(_) => {
                self.unusable = Some(format!(
                    "the header {name} would contain a line break or the like"
                ));
            }
        }
        self
    }

    /// Asks for the content only if it is no longer the version at hand, which [`Answer::etag`] named.
    pub fn if_changed(self, etag: Option<&str>) -> Self {
        match etag {
            Some(etag) if HeaderValue::from_str(etag).is_ok() => self.header(IF_NONE_MATCH, etag),
            _ => self,
        }
    }

    /// Sends a body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends a value as JSON, and asks for JSON.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body = body.into(),
            Err(error) => self.unusable = Some(format!("its body cannot be written as JSON, {error}")),
        }
        self.header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
    }

    /// Takes answers of every status; without this only successes and `304 Not Modified` are answers, all else is an error.
    pub fn any_status(mut self) -> Self {
        self.takes_any_status = true;
        self
    }

    /// Bounds the time to the end of the answer differently than the host's policy does.
    pub fn within(mut self, time: Duration) -> Self {
        self.answer_time = time;
        self
    }

    /// Bounds the answer differently than the host's policy does.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Takes an answer without an end, to be read as a stream ([`Answer::stream`]): of any size, and with up to `pause` between
    /// two parts. Its head must come in the usual time.
    pub fn endless(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self.max_bytes(u64::MAX)
    }

    /// Sends the request once; a redirect is an error.
    pub async fn send(self) -> Result<Answer, OutsideError> {
        let answer = self.exchange(Duration::ZERO).await?;
        self.judge(answer).await
    }

    /// Sends the request and follows redirects of requests that only read, `most` requests in all. `host_for` is asked
    /// before each of them which host the address belongs to, and may refuse. The time bounds all requests together.
    pub async fn follow<E: From<OutsideError>>(
        mut self,
        most: usize,
        host_for: impl Fn(&Url) -> Result<Host, E>,
    ) -> Result<Answer, E> {
        let first = self.url.clone();
        let mut spent = Duration::ZERO;
        for _ in 0..most {
            self.host = host_for(&self.url)?;
            let mut answer = self.exchange(spent).await?;
            match redirect::target(answer.status(), answer.headers(), &self.url).filter(|_| self.only_reads())
            {
                Some(target) => {
                    answer.settle();
                    spent += answer.elapsed();
                    let target = target.map_err(|what| self.error(what))?;
                    self.go_to(target);
                }
                None => return Ok(self.judge(answer).await?),
            }
        }
        self.url = first;
        Err(self.error(What::TooManyRedirects(most)).into())
    }

    fn only_reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Changes the address. Secret headers are removed if the origin changes.
    fn go_to(&mut self, target: Url) {
        if target.origin() != self.url.origin() {
            let secret: Vec<HeaderName> = self
                .headers
                .iter()
                .filter(|(_, value)| value.is_sensitive())
                .map(|(name, _)| name.clone())
                .collect();
            for name in secret {
                self.headers.remove(name);
            }
        }
        self.url = target;
    }

    fn error(&self, what: What) -> OutsideError {
        OutsideError::new(self.host.shared_name(), &self.url, what)
    }

    /// Sends one request and waits for the head of its answer.
    async fn exchange(&self, spent: Duration) -> Result<Answer, OutsideError> {
        if let Some(reason) = &self.unusable {
            return Err(self.error(What::UnusableRequest(reason.clone())));
        }
        let client = self.host.client(&self.url).map_err(|what| self.error(what))?;
        let mut ticket = self.host.enter().await.map_err(|what| self.error(what))?;
        let left = self.answer_time.saturating_sub(spent);
        let request = client
            .request(self.method.clone(), self.url.clone())
            .headers(self.headers.clone())
            .body(self.body.clone());
        let response = match tokio::time::timeout(left, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let what = what_happened(&error, self.host.policy().connect_time);
                return Err(ticket.fail(self.error(what)));
            }
            Err(_) => return Err(ticket.fail(self.error(What::TooSlow(self.answer_time)))),
        };
        let body = Body::new(response, ticket, self.url.clone(), self.max_bytes);
        Ok(Answer::new(
            body.until(left, self.answer_time).pausing(self.pause),
        ))
    }

    /// Passes an answer on, or turns it into an error by its status.
    async fn judge(&self, mut answer: Answer) -> Result<Answer, OutsideError> {
        if answer.is_success() {
            return Ok(answer);
        }
        if self.takes_any_status || answer.is_not_modified() {
            answer.settle();
            return Ok(answer);
        }
        let secrets = self.headers.values().filter(|value| value.is_sensitive());
        let secrets: Vec<String> = secrets
            .filter_map(|value| value.to_str().ok()?.split(' ').next_back().map(str::to_owned))
            .collect();
        Err(answer.into_refusal(&secrets).await)
    }
}
