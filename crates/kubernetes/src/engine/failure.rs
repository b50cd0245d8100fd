//! Why a cluster did not answer, in plain words.

use std::error::Error;

use jiff::Timestamp;
use kube::core::Status;
use outside::{OutsideError, What};

use super::kinds::Kind;
use super::transport::NotSent;

/// What sort of failure it is, and with that what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The account of the portal may not see the kind.
    Forbidden,
    /// The token is missing, wrong or expired.
    Unauthorized,
    /// The cluster has no such kind.
    NotInstalled,
    /// The cluster's certificate is not trusted.
    Untrusted,
    /// The cluster cannot be called as it is configured.
    Unusable,
    /// The cluster is asked with the viewer's own token, and none is there.
    NeedsViewer,
    /// The cluster does not answer.
    Away,
    /// It answered something else.
    Other,
}

/// Why a cluster did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What sort it is.
    pub sort: Sort,
    /// The reason in a sentence without secrets.
    pub message: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// Since when.
    pub since: Timestamp,
}

impl Failure {
    pub(crate) fn new(sort: Sort, message: impl Into<String>, now: Timestamp) -> Self {
        Self {
            sort,
            message: message.into(),
            status: None,
            since: now,
        }
    }

    pub(crate) fn not_installed(kind: &Kind, now: Timestamp) -> Self {
        let message = format!("the cluster has no {}.{}", kind.plural, kind.group);
        let message = message.trim_end_matches('.').to_owned();
        Self {
            status: Some(404),
            ..Self::new(Sort::NotInstalled, message, now)
        }
    }

    /// From an error of the client.
    pub(crate) fn of(error: &(dyn Error + 'static), now: Timestamp) -> Self {
        let mut cause = Some(error);
        while let Some(known) = cause {
            if let Some(status) = known.downcast_ref::<Status>() {
                return Self::of_status(status, now);
            }
            if let Some(kube::Error::Api(status)) = known.downcast_ref::<kube::Error>() {
                return Self::of_status(status, now);
            }
            if let Some(NotSent(failure)) = known.downcast_ref::<NotSent>() {
                return failure.clone();
            }
            if let Some(outside) = within(known) {
                return Self::of_call(outside, now);
            }
            cause = known.source();
        }
        Self::new(Sort::Other, format!("its answer cannot be read: {error}"), now)
    }

    fn of_status(status: &Status, now: Timestamp) -> Self {
        let sort = match status.code {
            401 => Sort::Unauthorized,
            403 => Sort::Forbidden,
            404 => Sort::NotInstalled,
            502..=504 => Sort::Away,
            _ => Sort::Other,
        };
        let message = match (sort, status.message.trim()) {
            (Sort::Unauthorized, _) => "the cluster does not accept the token".to_owned(),
            (_, "") => format!("it answered {}", status.code),
            (_, message) => message.chars().take(400).collect(),
        };
        Self {
            status: Some(status.code),
            ..Self::new(sort, message, now)
        }
    }

    pub(crate) fn of_call(error: &OutsideError, now: Timestamp) -> Self {
        let (sort, message) = match &error.what {
            What::Untrusted(reason) => (
                Sort::Untrusted,
                format!("its certificate is not trusted ({reason})"),
            ),
            What::UnusableRequest(reason) => (Sort::Unusable, format!("it is not called: {reason}")),
            what => (Sort::Away, format!("it {what}")),
        };
        Self::new(sort, message, now)
    }

    /// What helps, where that is known.
    pub fn way_out(&self) -> Option<&'static str> {
        match self.sort {
            Sort::Forbidden => Some("Add the rule to the ClusterRole of the portal's account."),
            Sort::Unauthorized => {
                Some("Renew serviceAccountToken of the cluster, or name a file that is renewed.")
            }
            Sort::Untrusted => {
                Some("Set caData or caFile of the cluster to the certificate of its authority.")
            }
            Sort::Unusable => Some("Correct the cluster's entry under kubernetes.clusterLocatorMethods."),
            Sort::NeedsViewer => Some(
                "Ask through the API with the token in auth.oidc of the body; pages cannot ask this cluster yet.",
            ),
            Sort::NotInstalled | Sort::Away | Sort::Other => None,
        }
    }
}

/// The error of a call, also where an IO error wraps it.
fn within<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a OutsideError> {
    if let Some(found) = error.downcast_ref::<OutsideError>() {
        return Some(found);
    }
    // The source of an IO error is the source of what it wraps, so the wrapped error itself is fetched.
    let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    let mut cause: Option<&(dyn Error + 'static)> = Some(inner);
    while let Some(known) = cause {
        if let Some(found) = known.downcast_ref::<OutsideError>() {
            return Some(found);
        }
        cause = known.source();
    }
    None
}
