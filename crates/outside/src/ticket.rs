//! A call under way: it holds a place among the host's calls, and reports its end to the host.

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::breaker::Sign;
use crate::error::{OutsideError, What};
use crate::host::Host;

/// How a call ended, as the metric `outside_calls_total` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Ok,
    NotModified,
    Away,
    TooSlow,
    BrokenOff,
    Paused,
    QueueFull,
    TooLarge,
    NotJson,
    Redirected,
    TooOften,
    ClientError,
    ServerError,
    Unusable,
    Cancelled,
}

impl Outcome {
    fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotModified => "not_modified",
            Self::Away => "away",
            Self::TooSlow => "too_slow",
            Self::BrokenOff => "broken_off",
            Self::Paused => "paused",
            Self::QueueFull => "queue_full",
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::Redirected => "redirected",
            Self::TooOften => "too_often",
            Self::ClientError => "client_error",
            Self::ServerError => "server_error",
            Self::Unusable => "unusable",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn of(what: &What) -> Self {
        match what {
            What::UnknownName
            | What::Refused
            | What::Away(_)
            | What::WrongCertificate(_)
            | What::Untrusted(_)
            | What::NoConnection(_) => Self::Away,
            What::TooSlow(_) => Self::TooSlow,
            What::BrokenOff(_) => Self::BrokenOff,
            What::Paused(_) => Self::Paused,
            What::QueueFull(_) => Self::QueueFull,
            What::TooLarge(_) => Self::TooLarge,
            What::NotJson { .. } => Self::NotJson,
            What::Status { status, .. } => match status.as_u16() {
                300..400 => Self::Redirected,
                429 => Self::TooOften,
                500.. => Self::ServerError,
                _ => Self::ClientError,
            },
            What::SignIn(_) | What::Redirected(_) | What::TooManyRedirects(_) | What::UnusableRedirect => {
                Self::Redirected
            }
            What::UnusableRequest(_) => Self::Unusable,
        }
    }
}

/// Counts a call.
pub(crate) fn count(host: &str, outcome: Outcome) {
    metrics::counter!("outside_calls_total", "host" => host.to_owned(), "outcome" => outcome.label())
        .increment(1);
}

/// What a failure says about the host. A host that refuses a request is well. An answer of a gateway (502 to 504) means
/// that the host behind it is not.
fn sign(what: &What) -> Sign {
    match what {
        What::UnknownName
        | What::Refused
        | What::Away(_)
        | What::WrongCertificate(_)
        | What::Untrusted(_)
        | What::NoConnection(_)
        | What::TooSlow(_)
        | What::BrokenOff(_) => Sign::Ill,
        What::Status {
            status, retry_after, ..
        } => match (status.as_u16(), retry_after) {
            (429 | 503, Some(wait)) => Sign::Busy(*wait),
            (502..=504, _) => Sign::Ill,
            _ => Sign::Well,
        },
        What::UnusableRequest(_) => Sign::Nothing,
        _ => Sign::Well,
    }
}

/// A call under way. Dropped before its end it counts as cancelled.
pub(crate) struct Ticket {
    host: Host,
    _place: OwnedSemaphorePermit,
    is_probe: bool,
    started: Instant,
    has_ended: bool,
}

impl Ticket {
    pub fn new(host: Host, place: OwnedSemaphorePermit, is_probe: bool) -> Self {
        Self {
            host,
            _place: place,
            is_probe,
            started: Instant::now(),
            has_ended: false,
        }
    }

    /// When the call got its place.
    pub fn started(&self) -> Instant {
        self.started
    }

    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Ends the call as a success.
    pub fn succeed(&mut self, outcome: Outcome) {
        self.end(outcome, Sign::Well, None);
    }

    /// Ends the call as a failure.
    pub fn fail(&mut self, error: OutsideError) -> OutsideError {
        self.end(
            Outcome::of(&error.what),
            sign(&error.what),
            Some(error.to_string()),
        );
        error
    }

    fn end(&mut self, outcome: Outcome, sign: Sign, failure: Option<String>) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        count(self.host.name(), outcome);
        metrics::histogram!("outside_call_duration_seconds", "host" => self.host.name().to_owned())
            .record(self.started.elapsed());
        self.host.note(sign, self.is_probe, failure);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.end(Outcome::Cancelled, Sign::Nothing, None);
    }
}
