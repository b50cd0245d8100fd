//! Tokens that a proxy signs for each request: whom it signed in, for which application, until when.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Named, Proxy, text};
use crate::oidc::{Age, TokenFault, signed};
use crate::refusal::Refusal;
use crate::resolver::Profile;
use crate::settings::{Assertion, Keys};

/// How far the clocks of proxy and portal may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

impl Proxy {
    /// The person of a token that fulfils everything.
    pub(super) async fn verified(
        &self,
        assertion: &Assertion,
        token: &str,
        now: Timestamp,
    ) -> Result<Named, Refusal> {
        let claims = match &assertion.keys {
            Keys::Set(url) => {
                let keys = self.key_set(url, Age::Usual, now).await?;
                match signed(token, &keys, assertion.algorithm) {
                    Err(TokenFault::UnknownKey) => {
                        let keys = self.key_set(url, Age::New, now).await?;
                        signed(token, &keys, assertion.algorithm)
                    }
                    other => other,
                }
            }
            Keys::OfBalancer { base, signer } => self.of_balancer(base, signer, token).await?,
        };
        let claims: Value = claims.map_err(|fault| self.refused(fault))?;
        let until = check(&claims, assertion, now).map_err(|fault| self.refused(fault))?;
        Ok(Named {
            profile: self.profile(&claims),
            access_token: None,
            until: Some(until),
        })
    }

    fn refused(&self, fault: TokenFault) -> Refusal {
        tracing::warn!(proxy = self.settings.id, "its token is refused: {fault}");
        let refusal = Refusal::of_token(fault, &self.settings.place());
        Refusal {
            message: refusal.message.replace("ID token", "token"),
            ..refusal
        }
    }

    fn profile(&self, claims: &Value) -> Profile {
        let subject = text(claims, "sub");
        // Identity-Aware Proxy puts the sort of the account before its number: accounts.google.com:1234.
        let id = match (self.settings.id, subject) {
            ("gcpIap", Some(subject)) => subject.split_once(':').map(|(_, id)| id.to_owned()),
            (_, subject) => subject,
        };
        let email = text(claims, "email").map(|email| email.to_lowercase());
        // The proxy asks for the address at its own sign-in; a provider that calls it unverified is believed, too.
        let is_unverified = claims["email_verified"] == false || claims["email_verified"] == "false";
        Profile {
            id,
            username: text(claims, "preferred_username"),
            name: text(claims, "name"),
            has_unverified_email: email.is_some() && is_unverified,
            email: email.filter(|_| !is_unverified),
        }
    }
}

/// Whether a token is of this proxy, for this portal, now; and until when.
fn check(claims: &Value, assertion: &Assertion, now: Timestamp) -> Result<Timestamp, TokenFault> {
    if claims["iss"].as_str() != Some(&assertion.issuer) {
        return Err(TokenFault::Issuer);
    }
    if let Some(audience) = &assertion.audience
        && !names(&claims["aud"], audience)
    {
        return Err(TokenFault::Audience);
    }
    let seconds = |name: &str| {
        let at = claims[name].as_f64()?;
        SignedDuration::try_from_secs_f64(at).ok()
    };
    let now = now.as_duration();
    let end = seconds("exp").ok_or(TokenFault::Malformed)?;
    if end + LEEWAY <= now {
        return Err(TokenFault::Expired((now - end).as_secs()));
    }
    for name in ["iat", "nbf"] {
        if let Some(begin) = seconds(name).filter(|begin| *begin > now + LEEWAY) {
            return Err(TokenFault::Future((begin - now).as_secs()));
        }
    }
    let end = end.saturating_add(LEEWAY);
    Ok(Timestamp::UNIX_EPOCH.checked_add(end).unwrap_or(Timestamp::MAX))
}

fn names(audience: &Value, wanted: &str) -> bool {
    match audience {
        Value::String(one) => one == wanted,
        Value::Array(all) => all.iter().any(|one| one == wanted),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use jsonwebtoken::Algorithm;
    use serde_json::json;

    use super::*;

    fn check_claims(changed: &Value, expected: Result<i64, TokenFault>) {
        let assertion = Assertion {
            header: HeaderName::from_static("x-assertion"),
            cookie: None,
            issuer: "https://proxy.example".to_owned(),
            audience: Some("portal".to_owned()),
            algorithm: Algorithm::ES256,
            keys: Keys::Set("https://proxy.example/keys".parse().unwrap()),
        };
        let mut claims =
            json!({"iss": "https://proxy.example", "aud": ["portal"], "exp": 1_100, "iat": 1_000});
        for (key, value) in changed.as_object().unwrap() {
            claims[key] = value.clone();
        }
        let found = check(&claims, &assertion, Timestamp::from_second(1_000).unwrap());
        assert_eq!(found.map(Timestamp::as_second), expected, "{changed}");
    }

    #[test]
    fn a_token_is_of_the_proxy_for_the_portal_and_of_now() {
        check_claims(&json!({}), Ok(1_160));
        check_claims(&json!({"aud": "portal", "iat": 1_059}), Ok(1_160));
        check_claims(&json!({"iss": "https://evil.example"}), Err(TokenFault::Issuer));
        check_claims(&json!({"aud": "other"}), Err(TokenFault::Audience));
        check_claims(&json!({"aud": null}), Err(TokenFault::Audience));
        check_claims(&json!({"exp": 940}), Err(TokenFault::Expired(60)));
        check_claims(&json!({"exp": null}), Err(TokenFault::Malformed));
        check_claims(&json!({"iat": 1_061}), Err(TokenFault::Future(61)));
        check_claims(&json!({"nbf": 2_000}), Err(TokenFault::Future(1_000)));
    }
}
