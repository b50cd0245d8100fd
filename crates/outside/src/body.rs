//! The content of an answer, part by part, within its bounds.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::error::{OutsideError, What, what_happened};
use crate::ticket::{Outcome, Ticket};
use crate::{redirect, retry_after};

/// An answer whose content is still to come.
pub(crate) struct Body {
    response: reqwest::Response,
    ticket: Ticket,
    url: Url,
    max_bytes: u64,
    taken: u64,
    /// When the whole content must have come; nothing for a stream, which has no such moment.
    deadline: Option<Instant>,
    allowed: Duration,
    /// Longest wait for each part of a stream, where that is not `allowed`.
    pause: Option<Duration>,
}

impl Body {
    pub fn new(response: reqwest::Response, ticket: Ticket, url: Url, max_bytes: u64) -> Self {
        Self {
            response,
            ticket,
            url,
            max_bytes,
            taken: 0,
            deadline: None,
            allowed: Duration::MAX,
            pause: None,
        }
    }

    /// Bounds the time since the request by `left`, which errors call `allowed`.
    pub fn until(mut self, left: Duration, allowed: Duration) -> Self {
        self.deadline = self.ticket.started().checked_add(left);
        self.allowed = allowed;
        self
    }

    /// Bounds the wait for each part of a stream differently.
    pub fn pausing(mut self, pause: Option<Duration>) -> Self {
        self.pause = pause;
        self
    }

    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn elapsed(&self) -> Duration {
        self.ticket.started().elapsed()
    }

    /// What the head says, if it is no success.
    pub fn refusal(&self) -> What {
        let (status, headers) = (self.status(), self.headers());
        redirect::refusal(status, headers, &self.url).unwrap_or_else(|| What::Status {
            status,
            reason: None,
            retry_after: retry_after::wait(headers, self.ticket.host().now()),
        })
    }

    /// Ends the call as one that got its content.
    pub fn succeed(&mut self, outcome: Outcome) {
        self.ticket.succeed(outcome);
    }

    /// Ends the call as one that failed.
    pub fn fail(&mut self, what: What) -> OutsideError {
        let error = OutsideError::new(self.ticket.host().shared_name(), &self.url, what);
        self.ticket.fail(error)
    }

    /// From now on the allowed time bounds the wait for each part, not for all parts together.
    pub fn renew(&mut self) {
        self.allowed = self.pause.unwrap_or(self.allowed);
        self.deadline = Instant::now().checked_add(self.allowed);
    }

    /// The next part.
    pub async fn next(&mut self) -> Result<Option<Bytes>, OutsideError> {
        if self.taken == 0 {
            self.take(0, self.response.content_length().unwrap_or(0))?;
        }
        let next = match self.deadline {
            Some(deadline) => timeout_at(deadline, self.response.chunk()).await,
            None => Ok(self.response.chunk().await),
        };
        match next {
            Ok(Ok(None)) => Ok(None),
            Ok(Ok(Some(part))) => {
                self.take(part.len() as u64, 0)?;
                Ok(Some(part))
            }
            Ok(Err(error)) => Err(self.fail(what_happened(&error, self.ticket.host().policy().connect_time))),
            Err(_) => Err(self.fail(What::TooSlow(self.allowed))),
        }
    }

    fn take(&mut self, bytes: u64, announced: u64) -> Result<(), OutsideError> {
        self.taken = self.taken.saturating_add(bytes);
        if self.taken.max(announced) <= self.max_bytes {
            return Ok(());
        }
        Err(self.fail(What::TooLarge(self.max_bytes)))
    }
}
