//! The parts of `backend` about HTTP itself: TLS, CORS, security headers, time-outs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{HumanDuration, Secret};

/// One text or a list of texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One text.
    One(String),
    /// A list of texts.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All texts.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }

    /// All words: a single text may hold several, separated by spaces or commas.
    pub fn words(&self) -> Vec<String> {
        let words = match self {
            Self::One(text) => text.split([' ', ',']).collect(),
            Self::Many(texts) => texts.iter().map(String::as_str).collect::<Vec<_>>(),
        };
        let words = words.into_iter().map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}

/// `backend.https`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum HttpsSetting {
    /// `true` asks for a self-signed certificate.
    Generated(bool),
    /// A given certificate.
    Given(HttpsSection),
}

/// A given certificate.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct HttpsSection {
    /// The certificate and its key.
    pub certificate: Certificate,
}

/// A certificate and its key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Certificate {
    /// The certificate chain, PEM.
    pub cert: String,
    /// The private key, PEM.
    pub key: Secret,
}

/// Answers to pages of other origins. Without this section no CORS header is sent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct CorsSection {
    /// Allowed origins; globs, compared without regard to case.
    pub origin: Option<OneOrMany>,
    /// Allowed methods.
    pub methods: Option<OneOrMany>,
    /// Allowed request headers.
    pub allowed_headers: Option<OneOrMany>,
    /// Response headers that scripts may read.
    pub exposed_headers: Option<OneOrMany>,
    /// Whether cookies may be sent.
    pub credentials: Option<bool>,
    /// How long a preflight answer may be kept, in seconds.
    pub max_age: Option<u64>,
    /// Hands preflight requests on to the routes; accepted without effect.
    pub preflight_continue: Option<bool>,
    /// Status of a preflight answer.
    pub options_success_status: Option<u16>,
}

/// One directive of the Content-Security-Policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CspDirective {
    /// `false` removes the directive.
    Removed(bool),
    /// Replaces the directive's sources.
    Sources(Vec<String>),
}

/// The `Referrer-Policy` header.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ReferrerSection {
    /// The policies, joined by commas. Default: `no-referrer`.
    pub policy: Option<Vec<String>>,
}

/// A time-out: a duration or a number of milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Timeout {
    /// Milliseconds.
    Milliseconds(u64),
    /// A duration.
    Duration(HumanDuration),
}

impl Timeout {
    /// The length of time.
    pub fn duration(self) -> std::time::Duration {
        match self {
            Self::Milliseconds(milliseconds) => std::time::Duration::from_millis(milliseconds),
            Self::Duration(duration) => duration.0,
        }
    }
}

/// Limits of the HTTP server.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct ServerSection {
    /// How long a client may take to send its headers.
    pub headers_timeout: Option<Timeout>,
    /// How long a client may take to send a whole request; accepted without effect.
    pub request_timeout: Option<Timeout>,
    /// How long an idle connection is kept; accepted without effect.
    pub keep_alive_timeout: Option<Timeout>,
    /// How long a connection may stand still; accepted without effect.
    pub timeout: Option<Timeout>,
    /// Most headers of a request; accepted without effect.
    pub max_headers_count: Option<u32>,
    /// Most requests on one connection; accepted without effect.
    pub max_requests_per_socket: Option<u32>,
}

/// Headers by name.
pub(super) type Headers = BTreeMap<String, String>;
