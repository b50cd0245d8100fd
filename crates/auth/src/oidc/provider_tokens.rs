//! The tokens that a provider gives for a person, and new ones for old ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::token_endpoint::TokenAnswer;
use super::{Provider, USABLE};
use crate::refusal::Refusal;
use crate::settings::Endpoints;

/// How long an access token counts of which the provider does not say it (RFC 6749 §5.1 recommends that it does).
const UNSAID: SignedDuration = SignedDuration::from_mins(5);
/// A token that expires so soon is renewed before it is used.
const SOON: SignedDuration = SignedDuration::from_secs(30);

/// The tokens of a person, as a session keeps them. They are never printed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ProviderTokens {
    /// Nothing at GitHub, which has none.
    pub id_token: Option<String>,
    pub access_token: Option<String>,
    refresh_token: Option<String>,
    /// When the first of both expires; nothing for tokens that do not.
    pub expires: Option<Timestamp>,
}

/// Why there are no new tokens.
pub(crate) enum NotRenewed {
    /// The provider gives none any more.
    Ended,
    /// It does not answer.
    Away(Refusal),
}

impl ProviderTokens {
    /// Those of an answer, with an ID token that was verified. Without one the access token lasts for ever, unless the provider says
    /// otherwise: that of an OAuth app of GitHub does.
    pub(super) fn new(id_token: Option<String>, answer: TokenAnswer, now: Timestamp) -> Self {
        let lasts = answer.expires_in.map(SignedDuration::from_secs);
        let lasts = lasts.or_else(|| id_token.is_some().then_some(UNSAID));
        let of_access = lasts.map(|lasts| now.checked_add(lasts).unwrap_or(Timestamp::MAX));
        let of_id = id_token.as_deref().and_then(expiry);
        Self {
            expires: of_access.into_iter().chain(of_id).min(),
            id_token,
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
        }
    }

    /// Whether they can be used now.
    pub fn are_good(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| end.duration_since(now) > SOON)
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
        let endpoint = self.tokens_endpoint().await.map_err(NotRenewed::Away)?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let answer = match self.token_answer(&endpoint, &form).await {
            Ok(answer) => answer,
            Err(error) if error.is_final() => return Err(NotRenewed::Ended),
            Err(error) => return Err(NotRenewed::Away(Refusal::away(&error, &self.settings.place()))),
        };
        let kept = answer.refresh_token.clone().or_else(|| Some(refresh.clone()));
        let id_token = answer.id_token.clone().or_else(|| old.id_token.clone());
        let new = ProviderTokens::new(id_token, answer, self.clock.now());
        Ok(ProviderTokens {
            refresh_token: kept,
            ..new
        })
    }

    async fn tokens_endpoint(&self) -> Result<Url, Refusal> {
        match &self.settings.endpoints {
            Endpoints::Discovered(_) => Ok(self.metadata(USABLE).await?.token_endpoint.clone()),
            Endpoints::GitHub(github) => Ok(github.tokens()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_end_with_the_first_of_both() {
        let now = Timestamp::from_second(1_000).unwrap();
        let token = |exp: i64| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp}}}")));
        let tokens = |id_token: Option<String>, expires_in: Option<i64>| {
            let answer = serde_json::json!({ "expires_in": expires_in });
            let answer = serde_json::from_value(answer).unwrap();
            let tokens = ProviderTokens::new(id_token, answer, now);
            tokens.expires.map(Timestamp::as_second)
        };
        assert_eq!(tokens(Some(token(1_100)), Some(300)), Some(1_100));
        assert_eq!(tokens(Some(token(2_000)), Some(300)), Some(1_300));
        assert_eq!(tokens(Some("opaque".to_owned()), None), Some(1_300));
        assert_eq!(tokens(None, Some(300)), Some(1_300));
        assert_eq!(
            tokens(None, None),
            None,
            "tokens of an OAuth app of GitHub do not expire"
        );
    }
}
