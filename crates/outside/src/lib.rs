//! Calls to other servers, each bounded: time, size, calls at once, and rest for a host that is away.
//!
//! A feature names each server that it calls once ([`OutsideCalls::host`]) and states its bounds ([`HostPolicy`]). It gets
//! an answer, or an [`OutsideError`] in plain words without any token. [`OutsideCalls::status`] says how each host is, for
//! pages and health checks; the metrics `outside_*` say the same to operators.
//!
//! Which certificates are trusted is said once, for all hosts and for single ones ([`Trust`]); a feature whose own section says it
//! for a host passes it with the bounds ([`HostTrust`]).
//!
//! This crate does not judge which addresses may be called. A caller that lets others choose addresses passes a resolver
//! ([`HostPolicy::resolver`]) and chooses the host of each redirect ([`Request::follow`]).

mod answer;
mod body;
mod breaker;
mod calls;
mod cause;
mod connections;
mod error;
mod host;
mod host_trust;
mod policy;
mod redirect;
mod request;
mod retry_after;
mod status;
mod ticket;
mod trust;

pub use answer::{Answer, Changed};
pub use breaker::BreakerState;
pub use calls::{OutsideCalls, Settings};
pub use connections::NotPrepared;
pub use error::{OutsideError, What};
pub use host::{Host, NO_CALLS};
pub use host_trust::{HostTrust, UnusablePem};
pub use http::{Method, StatusCode};
pub use policy::{BreakerPolicy, HostPolicy};
pub use request::Request;
pub use reqwest::dns;
pub use status::{Failure, HostStatus};
pub use trust::{Trust, UnusableCertificates};
