//! The tokens that a provider gives for a person, and new ones for old ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use jiff::{SignedDuration, Timestamp};
use outside::{Method, OutsideError, What};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Metadata, Provider, USABLE};
use crate::refusal::Refusal;

/// How long an access token counts of which the provider does not say it (RFC 6749 §5.1 recommends that it does).
const UNSAID: SignedDuration = SignedDuration::from_mins(5);
/// A token that expires so soon is renewed before it is used.
const SOON: SignedDuration = SignedDuration::from_secs(30);

/// What the token endpoint answers (RFC 6749 §5.1).
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub id_token: Option<String>,
    pub access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
}

/// The tokens of a person, as a session keeps them. They are never printed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ProviderTokens {
    pub id_token: String,
    pub access_token: Option<String>,
    refresh_token: Option<String>,
    /// When the first of both expires.
    pub expires: Timestamp,
}

/// Why there are no new tokens.
pub(crate) enum NotRenewed {
    /// The provider gives none any more.
    Ended,
    /// It does not answer.
    Away(Refusal),
}

impl ProviderTokens {
    /// Those of an answer that has an ID token, which was verified.
    pub(super) fn new(id_token: String, answer: TokenAnswer, now: Timestamp) -> Self {
        let lasts = answer.expires_in.map_or(UNSAID, SignedDuration::from_secs);
        let of_access = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
        Self {
            expires: expiry(&id_token).map_or(of_access, |of_id| of_id.min(of_access)),
            id_token,
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
        }
    }

    /// Whether they can be used now.
    pub fn are_good(&self, now: Timestamp) -> bool {
        self.expires.duration_since(now) > SOON
    }
}

/// What a token says of its end. It was verified, or came from its provider directly (OpenID Connect Core §3.1.3.7).
fn expiry(token: &str) -> Option<Timestamp> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let seconds = claims["exp"].as_f64()?;
    Timestamp::from_millisecond(0)
        .ok()?
        .checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?)
        .ok()
}

impl Provider {
    /// New tokens for those that have expired. The provider may give no new ID token: then the old one stays, and has expired.
    pub async fn renewed(&self, old: &ProviderTokens) -> Result<ProviderTokens, NotRenewed> {
        let Some(refresh) = &old.refresh_token else {
            return Err(NotRenewed::Ended);
        };
        let metadata = self.metadata(USABLE).await.map_err(NotRenewed::Away)?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let answer = match self.token_answer(&metadata, &form).await {
            Ok(answer) => answer,
            Err(error) if is_refused(&error) => return Err(NotRenewed::Ended),
            Err(error) => return Err(NotRenewed::Away(Refusal::away(&error))),
        };
        let kept = answer.refresh_token.clone().or_else(|| Some(refresh.clone()));
        let id_token = answer.id_token.clone().unwrap_or_else(|| old.id_token.clone());
        let new = ProviderTokens::new(id_token, answer, self.clock.now());
        Ok(ProviderTokens {
            refresh_token: kept,
            ..new
        })
    }

    /// What the token endpoint answers to a form of this client.
    pub(super) async fn token_answer(
        &self,
        metadata: &Metadata,
        form: &[(&str, &str)],
    ) -> Result<TokenAnswer, OutsideError> {
        let (login, form) = self.with_login(form);
        let mut request = self.host.request(Method::POST, metadata.token_endpoint.clone());
        if let Some(login) = login {
            request = request.secret_header(AUTHORIZATION, &login);
        }
        let request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form);
        request.send().await?.json().await
    }
}

fn is_refused(error: &OutsideError) -> bool {
    matches!(error.what, What::Status { status, .. } if status.is_client_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_end_with_the_first_of_both() {
        let now = Timestamp::from_second(1_000).unwrap();
        let token = |exp: i64| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp}}}")));
        let tokens = |id_token: String, expires_in| {
            let answer = TokenAnswer {
                id_token: None,
                access_token: None,
                refresh_token: None,
                expires_in,
            };
            ProviderTokens::new(id_token, answer, now).expires.as_second()
        };
        assert_eq!(tokens(token(1_100), Some(300)), 1_100);
        assert_eq!(tokens(token(2_000), Some(300)), 1_300);
        assert_eq!(tokens("opaque".to_owned(), None), 1_300);
    }
}
