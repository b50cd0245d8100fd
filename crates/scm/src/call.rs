//! What a client of a Git host's API asks, the path, the query, and the words for a failure; and why there is no answer.

use http::StatusCode;
use model::{Fault, FaultKind};
use outside::{OutsideError, What};
use serde::Deserialize;

/// A question or a change, in the words of the API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The path below the address of the API, each segment as it is before it is encoded.
    pub path: &'a [&'a str],
    /// The query.
    pub query: &'a [(&'a str, &'a str)],
    /// What fails if the call fails, as the beginning of a sentence.
    pub doing: &'a str,
}

impl<'a> Call<'a> {
    /// A call without a query.
    pub fn new(path: &'a [&'a str], doing: &'a str) -> Self {
        Self {
            path,
            query: &[],
            doing,
        }
    }

    /// With a query.
    pub fn query(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }
}

/// Any answer that is JSON, or none at all: of calls whose answer is not needed.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "serde::de::IgnoredAny")]
pub(crate) struct Anything;

impl From<serde::de::IgnoredAny> for Anything {
    fn from(_: serde::de::IgnoredAny) -> Self {
        Self
    }
}

/// Why there is no answer that can be used; `address_key` is the key of the configuration that names the server.
pub(crate) fn no_answer(doing: &str, error: &OutsideError, address_key: &str) -> Fault {
    let kind = match &error.what {
        What::Status { status, .. } if *status == StatusCode::TOO_MANY_REQUESTS => FaultKind::TooManyRequests,
        What::Paused(_) | What::QueueFull(_) => FaultKind::Unavailable,
        _ => FaultKind::Fetch,
    };
    let advice = match &error.what {
        What::NotJson { content_type, .. } if content_type.contains("html") => format!(
            "; a page came instead of an answer of the API: a sign-in page or a proxy stands before the server, or {address_key} \
             names another server"
        ),
        _ => String::new(),
    };
    Fault::new(kind, format!("{doing}: {error}{advice}"))
}

/// Why a redirect was not followed.
pub(crate) enum Refused {
    /// The call failed.
    Outside(OutsideError),
    /// It leads to another server.
    Elsewhere(String),
}

impl From<OutsideError> for Refused {
    fn from(error: OutsideError) -> Self {
        Self::Outside(error)
    }
}
