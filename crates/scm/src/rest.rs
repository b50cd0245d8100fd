//! The calls that the clients of GitHub and GitLab are made of: an account at a server, one request, and its answer or the
//! reason why there is none.
//!
//! It knows no area of an API; what differs between the hosts is in [`Words`]. Gitea has calls of its own, for it can also be
//! read without an account.

mod refusal;

use std::time::Duration;

use config::Secret;
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION};
use model::{Fault, FaultKind};
use outside::{Answer, Host, HostPolicy, OutsideCalls, OutsideError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::call::{Call, Refused, no_answer};
use crate::integrations::authority;

/// Calls to one server at the same time.
const MAX_CONCURRENT: usize = 6;
/// Longest time of a call: a host may take long for a large commit.
const ANSWER_TIME: Duration = Duration::from_mins(2);
/// Requests for one answer, redirects included: a renamed repository redirects to its new name.
const MAX_REQUESTS: usize = 3;

/// What differs between hosts.
#[derive(Debug)]
pub(crate) struct Words {
    /// The key of the configuration that names the address of the API.
    pub(crate) address_key: &'static str,
    /// The key of the configuration that names the host.
    pub(crate) host_key: &'static str,
    /// The key of the configuration with the token.
    pub(crate) token_key: &'static str,
    /// What a token must be allowed for all that the portal does.
    pub(crate) rights: &'static str,
    /// The form in which answers are asked for.
    pub(crate) accept: &'static str,
}

/// An account at the API of a server. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Rest {
    /// The host as it stands in URLs.
    pub(crate) name: String,
    /// Address of the API, without a slash at its end.
    pub(crate) base: String,
    /// The server.
    pub(crate) host: Host,
    token: Secret,
    words: &'static Words,
}

impl Rest {
    pub(crate) fn new(
        calls: &OutsideCalls,
        (name, base): (&str, String),
        token: Secret,
        words: &'static Words,
    ) -> Result<Self, Fault> {
        let policy = HostPolicy {
            concurrency: MAX_CONCURRENT,
            queue_time: Duration::from_mins(1),
            answer_time: ANSWER_TIME,
            ..HostPolicy::default()
        };
        // Files are read with other bounds, under the host's own name.
        let host = calls.host(&format!("{name} API"), &policy);
        Ok(Self {
            name: name.to_owned(),
            base,
            host: host.map_err(|error| Fault::error(error.to_string()))?,
            token,
            words,
        })
    }

    /// Reads something that must be there.
    pub(crate) async fn get<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Fault> {
        let answer = self.send(Method::GET, call, None).await?;
        let read = answer.json().await;
        read.map_err(|error| self.failed(call.doing, &error))
    }

    /// Reads something that need not be there, or that the account need not see.
    pub(crate) async fn find<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<Option<T>, Fault> {
        found(self.get(call).await)
    }

    /// Changes something, and reads what the server made of it.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        call: Call<'_>,
        body: &Value,
    ) -> Result<T, Fault> {
        let answer = self.send(method, call, Some(body)).await?;
        let read = answer.json().await;
        read.map_err(|error| self.failed(call.doing, &error))
    }

    /// Changes something whose answer has no content that is needed.
    pub(crate) async fn order(
        &self,
        method: Method,
        call: Call<'_>,
        body: Option<&Value>,
    ) -> Result<(), Fault> {
        let answer = self.send(method, call, body).await?;
        let read = answer.bytes().await;
        read.map(drop).map_err(|error| self.failed(call.doing, &error))
    }

    /// Asks, and takes every success. All else is a fault that says why.
    pub(crate) async fn send(
        &self,
        method: Method,
        call: Call<'_>,
        body: Option<&Value>,
    ) -> Result<Answer, Fault> {
        let url = self.address(call)?;
        let mut request = self.host.request(method, url.clone()).any_status();
        if let Some(body) = body {
            request = request.json(body);
        }
        let request = request
            .secret_header(
                AUTHORIZATION,
                &format!("Bearer {}", self.token.current().expose().trim()),
            )
            .header(ACCEPT, self.words.accept);
        let origin = url.origin();
        let within = |hop: &Url| {
            if hop.origin() == origin {
                return Ok(self.host.clone());
            }
            Err(Refused::Elsewhere(hop.origin().ascii_serialization()))
        };
        let answer = request.follow(MAX_REQUESTS, within).await;
        let answer = answer.map_err(|refused| match refused {
            Refused::Outside(error) => self.failed(call.doing, &error),
            Refused::Elsewhere(origin) => self.redirected(call.doing, &origin),
        })?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(self.refused(answer, call.doing).await)
    }

    /// The address that a repository is pushed to, as the server named it. Fails where that is another host: it would get the
    /// token.
    pub(crate) fn remote(&self, address: &str, full_name: &str) -> Result<String, Fault> {
        let address = address.trim_end_matches('/');
        let host = Url::parse(address).ok().and_then(|url| authority(&url));
        if host.as_deref() == Some(self.name.as_str()) {
            return Ok(address.to_owned());
        }
        Err(Fault::error(format!(
            "{} says that {full_name} is pushed to {address}, which is another host; set {} to the host of that address",
            self.name, self.words.host_key
        )))
    }

    fn address(&self, call: Call<'_>) -> Result<Url, Fault> {
        let wrong = || {
            Fault::input(format!(
                "{} is no address of a server; correct {}",
                self.base, self.words.address_key
            ))
        };
        let mut url = Url::parse(&self.base).map_err(|_| wrong())?;
        url.path_segments_mut()
            .map_err(|()| wrong())?
            .pop_if_empty()
            .extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        Ok(url)
    }

    fn redirected(&self, doing: &str, origin: &str) -> Fault {
        Fault::error(format!(
            "{doing}: {} redirects to {origin}; set {} to the address under which it answers itself",
            self.name, self.words.address_key
        ))
    }

    /// Why there is no answer that can be used.
    pub(crate) fn failed(&self, doing: &str, error: &OutsideError) -> Fault {
        no_answer(doing, error, self.words.address_key)
    }
}

/// What was found; nothing where the server knows none.
pub(crate) fn found<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(fault) if fault.is(&FaultKind::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}
