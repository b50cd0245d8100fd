//! Reads of addresses that no integration is for, as far as `backend.reading.allow` permits them.

use model::{Fault, FaultKind};
use url::Url;

use super::answers::{Read, read};
use super::{UrlReader, phrase};
use crate::fetch::{Reach, Request};

/// The name in metrics of all hosts that are read without an integration.
const ALLOWED: &str = "backend.reading.allow";

impl UrlReader {
    pub(crate) fn permit(&self, parsed: &Url, url: &str) -> Result<(), Fault> {
        let known = self.inner.integrations.by_url(parsed).is_some() || self.inner.allow.allows(parsed);
        if known { Ok(()) } else { Err(not_allowed(url)) }
    }

    pub(super) async fn plainly(&self, parsed: Url, url: &str, etag: Option<&str>) -> Result<Read, Fault> {
        self.permit(&parsed, url)?;
        let request = Request {
            url: parsed,
            accept: None,
            authorization: None,
            etag,
            bounds: None,
            wants_reason: false,
        };
        let reach = |hop: &Url| {
            let refused = || format!("URL not allowed by backend.reading.allow configuration: {hop}");
            self.inner
                .allow
                .allows(hop)
                .then_some(Reach::Configured)
                .ok_or_else(|| Fault::error(refused()))
        };
        let answer = self
            .fetcher(url)?
            .fetch(&request, ALLOWED, reach)
            .await
            .map_err(|fault| match fault.kind() {
                FaultKind::Fetch => Fault::error(format!("Unable to read {url}, {fault}")),
                _ => fault,
            })?;
        let failure = format!("could not read {}, {}", answer.url, phrase(answer.status));
        read(answer, etag, failure)
    }
}

fn not_allowed(url: &str) -> Fault {
    Fault::not_allowed(format!(
        "Reading from '{url}' is not allowed. You may need to configure an integration for the target host, \
         or add it to the configured list of allowed hosts at 'backend.reading.allow'"
    ))
}
