//! The cookie with which a browser loads the files of a plugin: pictures of documentation, which a page cannot ask for with a
//! token. Every plugin has the routes, at the original's addresses, beside that of its own keys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use model::{EntityRef, Fault, Principal};
use plugin::{Rows, RowsOfEveryApi, Rule};
use serde_json::json;
use url::Url;
use web::api::Json;
use web::{ApiError, CurrentViewer, bearer};

use super::user::UserTokens;

/// The name of the cookie (`@backstage/backend-defaults` 0.18.0).
const NAME: &str = "backstage-auth";
/// Longest value that is looked at, in bytes: browsers keep no longer ones.
const LONGEST: usize = 4_096;
/// A cookie that lasts longer than this is kept, in seconds.
const KEPT: i64 = 5 * 60;
/// How long the guest is told to be sure of its files, in seconds.
const GUEST: i64 = 60 * 60;
/// Where the cookie and the keys lie below a plugin's API.
const COOKIE_PATH: &str = "/.backstage/auth/v1/cookie";
const KEYS_PATH: &str = "/.backstage/auth/v1/jwks.json";

/// The token that a browser holds for the files of plugins.
pub(super) fn cookie_of(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == NAME)?;
    (!value.is_empty() && value.len() <= LONGEST).then_some(value)
}

/// Hands the cookie out and takes it back.
#[derive(Clone)]
pub(crate) struct FileCookies {
    tokens: UserTokens,
    domain: Arc<str>,
    /// Browsers send it along with requests of other sites' pages, as the original's frontend may be one.
    is_secure: bool,
}

impl FileCookies {
    /// Cookies of a portal at this address.
    pub fn new(tokens: UserTokens, base_url: &Url) -> Self {
        let host = base_url.host_str().unwrap_or("localhost");
        Self {
            tokens,
            domain: host.into(),
            is_secure: base_url.scheme() == "https" || host == "localhost",
        }
    }

    /// When the files of a person end to be readable, in seconds since 1970, and the cookie, where the browser needs one.
    async fn give(
        &self,
        person: &EntityRef,
        headers: &HeaderMap,
    ) -> Result<(i64, Option<HeaderValue>), Fault> {
        if let Some(expires) = self.held(person, headers).await {
            return Ok((expires, None));
        }
        let limited = if let Some(token) = bearer(headers) {
            self.limited(token).await?
        } else {
            let token = self.tokens.issue(person, None).await?;
            self.limited(&token.text).await?
        };
        let (token, expires) = limited.ok_or_else(|| Fault::input("No cookie can be made of this token"))?;
        Ok((expires, Some(self.cookie(&token, expires))))
    }

    /// The limited token of a user token, and when it expires.
    async fn limited(&self, token: &str) -> Result<Option<(String, i64)>, Fault> {
        let verified = self.tokens.verify(token).await?;
        Ok(verified.and_then(|user| Some((user.limited?, user.expires))))
    }

    /// The end of the cookie that the browser has, if it is this person's and far enough off.
    async fn held(&self, person: &EntityRef, headers: &HeaderMap) -> Option<i64> {
        let held = self.tokens.verify(cookie_of(headers)?).await.ok()??;
        let is_kept = held.expires > self.now() + KEPT;
        (is_kept && held.entity == *person).then_some(held.expires)
    }

    fn now(&self) -> i64 {
        self.tokens.keys().now().as_second()
    }

    fn cookie(&self, token: &str, expires: i64) -> HeaderValue {
        let at = Timestamp::from_second(expires).unwrap_or(Timestamp::MAX);
        let (domain, at) = (&self.domain, at.strftime("%a, %d %b %Y %H:%M:%S GMT"));
        let (secure, site) = if self.is_secure {
            ("Secure; ", "None")
        } else {
            ("", "Lax")
        };
        let text = format!(
            "{NAME}={token}; Domain={domain}; Path=/; Expires={at}; HttpOnly; {secure}Priority=High; SameSite={site}"
        );
        HeaderValue::from_str(&text).expect("tokens, hosts and times are ASCII")
    }
}

impl RowsOfEveryApi for FileCookies {
    fn rows(&self) -> Rows {
        Rows::new()
            .get(COOKIE_PATH, Rule::person(), give)
            .delete(COOKIE_PATH, Rule::person(), take)
            .get(KEYS_PATH, Rule::anyone(), keys_of_a_plugin)
            .with_state(self)
    }
}

async fn give(
    State(cookies): State<FileCookies>,
    CurrentViewer(viewer): CurrentViewer,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (expires, cookie) = match &viewer.who {
        Principal::Person { entity, .. } => cookies.give(entity, &headers).await?,
        // The guest needs none: it is the guest on every route.
        _ => (cookies.now().saturating_add(GUEST), None),
    };
    let at = Timestamp::from_second(expires).unwrap_or(Timestamp::MAX);
    let at = at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let mut answer = Json(json!({ "expiresAt": at })).into_response();
    if let Some(cookie) = cookie {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}

async fn take(State(cookies): State<FileCookies>) -> Response {
    let gone = [(SET_COOKIE, cookies.cookie("", 0))];
    (StatusCode::NO_CONTENT, gone).into_response()
}

/// Plugins of one process need no tokens between them, so that none has a key.
async fn keys_of_a_plugin() -> Response {
    Json(json!({ "keys": [] })).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let check = |line: &str, expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.append(COOKIE, line.parse().unwrap());
            assert_eq!(cookie_of(&headers), expected, "{line}");
        };
        check("theme=dark; backstage-auth=a.b.c; x=y", Some("a.b.c"));
        check("backstage-auth=", None);
        check("not-backstage-auth=a.b.c", None);
        check(&format!("backstage-auth={}", "a".repeat(LONGEST + 1)), None);
    }
}
