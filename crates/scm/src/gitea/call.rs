//! One call: its address, its credentials, its answer or the reason why there is none.

use http::Method;
use http::header::AUTHORIZATION;
use model::{Fault, FaultKind};
use outside::{Answer, OutsideError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::Gitea;
use crate::call::{Refused, no_answer};

pub(super) use crate::call::{Anything, Call};

/// Requests for one answer, redirects included: a renamed repository redirects to its new name.
const MAX_REQUESTS: usize = 3;

impl Gitea {
    /// Reads something that must be there.
    pub(super) async fn get<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Fault> {
        let answer = self.send(Method::GET, call, None).await?;
        answer.json().await.map_err(|error| failed(call.doing, &error))
    }

    /// Reads something that need not be there, or that the account need not see.
    pub(super) async fn find<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<Option<T>, Fault> {
        match self.get(call).await {
            Ok(found) => Ok(Some(found)),
            Err(fault) if fault.is(&FaultKind::NotFound) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Changes something, and reads what the server made of it.
    pub(super) async fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        call: Call<'_>,
        body: &Value,
    ) -> Result<T, Fault> {
        let answer = self.send(method, call, Some(body)).await?;
        answer.json().await.map_err(|error| failed(call.doing, &error))
    }

    /// Asks, and takes every success. All else is a fault that says why.
    pub(super) async fn send(
        &self,
        method: Method,
        call: Call<'_>,
        body: Option<&Value>,
    ) -> Result<Answer, Fault> {
        let url = self.address(call)?;
        let mut request = self.host.request(method.clone(), url.clone()).any_status();
        if let Some(credentials) = &self.credentials {
            request = request.secret_header(AUTHORIZATION, credentials.api.current().expose());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let origin = url.origin();
        let within = |hop: &Url| {
            if hop.origin() == origin {
                return Ok(self.host.clone());
            }
            // A server behind an internal name redirects to its public one.
            Err(Refused::Elsewhere(hop.origin().ascii_serialization()))
        };
        let answer = request.follow(MAX_REQUESTS, within).await;
        let answer = answer.map_err(|refused| match refused {
            Refused::Outside(error) => failed(call.doing, &error),
            Refused::Elsewhere(origin) => self.redirected(call.doing, &origin),
        })?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(self.refused(answer, &method, call.doing).await)
    }

    fn address(&self, call: Call<'_>) -> Result<Url, Fault> {
        let wrong = || {
            Fault::input(format!(
                "{} is no address of a server; correct integrations.gitea[].baseUrl",
                self.base
            ))
        };
        let mut url = Url::parse(&format!("{}/api/v1", self.base)).map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        Ok(url)
    }

    fn redirected(&self, doing: &str, origin: &str) -> Fault {
        Fault::error(format!(
            "{doing}: {} redirects to {origin}; set integrations.gitea[].baseUrl to the address under which it answers itself",
            self.name
        ))
    }
}

/// Why there is no answer that can be used.
pub(super) fn failed(doing: &str, error: &OutsideError) -> Fault {
    no_answer(doing, error, "integrations.gitea[].baseUrl")
}
