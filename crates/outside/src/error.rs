//! Why a call failed, in plain words and without secrets.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use url::Url;

use crate::cause;

/// A call that failed. Its text names the host and the address without login, query and fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct OutsideError {
    host: Arc<str>,
    address: Box<Url>,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum What {
    /// The host's name has no address.
    #[error("is away: its name has no address")]
    UnknownName,
    /// Nothing listens there.
    #[error("is away: nothing listens at its address")]
    Refused,
    /// It cannot be reached for another reason.
    #[error("cannot be reached: {0}")]
    Away(String),
    /// No trusted authority signed its certificate.
    #[error(
        "shows a certificate that is not trusted ({0}); name the file of its authority under portal.outside.hosts"
    )]
    Untrusted(String),
    /// Its certificate has another fault than its authority.
    #[error("shows a certificate that {0}")]
    WrongCertificate(String),
    /// No connection in time.
    #[error("is away: no connection within {} s", .0.as_secs_f64())]
    NoConnection(Duration),
    /// No complete answer in time.
    #[error("is too slow: no complete answer within {} s", .0.as_secs_f64())]
    TooSlow(Duration),
    /// The connection ended before the answer did, or the answer was no HTTP.
    #[error("broke off its answer: {0}")]
    BrokenOff(String),
    /// It failed several times, and is left alone for a while.
    #[error("is left alone after failures; {}", retry(.0))]
    Paused(Duration),
    /// Too many calls are under way.
    #[error("is not called: as many calls as allowed are under way, and none ended within {} s", .0.as_secs_f64())]
    QueueFull(Duration),
    /// The answer is larger than allowed.
    #[error("sends too much: the answer is larger than {0} bytes")]
    TooLarge(u64),
    /// JSON was asked for, and something else came.
    #[error("sent no JSON but {content_type}: {reason}")]
    NotJson {
        /// The content type that it states.
        content_type: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It answered, but not with success.
    #[error("answered {}{}", phrase(*status), after_colon(reason.as_deref()))]
    Status {
        /// The status.
        status: StatusCode,
        /// The reason it gives.
        reason: Option<String>,
        /// How long it asks not to be called.
        retry_after: Option<Duration>,
    },
    /// It asks for a sign-in: the token is missing, wrong or expired.
    #[error("redirects to its sign-in page {0}: check the token")]
    SignIn(String),
    /// It redirects elsewhere, which is not followed.
    #[error("redirects to {0}, which is not followed: configure the final address")]
    Redirected(String),
    /// It redirects in circles.
    #[error("redirects more than {0} times")]
    TooManyRedirects(usize),
    /// It redirects to something that is no web address, or one with a login.
    #[error("redirects to an unusable address")]
    UnusableRedirect,
    /// The request itself cannot be sent.
    #[error("is not called: {0}")]
    UnusableRequest(String),
}

impl OutsideError {
    pub(crate) fn new(host: Arc<str>, url: &Url, what: What) -> Self {
        Self {
            host,
            address: Box::new(without_login(url)),
            what,
        }
    }

    /// The host's name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address that was called, without login. Its query may hold secrets: do not show it.
    pub fn address(&self) -> &Url {
        &self.address
    }
}

impl fmt::Display for OutsideError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} ({}) {}",
            self.host,
            shown(&self.address),
            self.what
        )
    }
}

impl fmt::Debug for OutsideError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OutsideError({self})")
    }
}

impl std::error::Error for OutsideError {}

/// An address without login.
fn without_login(url: &Url) -> Url {
    let mut url = url.clone();
    // Fails for addresses that cannot have a login.
    let _ = (url.set_username(""), url.set_password(None));
    url
}

/// An address as errors show it: no login, query or fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = without_login(url);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// A status in digits and words.
fn phrase(status: StatusCode) -> String {
    let words = status.canonical_reason().unwrap_or_default();
    format!("{} {words}", status.as_u16()).trim_end().to_owned()
}

fn after_colon(reason: Option<&str>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

fn retry(left: &Duration) -> String {
    if left.is_zero() {
        return "one call finds out now whether it is back".to_owned();
    }
    format!("it is tried again in {} s", left.as_secs_f64().ceil())
}

/// Classifies the error of a request that got no answer, or whose answer broke off.
pub(crate) fn what_happened(error: &reqwest::Error, connect_time: Duration) -> What {
    let is_refusal = |cause: &&(dyn std::error::Error + 'static)| {
        let system = cause.downcast_ref::<std::io::Error>();
        system.is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    };
    let causes = cause::causes(error);
    let is_refused = causes.iter().any(is_refusal);
    let is_unknown = causes.iter().any(|cause| cause.to_string() == "dns error");
    let reason = |is_connecting| cause::plain(error, is_connecting).unwrap_or_else(|| innermost(error));
    if error.is_timeout() {
        What::NoConnection(connect_time)
    } else if is_refused {
        What::Refused
    } else if is_unknown {
        What::UnknownName
    } else if let Some(what) = cause::certificate(error) {
        what
    } else if error.is_connect() {
        What::Away(reason(true))
    } else if error.is_builder() {
        What::UnusableRequest(innermost(error))
    } else if error.is_decode() && causes.iter().any(is_unpacking) {
        What::BrokenOff("its content cannot be unpacked".to_owned())
    } else {
        What::BrokenOff(reason(false))
    }
}

/// Whether an error is about compressed content.
fn is_unpacking(cause: &&(dyn std::error::Error + 'static)) -> bool {
    let system = cause.downcast_ref::<std::io::Error>();
    system.is_some_and(|error| matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput))
}

/// The innermost reason. Unlike the outer ones it names no address.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_no_secret() {
        let url = Url::parse("https://me:geheim@grafana.example/api?token=geheim#geheim").unwrap();
        let error = OutsideError::new("grafana".into(), &url, What::Refused);
        let expected = "grafana (https://grafana.example/api) is away: nothing listens at its address";
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), format!("OutsideError({expected})"));
        assert_eq!(
            error.address().as_str(),
            "https://grafana.example/api?token=geheim#geheim"
        );
    }
}
