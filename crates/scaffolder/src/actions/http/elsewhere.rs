//! `http:request`: a call of another server, if the configuration admits it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use model::Fault;
use outside::{Host, HostPolicy, OutsideCalls, OutsideError};
use plugin::{Action, ActionContext, ActionExample, ActionSchema};
use serde_json::{Value, json};
use url::Url;

use super::{LARGEST, Reply, Wanted, schema, with_parameters};
use crate::settings::Settings;

/// The name of all hosts that templates call, in metrics.
const NAME: &str = "requests of templates";
/// Requests for one answer, redirects included.
const MOST_REQUESTS: usize = 5;
/// Headers that say nothing secret and that a redirect may carry.
const OPEN: [http::HeaderName; 3] = [ACCEPT, CONTENT_TYPE, USER_AGENT];

pub(in crate::actions) struct HttpRequest {
    pub(in crate::actions) calls: OutsideCalls,
    pub(in crate::actions) settings: Arc<Settings>,
}

/// A call that failed: refused before it was sent, or by the other side.
enum Failed {
    Refused(Fault),
    Outside(OutsideError),
}

impl From<OutsideError> for Failed {
    fn from(error: OutsideError) -> Self {
        Self::Outside(error)
    }
}

#[async_trait]
impl Action for HttpRequest {
    fn id(&self) -> &'static str {
        "http:request"
    }

    fn description(&self) -> &'static str {
        "Sends a HTTP request to another server. Its host must be one of `scaffolder.http.allowedHosts` or `backend.reading.allow`."
    }

    fn schema(&self) -> ActionSchema {
        schema(("url", "The http endpoint you want to query"))
    }

    fn examples(&self) -> Vec<ActionExample> {
        vec![ActionExample {
            description: "Order a name from another server".to_owned(),
            input: json!({
                "method": "POST",
                "url": "https://names.example.com/api/names",
                "headers": {"authorization": "Bearer ${{ secrets.token }}"},
                "body": {"name": "${{ parameters.name }}"},
                "idempotencyKey": "name",
            }),
        }]
    }

    fn has_dry_run(&self) -> bool {
        true
    }

    async fn run(&self, context: ActionContext) -> Result<Value, Fault> {
        let written = context.input["url"].as_str().unwrap_or_default();
        let url = Url::parse(written)
            .map_err(|error| Fault::input(format!("{written:?} is no address: {error}")))?;
        let wanted = Wanted::read(&context, written)?;
        let url = with_parameters(url, &context.input["params"]);
        self.admit(&url).map_err(|failed| in_words(failed, &wanted))?;
        if let Some(settled) = wanted.settled(&context) {
            return Ok(settled);
        }
        let reply = tokio::select! {
            reply = self.send(&wanted, url) => reply,
            () = context.stop.cancelled() => return Err(Fault::error("The request was ended")),
        };
        let reply = reply.map_err(|failed| in_words(failed, &wanted))?;
        wanted.output(&context, &reply).await
    }
}

impl HttpRequest {
    /// The host of an address, if the configuration admits it.
    fn admit(&self, url: &Url) -> Result<Host, Failed> {
        if !self.settings.callable.allows(url) {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            return Err(Failed::Refused(Fault::not_allowed(format!(
                "http:request may not call {host}{port}. To allow it, add \"{host}{port}\" to scaffolder.http.allowedHosts in \
                 the configuration"
            ))));
        }
        let policy = HostPolicy {
            queue_time: Duration::from_mins(1),
            max_answer_bytes: LARGEST as u64,
            // A template may call any of many servers under this name: one that fails must not stop calls of the others.
            breaker: None,
            ..HostPolicy::default()
        };
        let host = self.calls.host(NAME, &policy);
        host.map_err(|error| Failed::Refused(Fault::error(error.to_string())))
    }

    async fn send(&self, wanted: &Wanted, url: Url) -> Result<Reply, Failed> {
        let mut request = self.admit(&url)?.request(wanted.method.clone(), url);
        for (name, value) in &wanted.headers {
            let value = value.to_str().unwrap_or_default();
            request = match name {
                name if name == HOST => request,
                name if OPEN.contains(name) => request.header(name.clone(), value),
                name => request.secret_header(name.clone(), value),
            };
        }
        let request = request.body(wanted.body.clone()).any_status().within(wanted.time);
        let answer = request.follow(MOST_REQUESTS, |url| self.admit(url)).await?;
        Ok(Reply {
            status: answer.status(),
            headers: answer.headers().clone(),
            bytes: answer.bytes().await?.into(),
        })
    }
}

/// A failure in words, which name the address only where it may be logged.
fn in_words(failed: Failed, wanted: &Wanted) -> Fault {
    match failed {
        Failed::Refused(fault) => fault,
        Failed::Outside(error) if wanted.shown.is_some() => {
            Fault::error(format!("There was an issue with the request: {error}"))
        }
        Failed::Outside(error) => Fault::error(format!(
            "There was an issue with the request to {}",
            error.address().host_str().unwrap_or_default()
        )),
    }
}
