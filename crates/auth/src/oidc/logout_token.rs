//! Logout tokens: a provider says that a person's session there has ended (OpenID Connect Back-Channel Logout 1.0).

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::id_token::{Audience, LEEWAY};
use super::{Age, AtProvider, Provider, TokenFault, USABLE, signed};
use crate::refusal::Refusal;
use crate::settings::Endpoints;

/// What says that a token is for this (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old a token may be. Its name is remembered for as long, so that none counts twice.
pub(crate) const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// Longest token that is looked at, in bytes.
const MOST_BYTES: usize = 32_768;

/// Whose sessions end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogoutToken {
    /// Its own name.
    pub id: String,
    pub of: Ended,
}

/// What has ended at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// One session.
    Session(String),
    /// All sessions of a person.
    Person(String),
    /// One session, and it has to be that person's.
    SessionOf(AtProvider),
}

/// Why a token ends nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogoutFault {
    #[error("{}", .0.to_string().replace("ID token", "logout token"))]
    Unproved(#[from] TokenFault),
    #[error("the logout token {0}")]
    Claim(&'static str),
    /// The keys of the provider cannot be had.
    #[error("{}", .0.message)]
    Away(Refusal),
    #[error("this provider has no logout tokens")]
    NoSuch,
    #[error("the logout token was used before")]
    Replayed,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: f64,
    exp: Option<f64>,
    jti: Option<String>,
    #[serde(default)]
    events: Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
    nonce: Option<Value>,
}

impl Provider {
    /// What a token says, once it is proved. Whether it was used before, the database knows.
    pub async fn logout_token(&self, text: &str) -> Result<LogoutToken, LogoutFault> {
        if matches!(self.settings.endpoints, Endpoints::GitHub(_)) {
            return Err(LogoutFault::NoSuch);
        }
        if text.len() > MOST_BYTES {
            return Err(TokenFault::Malformed.into());
        }
        let metadata = self.metadata(USABLE).await.map_err(LogoutFault::Away)?;
        let algorithm = self.settings.algorithm;
        let keys = self
            .keys(&metadata, Age::Usual)
            .await
            .map_err(LogoutFault::Away)?;
        let claims: Claims = match signed(text, &keys, algorithm) {
            Err(TokenFault::UnknownKey) => {
                let keys = self.keys(&metadata, Age::New).await.map_err(LogoutFault::Away)?;
                signed(text, &keys, algorithm)?
            }
            other => other?,
        };
        let now = self.clock.now().as_duration().as_secs_f64();
        claims.read(&metadata.issuer, &self.settings.client_id, now)
    }
}

impl Claims {
    /// The checks of §2.6, in its order.
    fn read(self, issuer: &str, client_id: &str, now: f64) -> Result<LogoutToken, LogoutFault> {
        let wrong = |what| Err(LogoutFault::Claim(what));
        if self.iss != issuer {
            return Err(TokenFault::Issuer.into());
        }
        if !self.aud.names(client_id) {
            return Err(TokenFault::Audience.into());
        }
        if self.iat - LEEWAY > now {
            return wrong("is from the future; do the clocks of both machines agree");
        }
        let is_over = self.exp.is_some_and(|end| end + LEEWAY <= now);
        if is_over || self.iat + LONGEST.as_secs_f64() <= now {
            return wrong("has expired; do the clocks of both machines agree");
        }
        if !self.events.get(EVENT).is_some_and(Value::is_object) {
            return wrong("is about something else than a logout");
        }
        if self.nonce.is_some() {
            return wrong("has a nonce, as ID tokens have");
        }
        let there = |text: Option<String>| text.filter(|text| !text.is_empty());
        let Some(id) = there(self.jti) else {
            return wrong("has no jti, by which it counts once");
        };
        let of = match (there(self.sid), there(self.sub)) {
            (Some(session), Some(subject)) => Ended::SessionOf(AtProvider {
                subject,
                session: Some(session),
            }),
            (Some(session), None) => Ended::Session(session),
            (None, Some(subject)) => Ended::Person(subject),
            (None, None) => return wrong("names neither sid nor sub"),
        };
        Ok(LogoutToken { id, of })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(changed: &Value, expected: Result<Ended, &str>) {
        let mut claims = json!({
            "iss": "https://id.example", "aud": "portal", "iat": 1_000, "exp": 1_120, "jti": "one",
            "sub": "f3c1", "events": {EVENT: {}},
        });
        for (key, value) in changed.as_object().unwrap() {
            claims[key] = value.clone();
        }
        let claims: Claims = serde_json::from_value(claims).unwrap();
        let found = claims.read("https://id.example", "portal", 1_000.0);
        match (found, expected) {
            (Ok(token), Ok(ended)) => assert_eq!(token.of, ended, "{changed}"),
            (Err(fault), Err(part)) => {
                assert!(fault.to_string().contains(part), "{changed} {fault}");
            }
            (found, expected) => panic!("{changed}: {found:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn a_logout_token_says_what_ended() {
        let of = |session: &str| AtProvider {
            subject: "f3c1".to_owned(),
            session: Some(session.to_owned()),
        };
        check(&json!({}), Ok(Ended::Person("f3c1".to_owned())));
        check(&json!({"sid": "s"}), Ok(Ended::SessionOf(of("s"))));
        check(
            &json!({"sid": "s", "sub": null}),
            Ok(Ended::Session("s".to_owned())),
        );
        check(
            &json!({"aud": ["other", "portal"]}),
            Ok(Ended::Person("f3c1".to_owned())),
        );
        check(&json!({"exp": null}), Ok(Ended::Person("f3c1".to_owned())));
        check(&json!({"iss": "https://evil.example"}), Err("of another issuer"));
        check(&json!({"aud": "other"}), Err("for another client"));
        check(&json!({"iat": 1_061}), Err("from the future"));
        check(&json!({"exp": 940}), Err("has expired"));
        check(&json!({"iat": 400, "exp": 9_999}), Err("has expired"));
        check(&json!({"events": {}}), Err("something else"));
        check(&json!({"events": {EVENT: true}}), Err("something else"));
        check(&json!({"nonce": "n"}), Err("nonce"));
        check(&json!({"jti": ""}), Err("no jti"));
        check(&json!({"sub": ""}), Err("neither sid nor sub"));
    }
}
